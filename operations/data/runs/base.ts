/** The base: what both sides share, and how it follows what runs have brought. */
import { refusal } from "../../fault";
import { groupBy } from "../collections";
import { digestColumns, type Table } from "../model";
import type { Base, BaseTable, Database } from "../port";
import type { Settled } from "../settled";
import type { Sides } from "./sides";

/** Whether the base's digests still mean what this table's would. */
const fits = (table: Table, base: BaseTable): boolean =>
  base.columns.join() === digestColumns(table).join() && base.keyColumns.join() === table.key.join();

/**
 * The base held by `holder`, checked to be about these two databases, whichever is the source.
 * @throws Fault (1) when it is about others, or was recorded for another schema
 */
export async function baseOf(sides: Sides, holder: Database): Promise<Base | undefined> {
  const base = await holder.store.base();
  if (base === undefined) return undefined;
  const [primary, standby] =
    holder === sides.target ? [sides.sourceId, sides.targetId] : [sides.targetId, sides.sourceId];
  if (base.primaryId !== primary || base.standbyId !== standby)
    throw refusal(
      `the base on ${holder.label} was recorded between other databases than these; ` +
        "check --from and --to; to begin anew, empty the standby and drop its schema warm_standby",
    );
  for (const table of sides.schema.tables) {
    const recorded = base.tables.get(table.name);
    if (recorded !== undefined && !fits(table, recorded))
      throw refusal(
        `${table.name} has other columns than at the sync of ${base.at} (then ${recorded.columns.join(", ")}; ` +
          `now ${digestColumns(table).join(", ")}), so its rows cannot be compared with the base; ` +
          "to begin anew, empty the standby, drop its schema warm_standby and sync",
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
): Promise<void> {
  const groups = groupBy(settled, (row) => row.table);
  for (const table of tables) {
    const rows = groups.get(table.name);
    if (rows !== undefined) await holder.store.settle(table, await baseTable(holder, table, base), rows);
  }
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
  for (const { run } of await ledger.store.runsAfter(await holder.store.followed(ledgerId))) {
    await settle(holder, tables, base, await ledger.store.rowsOfRun(run));
    await holder.store.recordFollowed(ledgerId, run);
  }
}
