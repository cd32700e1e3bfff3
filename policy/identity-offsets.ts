import { isPrimarys } from "./primary-site";
import { types } from "./resource-types";
import { rule } from "./rule";
import { at } from "./values";

/** Hours in which the story's old host still took orders after the name had moved. */
const storyTailHours = 16;

export const identityOffsets = rule(
  "identity-offsets",
  "No two rows get one id. In the story the order ids were moved up and the user ids forgotten: two customers shared " +
    "an id, and orders hung on the wrong one.",
  (stack, verdict) => {
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
    // What the stack itself says is expected, as an output of its own.
    const orders = stack
      .of(types.stack)
      .map(({ outputs }) => at(outputs, "forecast.ordersPerHour"))
      .find((value) => typeof value === "number");
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
        (value) => typeof value === "number" && value >= storyTailHours,
        `at least ${String(storyTailHours)} hours, the tail that was measured in the story`,
        "pulumi config set tailHours 24",
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
    }
  },
);
