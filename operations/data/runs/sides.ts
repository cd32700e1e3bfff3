import { randomUUID } from "node:crypto";
import type { Connection } from "../../connection";
import { outside, refusal, usage } from "../../fault";
import type { Schema } from "../model";
import { orderTables, type TableOrder } from "../order";
import type { Database, Use } from "../port";
import { schemaDifferences } from "../schemas";
import { lackingOf, refuseLacking } from "./rights";
import { treat, type GivenRules, type Purpose, type Treated, type Treatment } from "./treatment";
import { withDatabases } from "./with-database";

/** Both databases of a run, open and known to have one schema. */
export interface Sides {
  readonly source: Database;
  readonly target: Database;
  readonly sourceId: string;
  readonly targetId: string;
  readonly schema: Schema;
  readonly targetSchema: Schema;
  readonly order: TableOrder;
  readonly treatment: Treatment;
  readonly baseOn: Treated["baseOn"];
}

const some = (sentences: readonly string[]): string => {
  const shown = sentences.slice(0, 20).map((sentence) => `  ${sentence}`);
  const more = sentences.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
};

const problemsIn = (schema: Schema): readonly string[] => [
  ...schema.problems,
  ...[...(schema.problemsOf ?? [])].flatMap(([table, problems]) => problems.map((one) => `${table}: ${one}`)),
];

/** @throws Fault (1) with what no run can handle, and in which database */
function refuseProblems(...sides: readonly (readonly [label: string, problems: readonly string[]])[]): void {
  const problems = [...new Set(sides.flatMap(([, own]) => own))];
  if (problems.length === 0) return;
  const labels = sides.filter(([, own]) => own.length > 0).map(([label]) => label);
  throw refusal(
    `the schema of ${labels.join(" and ")} cannot be handled as it is; mend it, or leave these tables out ` +
      `(tables.exclude in standby.tables.yaml):\n${some(problems)}`,
  );
}

/** Digests are made over bytes, which differ between encodings where the characters are the same. */
async function refuseOtherEncoding(source: Database, target: Database): Promise<void> {
  const [one, other] = await Promise.all([source.encoding(), target.encoding()]);
  if (one.name === other.name) return;
  throw refusal(
    `${source.label} is encoded in ${one.name} and ${target.label} in ${other.name}, so their rows cannot ` +
      `be compared; ${one.fix}`,
  );
}

/** Whether both are one database, which a number of its own cannot tell: a physical copy has the same. */
async function areSame(one: Database, other: Database): Promise<boolean> {
  const name = `warm-standby ${randomUUID()}`;
  await one.tryLock(name);
  try {
    if (!(await other.tryLock(name))) return true;
    await other.unlock(name);
    return false;
  } finally {
    await one.unlock(name);
  }
}

/** One run at a time in a database. */
const runLock = "warm-standby";

export interface SidesOptions {
  /** For the server: which run this is. */
  readonly purpose: Purpose;
  /** What is done to the target. */
  readonly use: Use;
  /** Refuse to run beside another run on either database. */
  readonly alone: boolean;
  /** Undefined: as recorded with the base, else the defaults. */
  readonly tables: GivenRules | undefined;
}

/**
 * Opens both sides: the source in one snapshot that lasts the whole run, the target outside of any transaction. Both
 * schemas come without the tables that are left out, and with the references that no foreign key declares.
 *
 * @throws Fault (1) naming every table and column that cannot be handled or differs; (3) when not reached, and naming
 *   every right that is missing
 */
export async function withSides<T>(
  from: Connection,
  to: Connection,
  { purpose, use, alone, tables }: SidesOptions,
  action: (sides: Sides) => Promise<T>,
): Promise<T> {
  const [engine, other]: readonly string[] = [from.engine, to.engine];
  if (engine !== other)
    throw usage(
      `--from is ${engine ?? "?"} and --to is ${other ?? "?"} (${from.label}, ${to.label}): values are compared as one ` +
        "engine prints them; name two databases of one engine",
    );
  return withDatabases([from, to], purpose, async (source, target) => {
    const [sourceId, targetId] = await Promise.all([source.id(), target.id()]);
    if (sourceId === targetId && (await areSame(source, target)))
      throw usage(`--from and --to are the same database (${to.label}); name the primary and the standby`);
    const sides = [source, target];
    if (alone && (await Promise.all(sides.map((side) => side.tryLock(runLock)))).includes(false))
      throw outside("another sync or reconcile is at work on these databases; wait for it, then run again");
    await refuseOtherEncoding(source, target);
    await source.begin("snapshot");
    const [whole, targetWhole] = await Promise.all([source.introspect(), target.introspect()]);
    const lacking = await Promise.all([
      lackingOf(source, whole, "read"),
      lackingOf(target, targetWhole, use),
    ]);
    if (whole.tables.length === 0) {
      // To a user without rights it may only look so.
      refuseLacking(lacking, new Set());
      throw refusal(`${from.label} has no tables`);
    }
    const { schema, targetSchema, treatment, baseOn } = await treat(
      source,
      target,
      whole,
      targetWhole,
      tables,
      purpose,
      lacking,
    );
    const order = orderTables(schema.tables);
    refuseProblems(
      [from.label, [...problemsIn(schema), ...order.problems]],
      [to.label, problemsIn(targetSchema)],
    );
    const differences = schemaDifferences(schema, targetSchema);
    if (differences.length > 0)
      throw refusal(
        `the schemas differ; bring ${to.label} to the schema of ${from.label} first:\n${some(differences)}`,
      );
    return action({
      source,
      target,
      sourceId,
      targetId,
      schema,
      targetSchema,
      order,
      treatment,
      baseOn,
    });
  });
}
