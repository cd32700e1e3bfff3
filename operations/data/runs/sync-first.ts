import { refusal } from "../../fault";
import type { Progress, SyncedTable } from "../engine";
import { maskKey } from "../mask";
import { storedColumns, type Table } from "../model";
import { clearable } from "../order";
import { chooseBuckets, compare } from "./scan";
import type { Sides } from "./sides";
import { seconds, type SyncRun } from "./sync-run";
import { isUntransacted, mirror, unannounced } from "./untransacted";

/** Fills an empty target, and records what arrived as the base. */
export class FirstSync implements SyncRun {
  constructor(
    private readonly sides: Sides,
    private readonly progress: Progress,
  ) {}

  async check(): Promise<void> {
    const full: string[] = [];
    const fresh = await unannounced(this.sides.target, this.sides.schema.tables);
    for (const table of this.sides.schema.tables) {
      // Rows there are those of an earlier first sync that was cut.
      if (isUntransacted(table) && !fresh.includes(table)) continue;
      if (!(await this.sides.target.read.isEmpty(table))) full.push(table.name);
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
      const inserted = await this.sides.source.read.count(table);
      tables.push(synced(table, { inserted }, started));
    }
    return tables;
  }

  async write(): Promise<readonly SyncedTable[]> {
    const { source, target, order } = this.sides;
    const tables: SyncedTable[] = [];
    await target.write.constraints("later");
    await target.write.triggers(order.tables, false);
    for (const table of order.tables.filter((one) => !isUntransacted(one))) {
      const started = performance.now();
      let bytes = 0;
      const later = this.linkedColumns(table);
      const columns = storedColumns(table)
        .map((column) => column.name)
        .filter((column) => !later.includes(column));
      const rows = source.write.send(table, { kind: "all" }, columns);
      const inserted = await target.write.load(table, columns, rows, (more) => {
        bytes += more;
        this.progress(`${table.name}: ${Math.round(bytes / 1024)} KiB`, false);
      });
      this.progress(`${table.name}: ${inserted} rows`, true);
      tables.push(synced(table, { inserted }, started));
    }
    for (const table of order.tables) await this.link(table);
    await target.write.constraints("now");
    for (const table of order.tables.filter(isUntransacted)) tables.push(await this.writeLast(table));
    await target.write.triggers(order.tables, true);
    for (const table of order.tables) await this.record(table);
    return tables;
  }

  /** Whatever becomes of this run, these rows stay; so after everything that may still be refused. */
  private async writeLast(table: Table): Promise<SyncedTable> {
    const { source, target } = this.sides;
    const started = performance.now();
    const columns = storedColumns(table).map((column) => column.name);
    const inserted = (await target.read.isEmpty(table))
      ? await target.write.load(table, columns, source.write.send(table, { kind: "all" }, columns), nothing)
      : await mirror(source, target, table);
    this.progress(`${table.name}: ${inserted} rows`, true);
    return synced(table, { inserted }, started);
  }

  private linkedColumns(table: Table): readonly string[] {
    return this.sides.order.linked
      .filter((link) => link.table === table.name)
      .flatMap((link) => clearable(table, link.foreignKey));
  }

  /** References whose parents could only come later. */
  private async link(table: Table): Promise<void> {
    const columns = this.linkedColumns(table);
    if (columns.length === 0) return;
    const { source, target } = this.sides;
    const wanted = [...new Set([...table.key, ...columns])];
    const stage = await target.write.makeStage(table);
    await target.write.load(
      stage,
      wanted,
      source.write.send(table, { kind: "set", columns }, wanted),
      nothing,
    );
    await target.write.link(table, stage, columns, "all");
  }

  /** Records a table as it arrived, then compares the record with the source. */
  private async record(table: Table): Promise<void> {
    const { source, target } = this.sides;
    const recorded = await target.store.recordTable(table);
    // No snapshot holds its rows still on the source.
    if (isUntransacted(table)) return;
    const [left, right] = [source.read.digested(table), target.store.digested(table, recorded.table)];
    const comparison = await compare(left, right, await chooseBuckets(recorded.rows, [left, right]));
    for await (const difference of comparison.differences())
      throw refusal(
        `${table.name}: the row ${maskKey(table.key, difference.key).join(", ")} does not arrive as it left; ` +
          "does the target change what is written (a rule, a trigger that is always on)? Nothing was written",
      );
  }
}

const nothing = (): void => undefined;

function synced(table: Table, counts: { inserted: number }, started: number): SyncedTable {
  return { table: table.name, ...counts, updated: 0, deleted: 0, unchanged: 0, seconds: seconds(started) };
}
