import { refusal } from "../../../fault";
import type { Progress, SyncedTable } from "../../engine";
import { maskKey } from "../../mask";
import type { Table } from "../../model";
import { clearable } from "../../order";
import { copyTable, stageColumns } from "./copy";
import { relationOf } from "./rows";
import { chooseBuckets, compare, digestedTable } from "./scan";
import type { Sides } from "./sides";
import { name } from "./sql";
import { digestedBase, readTables, recordTable } from "./store";
import { seconds, switchTriggers, type SyncRun } from "./sync-run";

/** Fills an empty target, and records what arrived as the base. */
export class FirstSync implements SyncRun {
  constructor(
    private readonly sides: Sides,
    private readonly progress: Progress,
  ) {}

  async check(): Promise<void> {
    const full: string[] = [];
    for (const table of this.sides.schema.tables) {
      const [row] = await this.sides.target.rows(`SELECT EXISTS (SELECT FROM ${relationOf(table)})`);
      if (row?.[0] === "t") full.push(table.name);
    }
    if (full.length > 0)
      throw refusal(
        `${this.sides.target.label} has rows but no base, and the first sync demands an empty target; ` +
          `rows are in ${full.join(", ")}; if this is the standby, empty these tables and run again`,
      );
  }

  async foresee(): Promise<readonly SyncedTable[]> {
    const tables: SyncedTable[] = [];
    for (const table of this.sides.order.tables) {
      const started = performance.now();
      const [row] = await this.sides.source.rows(`SELECT count(*) FROM ${relationOf(table)}`);
      tables.push(synced(table, { inserted: Number(row?.[0]) }, started));
    }
    return tables;
  }

  async write(): Promise<readonly SyncedTable[]> {
    const { source, target, order } = this.sides;
    const tables: SyncedTable[] = [];
    await target.run("SET CONSTRAINTS ALL DEFERRED");
    await switchTriggers(target, order.tables, false);
    for (const table of order.tables) {
      const started = performance.now();
      let bytes = 0;
      const inserted = await copyTable(source, target, table, this.linkedColumns(table), (more) => {
        bytes += more;
        this.progress(`${table.name}: ${Math.round(bytes / 1024)} KiB`, false);
      });
      this.progress(`${table.name}: ${inserted} rows`, true);
      tables.push(synced(table, { inserted }, started));
    }
    for (const table of order.tables) await this.link(table);
    await target.run("SET CONSTRAINTS ALL IMMEDIATE");
    await switchTriggers(target, order.tables, true);
    for (const table of order.tables) await this.record(table);
    return tables;
  }

  private linkedColumns(table: Table): readonly string[] {
    return this.sides.order.linked
      .filter((link) => link.table === table.name)
      .flatMap((link) => clearable(table, link.foreignKey));
  }

  private async link(table: Table): Promise<void> {
    const columns = this.linkedColumns(table);
    if (columns.length === 0) return;
    const stage = await stageColumns(this.sides.source, this.sides.target, table, columns);
    await this.sides.target.run(
      `UPDATE ${relationOf(table)} t SET ${columns.map((column) => `${name(column)} = s.${name(column)}`).join(", ")}
         FROM ${stage} s WHERE ${table.key.map((column) => `t.${name(column)} = s.${name(column)}`).join(" AND ")}`,
    );
  }

  /** Records a table as it arrived, then compares the record with the source. */
  private async record(table: Table): Promise<void> {
    const { source, target } = this.sides;
    const rows = await recordTable(target, table);
    const base = (await readTables(target)).get(table.name);
    if (base === undefined) throw new Error(`${table.name} was not recorded`);
    const [left, right] = [digestedTable(source, table), digestedBase(target, table, base)];
    const comparison = await compare(left, right, await chooseBuckets(table, rows, [left, right]));
    for await (const difference of comparison.differences)
      throw refusal(
        `${table.name}: the row ${maskKey(table.key, difference.key).join(", ")} does not arrive as it left; ` +
          "does the target change what is written (a rule, a trigger that is always on)? Nothing was written",
      );
  }
}

function synced(table: Table, counts: { inserted: number }, started: number): SyncedTable {
  return { table: table.name, ...counts, updated: 0, deleted: 0, unchanged: 0, seconds: seconds(started) };
}
