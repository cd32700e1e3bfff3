/** The base: what both sides share, and how it follows what runs have brought. */
import { refusal } from "../../fault";
import { groupBy } from "../collections";
import { digestColumns, type Key, type Table } from "../model";
import type { Base, BaseTable, Database } from "../port";
import type { Pair, Settled, Side } from "../settled";
import type { Sides } from "./sides";

/** Whether the base's digests still mean what this table's would. */
const fits = (table: Table, base: BaseTable): boolean =>
  base.columns.join() === digestColumns(table).join() && base.keyColumns.join() === table.key.join();

/**
 * The base held by `holder`, checked to be about these two databases, whichever is the source.
 *
 * @param onTarget whether the holder is the run's target, by whatever connection
 * @throws Fault (1) when it is about others, or was recorded for another schema
 */
export async function baseOf(sides: Sides, holder: Database, onTarget: boolean): Promise<Base | undefined> {
  const base = await holder.store.base();
  if (base === undefined) return undefined;
  const [primary, standby] = onTarget ? [sides.sourceId, sides.targetId] : [sides.targetId, sides.sourceId];
  if (base.primaryId !== primary || base.standbyId !== standby)
    throw refusal(
      `the base on ${holder.label} was recorded between other databases than these; ` +
        "check --from and --to; " +
        `to begin anew, empty the standby and drop its ${holder.store.place}`,
    );
  for (const table of sides.schema.tables) {
    const recorded = base.tables.get(table.name);
    if (recorded !== undefined && !fits(table, recorded))
      throw refusal(
        `${table.name} has other columns than at the sync of ${base.at} (then ${recorded.columns.join(", ")}; ` +
          `now ${digestColumns(table).join(", ")}), so its rows cannot be compared with the base; ` +
          `to begin anew, empty the standby, drop its ${holder.store.place} and sync`,
      );
  }
  return base;
}

/** The base's record of a table; of one that came after the sync nothing is shared yet. */
export async function baseTable(holder: Database, table: Table, base: Base): Promise<BaseTable> {
  return (
    base.tables.get(table.name) ??
    (await holder.store.tables()).get(table.name) ??
    (await holder.store.recordTable(table, true)).table
  );
}

/** Brings the base up to what a run settled: rows that both sides now share, and rows gone from both. */
export async function settle(
  holder: Database,
  tables: readonly Table[],
  base: Base,
  settled: readonly Settled[],
  source: Side,
): Promise<void> {
  const { store } = holder;
  const groups = groupBy(settled, (row) => row.table);
  const anyPairs = await store.hasPairs();
  for (const table of tables) {
    const rows = groups.get(table.name) ?? [];
    if (rows.length === 0) continue;
    const pairs = rows.flatMap((row) => pairOf(row, source) ?? []);
    if (anyPairs) {
      const keys = rows.map((row) => row.origin?.key ?? row.key);
      await store.unpair(table.name, source, keys.filter(isSomebody));
      // Whoever was alone on the target, and is a row of the source from now on.
      await store.unpair(
        table.name,
        opposite(source),
        rows.map((row) => row.key).filter(isSomebody),
        "alone",
      );
    }
    // Two rows of a run may say the same of a pair.
    const distinct = new Map(
      pairs.map((pair) => [JSON.stringify([pair.primary.key, pair.standby.key]), pair]),
    );
    if (pairs.length > 0) await store.pair([...distinct.values()]);
    // A row that is another on each side is in a pair, not in the table's own record.
    const plain = rows.flatMap((row): readonly Settled[] => {
      if (isSame(row)) return [{ table: row.table, key: row.key, digest: row.digest }];
      return row.origin !== undefined && isSameKey(row.origin.key, row.key)
        ? [{ table: row.table, key: row.key, digest: undefined }]
        : [];
    });
    if (plain.length > 0) await store.settle(table, await baseTable(holder, table, base), plain);
  }
}

const isSomebody = (key: Key): boolean => key.length > 0;
const opposite = (side: Side): Side => (side === "primary" ? "standby" : "primary");

/** Whether a row has one key and one content on both sides. */
const isSame = ({ key, digest, origin }: Settled): boolean =>
  origin === undefined ||
  (origin.relation === "moved" && origin.digest === digest && isSameKey(origin.key, key));

const isSameKey = (one: Key, other: Key): boolean => JSON.stringify(one) === JSON.stringify(other);

function pairOf(settled: Settled, source: Side): Pair | undefined {
  const { table, key, digest, origin } = settled;
  if (origin?.digest === undefined || digest === undefined || isSame(settled)) return undefined;
  const [here, there] = [
    { key: origin.key, digest: origin.digest },
    { key, digest },
  ];
  const straggler =
    origin.straggler === undefined ? undefined : origin.straggler === "source" ? source : opposite(source);
  const { relation, apart } = origin;
  const [primary, standby] = source === "primary" ? [here, there] : [there, here];
  return { table, primary, standby, relation, straggler, ...(apart && { apart: source }) };
}

/**
 * Lets the base follow a ledger: takes over every run it does not know of yet. Doing it twice changes nothing, so a
 * run that was cut between the rows and the base is completed by the next one.
 */
export async function follow(
  ledger: Database,
  ledgerId: string,
  holder: Database,
  tables: readonly Table[],
  base: Base,
): Promise<void> {
  if (!(await ledger.store.exists())) return;
  for (const { run, sourceId } of await ledger.store.runsAfter(await holder.store.followed(ledgerId))) {
    const source = sourceId === base.primaryId ? "primary" : "standby";
    await settle(holder, tables, base, await ledger.store.rowsOfRun(run), source);
    await holder.store.recordFollowed(ledgerId, run);
  }
}
