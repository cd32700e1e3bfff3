import { z } from "zod";
import { isPrimarys } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, NotKnown, shown } from "./values";

/** Ids that PostgreSQL logs ahead of a sequence, and loses in a crash (src/backend/commands/sequence.c, SEQ_LOG_VALS). */
const loggedAhead = 32;

/** Ids that SQL Server takes ahead of an int's need, and loses in a restart, unless its identity cache is off. */
const takenAhead = 1000;

/** Hours in which the story's old host still took orders after the name had moved. */
const storyTailHours = 16;

const parameters = z.strictObject({
  tailHours: z
    .number()
    .min(1)
    .default(storyTailHours)
    .describe("Hours that stale DNS may go on sending visitors to the old site; measure your own."),
});

export const identityOffsets = rule(
  "identity-offsets",
  "No two rows get one id. In the story the order ids were moved up and the user ids forgotten: two customers shared " +
    "an id, and orders hung on the wrong one.",
  (stack, verdict, { tailHours }) => {
    const databases = stack
      .of(types.postgresServer, types.mysqlServer, types.sqlServer)
      .filter((server) => !isPrimarys(server));
    const offsets = stack.of(types.identityOffsets);
    if (databases.length > 0 && offsets.length === 0)
      verdict.wrong(
        databases[0],
        "no IdentityOffsets for the standby's database; wanted: one, for every identity that is found there. " +
          "Fix: declare it beside the database.",
      );
    const orders = ordersExpected(stack, verdict);
    for (const offset of offsets) {
      verdict.check(
        offset,
        "rowsPerHour",
        (value) => typeof value === "number" && value > 0 && value >= (orders ?? 0),
        orders === undefined
          ? "more than 0"
          : `at least the forecast of ${String(orders)} orders an hour, each of which adds rows`,
        "leave rowsPerHour out, so that it follows the forecast, or raise it",
      );
      verdict.check(
        offset,
        "tailHours",
        (value) => typeof value === "number" && value >= tailHours,
        tailHours === storyTailHours
          ? `at least ${String(storyTailHours)} hours, the tail that was measured in the story`
          : `at least ${String(tailHours)} hours`,
        `pulumi config set tailHours ${String(Math.max(24, tailHours))}`,
      );
      verdict.check(
        offset,
        "syncAgeHours",
        (value) => typeof value === "number" && value > 0,
        "the greatest age of a sync in hours, more than 0",
        "pulumi config set syncAgeHours 26",
      );
      verdict.check(
        offset,
        "safety",
        (value) => typeof value === "number" && value >= 1,
        "a factor of at least 1",
        "pulumi config set safety 2",
      );
      judgeCovered(offset, burntBy(stack, offset), verdict);
    }
  },
  parameters,
);

/** What the stack itself says is expected, as an output of its own. */
function ordersExpected(stack: Stack, verdict: Verdict): number | undefined {
  const path = "forecast.ordersPerHour";
  for (const own of stack.of(types.stack)) {
    const orders = at(own.outputs, path);
    if (orders instanceof NotKnown) verdict.open(own, path, orders);
    else if (typeof orders === "number") return orders;
  }
  return undefined;
}

/** Ids that the database's engine may lose at once, in a crash: InnoDB none since MySQL 8.0. */
function burntBy(stack: Stack, offset: Resource): number {
  if (stack.of(types.postgresServer).length > 0) return loggedAhead;
  return at(offset.outputs, "identityCache") === "on" ? takenAhead : 0;
}

/** What the database was found to need, each identity by its name; missing where it was out of reach. */
function judgeCovered(offset: Resource, burnt: number, verdict: Verdict): void {
  const covered = at(offset.outputs, "covered");
  if (covered instanceof NotKnown) {
    verdict.open(offset, "covered", covered);
    return;
  }
  if (typeof covered !== "object" || covered === null) return;
  const [rows, tail, age, safety] = ["rowsPerHour", "tailHours", "syncAgeHours", "safety"].map((path) =>
    Number(at(offset.inputs, path)),
  );
  const least = Math.ceil((rows ?? NaN) * ((tail ?? NaN) + (age ?? NaN)) * (safety ?? NaN)) + burnt;
  // What it is made from is not known, and told of as such.
  if (Number.isNaN(least)) return;
  for (const [identity, ids] of Object.entries(covered)) {
    if (ids instanceof NotKnown) verdict.open(offset, `covered.${identity}`, ids);
    // Steps downwards are offset downwards.
    else if (!(Math.abs(Number(ids)) >= least))
      verdict.wrong(
        offset,
        `${identity} is offset by ${shown(ids)} ids; wanted: at least ${String(least)}, for all rows of the tail and ` +
          `of the longest age of a sync${burnt === 0 ? "" : `, and the ${String(burnt)} that a crash may burn`}. Fix: pulumi up, ` +
          "with the standby's database in reach.",
      );
  }
}
