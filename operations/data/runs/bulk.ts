/** New rows that lie together by the thousand: brought in sets, but for those of which there is any doubt. */
import type { Progress } from "../engine";
import { findColumn, type ForeignKey, type Generator, type Key, type Table, type TableName } from "../model";
import type { TableOrder } from "../order";
import type { Database, Stage } from "../port";
import type { Digest } from "../three-way";
import type { TouchedRows } from "./against-base";
import { familyOf, printsAsText } from "../tables/types";
import { isDirect, isOpen } from "./images";
import { liftOver } from "./generators";
import type { Touched } from "./look";
import { keyFrom } from "./scan";
import type { Sides } from "./sides";

/** Fewer new rows than these are looked at one by one: there is nothing to be won. */
export const enough = 1_000;

/** What was brought, by table. */
export type Brought = ReadonlyMap<
  TableName,
  { readonly table: Table; readonly stage: Stage; readonly rows: number }
>;

export interface Bringing {
  readonly brought: Brought;
  /** What is to be looked at row by row. */
  readonly doubtful: readonly Touched[];
}

/**
 * Whether everything that decides about a new row of a table can be asked of the database for all of them together:
 * nothing hangs on values that are checked later, or on references that do not say for certain which row they mean; and
 * no trigger would have to be named. A row that refers to one which comes later, in a cycle of tables, is doubtful.
 */
function isPlain(table: Table, { order, targetSchema }: Pick<Sides, "order" | "targetSchema">): boolean {
  const parents = new Map(order.tables.map((one) => [one.name, one]));
  const there = targetSchema.tables.find((one) => one.name === table.name);
  return (
    table.withoutTransactions === undefined &&
    !table.keyDeferrable &&
    // Where two nulls are the same, the database compares each new row with every other one.
    table.uniqueKeys.every(
      (unique) => !unique.deferrable && unique.undeclared !== true && unique.nullsDistinct,
    ) &&
    table.foreignKeys.every((one) => {
      const parent = parents.get(one.parent);
      return (
        isDirect(one, parent) &&
        (one.when === undefined || printsAsText(findColumn(table, one.when.column).type)) &&
        (one.undeclared === undefined || (isAlike(table, one, parent) && !isOpen(table, one)))
      );
    }) &&
    there?.triggers.every((trigger) => trigger.events?.includes("insert") === false) === true
  );
}

/** Whether values on both ends of a reference that no foreign key declares are the same wherever they print alike. */
function isAlike(
  table: Table,
  { columns, parentColumns, inText = false }: ForeignKey,
  parent: Table | undefined,
): boolean {
  return columns.every((column, at) => {
    const own = familyOf(findColumn(table, column).type);
    const theirs = parent && familyOf(findColumn(parent, parentColumns[at] ?? "").type);
    return inText ? theirs === "whole" : own === theirs && (own === "whole" || own === "uuid");
  });
}

/** Which tables' new rows may be brought in sets, should there be enough. */
export const plainTables = (sides: Pick<Sides, "order" | "targetSchema">): ReadonlySet<TableName> =>
  new Set(sides.order.tables.filter((table) => isPlain(table, sides)).map((table) => table.name));

/** Lifts every generator over the ids that are about to be written beside it: none rolls back, so first of all. */
export async function liftOverStage(
  target: Database,
  generators: readonly Generator[],
  table: Table,
  stage: Stage,
): Promise<void> {
  for (const generator of generators)
    for (const use of generator.uses) {
      if (use.table !== table.name || use.typeMax === undefined) continue;
      // What stands in a counter's own row is what it stands at.
      if (generator.row?.table.name === table.name) continue;
      if (target.generators.liftedByInserts(generator)) continue;
      const highest = await target.write.stageMaximum(stage, use.column);
      if (highest !== undefined) await liftOver(target, generator, highest);
    }
}

/**
 * Brings new rows within the transaction that is open. Where the target does not take them, none of them is brought,
 * and all are looked at row by row.
 */
