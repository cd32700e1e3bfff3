import { DatabaseError } from "pg";
import { chunks, groupBy } from "../../collections";
import type { Decision, Write } from "../../decide";
import {
  rowId,
  storedColumns,
  type Generator,
  type RowId,
  type RowRef,
  type Table,
  type TableName,
} from "../../model";
import { clearable, type TableOrder } from "../../order";
import { stageRows } from "./copy";
import { liftOver } from "./generators";
import { batchSize, keyList, keyOf, onKeys, relationOf, unnestKeys } from "./rows";
import type { Session } from "./session";
import { columnsOf, list, name } from "./sql";

/** How it went: done, or what stood in the way, so that it can be looked at and decided again. */
export type Outcome =
  | { readonly done: true }
  | { readonly done: false; readonly rows: readonly RowId[]; readonly reason: string };

/** Rows that the target did not take. */
class Refusal extends Error {
  constructor(
    readonly rows: readonly RowId[],
    message: string,
  ) {
    super(message);
  }
}

/** Writes what was decided, in sets: a handful of statements a table, parents before children. */
export class Applier {
  constructor(
    private readonly source: Session,
    private readonly target: Session,
    private readonly order: TableOrder,
    private readonly generators: readonly Generator[],
  ) {}

  /** Runs inside the caller's savepoint, which it rolls back when this is not done. */
  async apply(decision: Decision): Promise<Outcome> {
    try {
      await this.target.run("SET CONSTRAINTS ALL DEFERRED");
      await this.unlink([...decision.earlyDeletes, ...decision.lateDeletes]);
      await this.delete(decision.earlyDeletes);
      await this.update(decision.earlyUpdates);
      await this.insert(decision.inserts);
      await this.update(decision.lateUpdates);
      await this.delete(decision.lateDeletes);
      await this.target.run("SET CONSTRAINTS ALL IMMEDIATE");
      return { done: true };
    } catch (error) {
      if (error instanceof Refusal) return { done: false, rows: error.rows, reason: error.message };
      // Class 23: an integrity constraint that the look before did not foresee.
      if (error instanceof DatabaseError && error.code?.startsWith("23") === true)
        return { done: false, rows: [], reason: `${error.table ?? ""}: ${error.message}` };
      throw error;
    }
  }

  private *grouped<Row extends RowRef>(
    rows: readonly Row[],
    tables: readonly Table[] = this.order.tables,
  ): Iterable<[Table, readonly Row[]]> {
    const groups = groupBy(rows, (row) => row.table);
    for (const table of tables) {
      const group = groups.get(table.name);
      if (group !== undefined) yield [table, group];
    }
  }

  /** The columns of a table's references that are written in a second step. */
  private linkedColumns(table: Table): readonly string[] {
    return this.order.linked
      .filter((link) => link.table === table.name)
      .flatMap((link) => clearable(table, link.foreignKey));
  }

  private async unlink(rows: readonly RowRef[]): Promise<void> {
    for (const [table, group] of this.grouped(rows)) {
      const columns = this.linkedColumns(table);
      if (columns.length === 0) continue;
      for (const batch of chunks(group, batchSize))
        await this.target.run(
          `UPDATE ${relationOf(table)} t SET ${columns.map((column) => `${name(column)} = NULL`).join(", ")}
             FROM ${unnestKeys(table, table.key)} WHERE ${onKeys(table.key, "t")}`,
          columnsOf(
            batch.map((row) => row.key),
            table.key.length,
          ),
        );
    }
  }

  private async delete(rows: readonly RowRef[]): Promise<void> {
    for (const [table, group] of this.grouped(rows, [...this.order.tables].reverse())) {
      const gone: RowId[] = [];
      // One statement for all, so that rows which refer to each other go together.
      const found = await this.target.rows(
        `DELETE FROM ${relationOf(table)} t USING ${unnestKeys(table, table.key)}
           WHERE ${onKeys(table.key, "t")} RETURNING ${keyList(table, "t")}`,
        columnsOf(
          group.map((row) => row.key),
          table.key.length,
        ),
      );
      for (const row of found) gone.push(rowId(table.name, keyOf(row, 0, table.key.length)));
      expectAll(table.name, group, new Set(gone), "delete");
    }
  }

  private async update(rows: readonly Write[]): Promise<void> {
    for (const [table, group] of this.grouped(rows)) {
      const stage = await stageRows(
        this.source,
        this.target,
        table,
        group.map((row) => row.key),
      );
      const columns = storedColumns(table)
        .filter((column) => !table.key.includes(column.name) && !column.identityAlways)
        .map((column) => `${name(column.name)} = s.${name(column.name)}`);
      const written = await this.target.rows(
        `UPDATE ${relationOf(table)} t SET ${columns.join(", ")} FROM ${stage} s
           WHERE ${sameKey(table)} RETURNING ${keyList(table, "t")}`,
      );
      const done = new Set(written.map((row) => rowId(table.name, keyOf(row, 0, table.key.length))));
      expectAll(table.name, group, done, "update");
    }
  }

  private async insert(rows: readonly Write[]): Promise<void> {
    const links: { table: Table; stage: string; columns: readonly string[] }[] = [];
    for (const [table, group] of this.grouped(rows)) {
      const stage = await stageRows(
        this.source,
        this.target,
        table,
        group.map((row) => row.key),
      );
      await this.liftGenerators(table, stage);
      const later = this.linkedColumns(table);
      const columns = storedColumns(table).map((column) => column.name);
      const values = columns.map((column) => (later.includes(column) ? "NULL" : `s.${name(column)}`));
      const written = await this.target.rows(
        `INSERT INTO ${relationOf(table)} AS t (${list(columns)}) OVERRIDING SYSTEM VALUE
           SELECT ${values.join(", ")} FROM ${stage} s ON CONFLICT DO NOTHING RETURNING ${keyList(table, "t")}`,
      );
      const done = new Set(written.map((row) => rowId(table.name, keyOf(row, 0, table.key.length))));
      expectAll(table.name, group, done, "insert");
      if (later.length > 0) links.push({ table, stage, columns: later });
    }
    for (const { table, stage, columns } of links)
      await this.target.run(
        `UPDATE ${relationOf(table)} t SET ${columns.map((column) => `${name(column)} = s.${name(column)}`).join(", ")}
           FROM ${stage} s WHERE ${sameKey(table)} AND (${columns.map((column) => `s.${name(column)} IS NOT NULL`).join(" OR ")})`,
      );
  }

  /** A generator that stands below an id about to be written would hand it out again. Neither rolls back: first of all. */
  private async liftGenerators(table: Table, stage: string): Promise<void> {
    for (const generator of this.generators)
      for (const use of generator.uses) {
        if (use.table !== table.name || use.typeMax === undefined) continue;
        const [row] = await this.target.rows(`SELECT max(${name(use.column)}) FROM ${stage}`);
        if (typeof row?.[0] === "string") await liftOver(this.target, generator, BigInt(row[0]));
      }
  }
}

const sameKey = (table: Table): string =>
  table.key.map((column) => `t.${name(column)} = s.${name(column)}`).join(" AND ");

function expectAll(table: TableName, rows: readonly RowRef[], done: ReadonlySet<RowId>, what: string): void {
  const missing = rows.map((row) => rowId(row.table, row.key)).filter((id) => !done.has(id));
  if (missing.length > 0)
    throw new Refusal(missing, `${table}: ${missing.length} of ${rows.length} rows: no ${what}`);
}
