import { DatabaseError } from "pg";
import { groupBy } from "../../collections";
import { written, type Decision } from "../../decide";
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
import type { Step } from "../../steps";
import { stageRows } from "./copy";
import { liftOver } from "./generators";
import { keyList, keyOf, onKeys, relationOf, unnestKeys } from "./rows";
import type { Session, TextRow } from "./session";
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

/** By table: the temporary table of the target with those rows of the source that are about to be written. */
type Stages = ReadonlyMap<TableName, string>;

/** Writes what was decided, in sets: as few statements as the order of the rows allows. */
export class Applier {
  private readonly tables: ReadonlyMap<TableName, Table>;

  constructor(
    private readonly source: Session,
    private readonly target: Session,
    private readonly order: TableOrder,
    private readonly generators: readonly Generator[],
  ) {
    this.tables = new Map(order.tables.map((table) => [table.name, table]));
  }

  /** Runs inside the caller's savepoint, which it rolls back when this is not done. */
  async apply(decision: Decision): Promise<Outcome> {
    try {
      await this.target.run("SET CONSTRAINTS ALL DEFERRED");
      const stages = await this.stage(decision);
      await this.unlink(written(decision, "delete"));
      for (const step of decision.steps) await this.write(step, stages);
      await this.link(written(decision, "insert"), stages);
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

  /** Brings every row to be written beside its table, and lifts generators over their ids. */
  private async stage(decision: Decision): Promise<Stages> {
    const stages = new Map<TableName, string>();
    const inserted = new Set(written(decision, "insert").map((row) => row.table));
    for (const [table, rows] of this.grouped(written(decision, "insert", "update"))) {
      const keys = rows.map((row) => row.key);
      const stage = await stageRows(this.source, this.target, table, keys);
      stages.set(table.name, stage);
      if (inserted.has(table.name)) await this.liftGenerators(table, stage);
    }
    return stages;
  }

  private *grouped<Row extends RowRef>(rows: readonly Row[]): Iterable<[Table, readonly Row[]]> {
    const groups = groupBy(rows, (row) => row.table);
    for (const table of this.order.tables) {
      const group = groups.get(table.name);
      if (group !== undefined) yield [table, group];
    }
  }

  private write(step: Step, stages: Stages): Promise<void> {
    const table = this.tables.get(step.table);
    if (table === undefined) throw new Error(`${step.table} is not a table of this schema`);
    if (step.kind === "delete") return this.delete(table, step.rows);
    const stage = stages.get(step.table);
    if (stage === undefined) throw new Error(`no row of ${step.table} was brought over`);
    return step.kind === "update"
      ? this.update(table, stage, step.rows)
      : this.insert(table, stage, step.rows);
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
      await this.target.run(
        `UPDATE ${relationOf(table)} t SET ${columns.map((column) => `${name(column)} = NULL`).join(", ")}
           FROM ${unnestKeys(table, table.key)} WHERE ${onKeys(table.key, "t")}`,
        keyArrays(table, group),
      );
    }
  }

  /** Rows that went along with a row deleted before them (ON DELETE CASCADE) are gone as well: that is all it takes. */
  private async delete(table: Table, rows: readonly RowRef[]): Promise<void> {
    const keys = keyArrays(table, rows);
    const chosen = unnestKeys(table, table.key);
    // One statement for all, so that rows which refer to each other go together.
    const deleted = await this.target.run(
      `DELETE FROM ${relationOf(table)} t USING ${chosen} WHERE ${onKeys(table.key, "t")}`,
      keys,
    );
    if (deleted === rows.length) return;
    const left = await this.target.rows(
      `SELECT ${keyList(table, "t")} FROM ${relationOf(table)} t JOIN ${chosen} ON ${onKeys(table.key, "t")}`,
      keys,
    );
    if (left.length > 0)
      throw new Refusal(
        left.map((row) => rowId(table.name, keyOf(row, 0, table.key.length))),
        `${table.name}: ${left.length} of ${rows.length} rows: no delete`,
      );
  }

  private async update(table: Table, stage: string, rows: readonly RowRef[]): Promise<void> {
    const columns = storedColumns(table)
      .filter((column) => !table.key.includes(column.name) && !column.identityAlways)
      .map((column) => `${name(column.name)} = s.${name(column.name)}`);
    const found = await this.target.rows(
      `UPDATE ${relationOf(table)} t SET ${columns.join(", ")} FROM ${stage} s, ${unnestKeys(table, table.key)}
         WHERE ${onKeys(table.key, "s")} AND ${sameKey(table)} RETURNING ${keyList(table, "t")}`,
      keyArrays(table, rows),
    );
    expectAll(table, rows, found, "update");
  }

  private async insert(table: Table, stage: string, rows: readonly RowRef[]): Promise<void> {
    const later = this.linkedColumns(table);
    const columns = storedColumns(table).map((column) => column.name);
    const values = columns.map((column) => (later.includes(column) ? "NULL" : `s.${name(column)}`));
    // A constraint that is checked at the end cannot say here which row it minds; it fails, and is looked at again.
    const late = table.keyDeferrable || table.uniqueKeys.some((unique) => unique.deferrable);
    const found = await this.target.rows(
      `INSERT INTO ${relationOf(table)} AS t (${list(columns)}) OVERRIDING SYSTEM VALUE
         SELECT ${values.join(", ")} FROM ${stage} s JOIN ${unnestKeys(table, table.key)} ON ${onKeys(table.key, "s")}
         ${late ? "" : "ON CONFLICT DO NOTHING"} RETURNING ${keyList(table, "t")}`,
      keyArrays(table, rows),
    );
    expectAll(table, rows, found, "insert");
  }

  /** Sets the references that had to wait until every new row was there. */
  private async link(rows: readonly RowRef[], stages: Stages): Promise<void> {
    for (const [table, group] of this.grouped(rows)) {
      const columns = this.linkedColumns(table);
      const stage = stages.get(table.name);
      if (columns.length === 0 || stage === undefined) continue;
      await this.target.run(
        `UPDATE ${relationOf(table)} t SET ${columns.map((column) => `${name(column)} = s.${name(column)}`).join(", ")}
           FROM ${stage} s, ${unnestKeys(table, table.key)} WHERE ${onKeys(table.key, "s")} AND ${sameKey(table)}
             AND (${columns.map((column) => `s.${name(column)} IS NOT NULL`).join(" OR ")})`,
        keyArrays(table, group),
      );
    }
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

const keyArrays = (table: Table, rows: readonly RowRef[]): string[][] =>
  columnsOf(
    rows.map((row) => row.key),
    table.key.length,
  );

const sameKey = (table: Table): string =>
  table.key.map((column) => `t.${name(column)} = s.${name(column)}`).join(" AND ");

function expectAll(table: Table, rows: readonly RowRef[], found: readonly TextRow[], what: string): void {
  const done = new Set(found.map((row) => rowId(table.name, keyOf(row, 0, table.key.length))));
  const missing = rows.map((row) => rowId(row.table, row.key)).filter((id) => !done.has(id));
  if (missing.length > 0)
    throw new Refusal(missing, `${table.name}: ${missing.length} of ${rows.length} rows: no ${what}`);
}