export async function bringFresh(
  sides: Sides,
  { fresh }: Pick<TouchedRows, "fresh">,
  progress: Progress,
): Promise<Bringing> {
  const { source, target } = sides;
  if (fresh.size === 0) return { brought: new Map(), doubtful: [] };
  await target.save();
  try {
    return await bring(sides, fresh, progress);
  } catch (error) {
    const reason = target.constraintFault(error);
    if (reason === undefined) throw error;
    await target.rollbackToSave();
    progress(`the target did not take the new rows together (${reason}); row by row`, true);
    const doubtful: Touched[] = [];
    for (const table of sides.order.tables) {
      const spans = fresh.get(table.name)?.spans;
      if (spans === undefined) continue;
      for await (const [key, digest] of source.read.digested(table).within(spans))
        doubtful.push(touched(table, keyFrom(key), digest));
    }
    return { brought: new Map(), doubtful };
  }
}

const touched = (table: Table, key: Key, source: Digest): Touched => ({
  table: table.name,
  key,
  base: undefined,
  source,
});

async function bring(
  { source, target, order, targetSchema }: Sides,
  fresh: TouchedRows["fresh"],
  progress: Progress,
): Promise<Bringing> {
  const [from, to] = [source.bulk, target.bulk];
  if (from === undefined || to === undefined) throw new Error("the engine brings no rows in sets");
  const known = await target.store.tables();
  const brought = new Map<TableName, { table: Table; stage: Stage; rows: number }>();
  const doubtful: Touched[] = [];
  for (const table of order.tables) {
    const some = fresh.get(table.name);
    if (some === undefined) continue;
    let megabytes = 0;
    const onBytes = (bytes: number): void => {
      megabytes += bytes / 1e6;
      progress(`${table.name}: ${megabytes.toFixed(0)} MB of new rows`, false);
    };
    const stage = await to.load(table, from.send(table, some.spans), onBytes);
    await liftOverStage(target, targetSchema.generators, table, stage);
    const parents = parentsOf(table, order).map(({ foreignKey, parent }) => ({
      foreignKey,
      parent,
      base: known.get(parent.name),
      stage: brought.get(parent.name)?.stage,
    }));
    const doubts = await to.takeDoubtful(table, stage, parents);
    for (const [key, digest] of doubts) doubtful.push(touched(table, key, digest));
    const rows = await to.insert(table, stage);
    brought.set(table.name, { table, stage, rows });
    progress(`${table.name}: ${rows} new rows brought together, ${doubts.length} to be looked at`, true);
  }
  return { brought, doubtful };
}

const parentsOf = (
  table: Table,
  { tables }: TableOrder,
): readonly { foreignKey: Table["foreignKeys"][number]; parent: Table }[] =>
  table.foreignKeys.flatMap((foreignKey) => {
    const parent = tables.find((one) => one.name === foreignKey.parent);
    return parent === undefined ? [] : [{ foreignKey, parent }];
  });

/** Reads back what was brought: one sentence for each table that has it otherwise. */
export async function verifyBrought(target: Database, brought: Brought): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { table, stage } of brought.values()) {
    const different = (await target.bulk?.different(table, stage)) ?? 0;
    if (different > 0)
      faults.push(`${table.name}: ${different} rows read back otherwise than they were brought`);
  }
  return faults;
}

/** Writes ledger and base of what was brought; the base has followed the ledger up to here. */
export async function recordBrought({ target, sourceId, targetId }: Sides, brought: Brought): Promise<void> {
  if (brought.size === 0) return;
  const { store, bulk } = target;
  const run = await store.writeRun(sourceId, []);
  const known = await store.tables();
  for (const { table, stage } of brought.values()) {
    const base = known.get(table.name);
    if (base === undefined) throw new Error(`the base has no record of ${table.name}`);
    await bulk?.record(run, table, base, stage);
  }
  await store.recordFollowed(targetId, run);
}
