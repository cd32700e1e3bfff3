import { pipeline } from "node:stream/promises";
import { Transform, type Readable } from "node:stream";
import { from, to } from "pg-copy-streams";
import { chunks } from "../../collections";
import { findColumn, storedColumns, type Key, type Table } from "../../model";
import type { Selection, Stage, TextRow, Writing } from "../../port";
import { batchSize, keyList, keyOf, onKeys, relationOf, typedRows, unnestKeys } from "./rows";
import type { Session } from "./session";
import { arrayText, columnsOf, list, literal, name } from "./sql";

let stages = 0;

export class PostgresWriting implements Writing {
  constructor(private readonly session: Session) {}

  /** One COPY a selection; keys go as literals, since it takes no parameters. */
  send(table: Table, selection: Selection, columns: readonly string[]): Readable {
    const select = `SELECT ${list(columns, "t.")} FROM ${relationOf(table)} t`;
    return this.session.copy(to(`COPY (${select} ${restriction(table, selection)}) TO STDOUT`));
  }

  async load(
    into: Table | Stage,
    columns: readonly string[],
    rows: Readable,
    onBytes: (bytes: number) => void,
  ): Promise<number> {
    const relation = typeof into === "string" ? into : relationOf(into);
    const sink = this.session.copy(from(`COPY ${relation} (${list(columns)}) FROM STDIN`));
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        onBytes(chunk.length);
        done(null, chunk);
      },
    });
    await pipeline(rows, counter, sink);
    return sink.rowCount;
  }

  /**
   * @param more columns of its own, each as `, expression AS name`
   * @param before statements, each with its `;`, that are run first in the same round trip
   */
  async makeStage(table: Table, more = "", before = ""): Promise<Stage> {
    const stage = `pg_temp.stage_${++stages}`;
    const columns = storedColumns(table).map((column) => column.name);
    await this.session.run(
      `${before} CREATE TEMPORARY TABLE ${stage} ON COMMIT DROP AS
         SELECT ${list(columns, "t.")}${more} FROM ${relationOf(table)} t WITH NO DATA`,
    );
    return stage;
  }

  async addToStage(table: Table, stage: Stage, rows: readonly TextRow[]): Promise<void> {
    const columns = storedColumns(table).map((column) => column.name);
    for (const batch of chunks(rows, batchSize))
      await this.session.run(
        `INSERT INTO ${stage} (${list(columns)}) SELECT ${list(columns, "r.")} FROM ${typedRows(table)} r`,
        columnsOf(batch, columns.length),
      );
  }

  async stageMaximum(stage: Stage, column: string): Promise<bigint | undefined> {
    const [row] = await this.session.rows(`SELECT max(${name(column)}) FROM ${stage}`);
    return typeof row?.[0] === "string" ? BigInt(row[0]) : undefined;
  }

  async insert(
    table: Table,
    stage: Stage,
    keys: readonly Key[],
    nulls: readonly string[],
  ): Promise<readonly Key[]> {
    const columns = storedColumns(table).map((column) => column.name);
    const values = columns.map((column) => (nulls.includes(column) ? "NULL" : `s.${name(column)}`));
    // A constraint that is checked at the end cannot say here which row it minds; it fails, and is looked at again.
    const late = table.keyDeferrable || table.uniqueKeys.some((unique) => unique.deferrable);
    const found = await this.session.rows(
      `INSERT INTO ${relationOf(table)} AS t (${list(columns)}) OVERRIDING SYSTEM VALUE
         SELECT ${values.join(", ")} FROM ${stage} s JOIN ${unnestKeys(table)} ON ${onKeys(table, "s")}
         ${late ? "" : "ON CONFLICT DO NOTHING"} RETURNING ${keyList(table, "t")}`,
      columnsOf(keys, table.key.length),
    );
    return keysOf(table, found);
  }

  async update(
    table: Table,
    stage: Stage,
    columns: readonly string[],
    keys: readonly Key[],
  ): Promise<readonly Key[]> {
    const found = await this.session.rows(
      `UPDATE ${relationOf(table)} t SET ${assignments(columns)} FROM ${stage} s, ${unnestKeys(table)}
         WHERE ${onKeys(table, "s")} AND ${sameKey(table)} RETURNING ${keyList(table, "t")}`,
      columnsOf(keys, table.key.length),
    );
    return keysOf(table, found);
  }

  async link(
    table: Table,
    stage: Stage,
    columns: readonly string[],
    keys: readonly Key[] | "all",
  ): Promise<void> {
    const [chosen, only] =
      keys === "all" ? ["", ""] : [`, ${unnestKeys(table)}`, `AND ${onKeys(table, "s")}`];
    await this.session.run(
      `UPDATE ${relationOf(table)} t SET ${assignments(columns)} FROM ${stage} s${chosen}
         WHERE ${sameKey(table)} ${only} AND (${columns.map((column) => `s.${name(column)} IS NOT NULL`).join(" OR ")})`,
      keys === "all" ? [] : columnsOf(keys, table.key.length),
    );
  }

  async clear(table: Table, columns: readonly string[], keys: readonly Key[]): Promise<void> {
    await this.session.run(
      `UPDATE ${relationOf(table)} t SET ${columns.map((column) => `${name(column)} = NULL`).join(", ")}
         FROM ${unnestKeys(table)} WHERE ${onKeys(table, "t")}`,
      columnsOf(keys, table.key.length),
    );
  }

  async remove(table: Table, keys: readonly Key[]): Promise<readonly Key[]> {
    const values = columnsOf(keys, table.key.length);
    const deleted = await this.session.run(
      `DELETE FROM ${relationOf(table)} t USING ${unnestKeys(table)} WHERE ${onKeys(table, "t")}`,
      values,
    );
    if (deleted === keys.length) return [];
    const left = await this.session.rows(
      `SELECT ${keyList(table, "t")} FROM ${relationOf(table)} t JOIN ${unnestKeys(table)} ON ${onKeys(table, "t")}`,
      values,
    );
    return keysOf(table, left);
  }

  async constraints(when: "later" | "now"): Promise<void> {
    await this.session.run(`SET CONSTRAINTS ALL ${when === "later" ? "DEFERRED" : "IMMEDIATE"}`);
  }

  async triggers(tables: readonly Table[], on: boolean): Promise<void> {
    for (const table of tables)
      for (const trigger of table.triggers) {
        if (trigger.enabled !== "O" && trigger.enabled !== "A") continue;
        const action = !on ? "DISABLE" : trigger.enabled === "A" ? "ENABLE ALWAYS" : "ENABLE";
        await this.session.run(`ALTER TABLE ${relationOf(table)} ${action} TRIGGER ${name(trigger.name)}`);
      }
  }
}

const assignments = (columns: readonly string[]): string =>
  columns.map((column) => `${name(column)} = s.${name(column)}`).join(", ");

const sameKey = (table: Table): string =>
  table.key.map((column) => `t.${name(column)} = s.${name(column)}`).join(" AND ");

const keysOf = (table: Table, rows: readonly TextRow[]): readonly Key[] =>
  rows.map((row) => keyOf(row, 0, table.key.length));

function restriction(table: Table, selection: Selection): string {
  switch (selection.kind) {
    case "all":
      return "";
    case "set":
      return `WHERE ${selection.columns.map((column) => `t.${name(column)} IS NOT NULL`).join(" OR ")}`;
    case "keys": {
      const names = table.key.map((_, at) => `k${at + 1}`);
      const casts = table.key.map(
        (column, at) => `k${at + 1}::${findColumn(table, column).type} AS k${at + 1}`,
      );
      const arrays = columnsOf(selection.keys, table.key.length).map(
        (values) => `${literal(arrayText(values))}::text[]`,
      );
      return `JOIN (SELECT ${casts.join(", ")} FROM unnest(${arrays.join(", ")})
        AS u(${names.join(", ")})) k ON ${onKeys(table, "t")}`;
    }
  }
}
