/**
 * Tables whose engine knows no transactions: what is written there stays, whatever becomes of the run. So they are
 * written last and by key, and a run that finds a part of an earlier one there goes on from it.
 */
import type { Key, Table } from "../model";
import { storedColumns } from "../model";
import { chunks } from "../collections";
import type { Base, BaseTable, Database, Digested } from "../port";
import type { Digest } from "../three-way";
import { chooseBuckets, compare } from "./scan";

/** Keys that are kept in memory at once. */
const most = 200_000;
const atOnce = 2000;

export const isUntransacted = (table: Table): boolean => table.withoutTransactions !== undefined;

/**
 * Says beforehand, outside of any transaction, that rows in these tables are a first sync's own: so that another one
 * knows what a cut one has left there.
 */
export async function announce(target: Database, tables: readonly Table[]): Promise<void> {
  for (const table of tables) await target.store.recordTable(table, true);
}

/** Tables without transactions that no first sync has been announced in yet. */
export async function unannounced(target: Database, tables: readonly Table[]): Promise<readonly Table[]> {
  const own = tables.filter(isUntransacted);
  if (own.length === 0) return [];
  const known = (await target.store.exists()) ? await target.store.tables() : new Map<string, BaseTable>();
  return own.filter((table) => !known.has(table.name));
}

async function differencesOf(
  left: Digested,
  right: Digested,
  limit: number,
): Promise<ReadonlyMap<string, { readonly key: Key; readonly left: Digest; readonly right: Digest }>> {
  const found = new Map<string, { key: Key; left: Digest; right: Digest }>();
  const { differences } = await compare(
    left,
    right,
    await chooseBuckets(await left.estimate(), [left, right]),
  );
  for await (const difference of differences()) {
    found.set(JSON.stringify(difference.key), difference);
    if (found.size >= limit) break;
  }
  return found;
}

/** Makes a table of the target equal to the source's, row by row, from wherever an earlier run got. */
export async function mirror(source: Database, target: Database, table: Table): Promise<number> {
  let inserted = 0;
  for (;;) {
    const found = await differencesOf(source.read.digested(table), target.read.digested(table), most);
    if (found.size === 0) return inserted;
    const rows = [...found.values()];
    const gone = rows.filter((row) => row.left === undefined).map((row) => row.key);
    if (gone.length > 0) await target.write.remove(table, gone);
    const columns = storedColumns(table).map((column) => column.name);
    const changed = rows.filter((row) => row.left !== undefined && row.right !== undefined);
    const fresh = rows.filter((row) => row.right === undefined);
    for (const [some, isNew] of [
      [changed, false],
      [fresh, true],
    ] as const)
      for (const batch of chunks(some, atOnce)) {
        const keys = batch.map((row) => row.key);
        const stage = await target.write.makeStage(table);
        const sent = source.write.send(table, { kind: "keys", keys }, columns);
        await target.write.load(stage, columns, sent, () => undefined);
        if (isNew) inserted += (await target.write.insert(table, stage, keys, [])).length;
        else {
          const others = columns.filter((column) => !table.key.includes(column));
          await target.write.update(table, stage, others, keys);
        }
      }
    // A source that is written to meanwhile is never quite reached; the next run goes on.
    if (found.size < most) return inserted;
  }
}

/** How many rows the standby has that are neither as the base has them nor as the primary has them now. */
export async function ownChanges(
  source: Database,
  target: Database,
  table: Table,
  recorded: BaseTable,
): Promise<number> {
  const apart = await differencesOf(source.read.digested(table), target.read.digested(table), most);
  const since = await differencesOf(
    source.read.digested(table),
    target.store.digested(table, recorded),
    most,
  );
  let own = 0;
  for (const [key, { left, right }] of apart) {
    const change = since.get(key);
    if (right !== (change === undefined ? left : change.right)) own++;
  }
  return own;
}

/** Which of the tables in which the standby differs from its base do so by a cut run alone. */
export async function leftByCutRun(
  source: Database,
  target: Database,
  tables: readonly Table[],
  base: Base,
): Promise<ReadonlySet<string>> {
  const own = tables.filter((table) => isUntransacted(table) && base.tables.has(table.name));
  if (own.length === 0) return new Set();
  const paired = new Set((await target.store.pairs()).map((pair) => pair.table));
  const left = new Set<string>();
  for (const table of own) {
    const recorded = base.tables.get(table.name);
    if (recorded === undefined || paired.has(table.name)) continue;
    const { added, changed, deleted } = await target.store.changes(table, recorded);
    if (added + changed + deleted === 0) continue;
    if ((await ownChanges(source, target, table, recorded)) === 0) left.add(table.name);
  }
  return left;
}
