import { chunks } from "../../collections";
import {
  findColumn,
  rowId,
  storedColumns,
  type ForeignKey,
  type Key,
  type RowId,
  type Table,
  type UniqueKey,
} from "../../model";
import type { Digested, FoundRow, Reading, RowLock, TextRow } from "../../port";
import { printsAsText } from "../../tables/types";
import { dependentsInText } from "../in-text";
import { isLong, sampledCharacters } from "../sampled";
import { tableDigest } from "./digest";
import { PostgresDigested } from "./digested";
import { batchSize, keyList, keyOf, onKeys, relationOf, typedRows, unnestKeys } from "./rows";
import type { Session } from "./session";
import { arrayText, columnsOf, literal, name } from "./sql";

const locks: Readonly<Record<Exclude<RowLock, "none">, string>> = {
  parent: "FOR KEY SHARE",
  update: "FOR NO KEY UPDATE",
  delete: "FOR UPDATE",
};

export class PostgresReading implements Reading {
  constructor(private readonly session: Session) {}

  async count(table: Table): Promise<number> {
    const [row] = await this.session.rows(`SELECT count(*) FROM ${relationOf(table)}`);
    return Number(row?.[0]);
  }

  async isEmpty(table: Table): Promise<boolean> {
    const [row] = await this.session.rows(`SELECT EXISTS (SELECT FROM ${relationOf(table)})`);
    return row?.[0] !== "t";
  }

  async rows(table: Table, keys: readonly Key[]): Promise<readonly FoundRow[]> {
    const columns = storedColumns(table).map((column) => `t.${name(column.name)}`);
    const found: FoundRow[] = [];
    for (const batch of chunks(keys, batchSize)) {
      const rows = await this.session.rows(
        `SELECT ${keyList(table, "t")}, ${columns.join(", ")} FROM ${relationOf(table)} t
           JOIN ${unnestKeys(table)} ON ${onKeys(table, "t")}`,
        columnsOf(batch, table.key.length),
      );
      for (const row of rows)
        found.push({ key: keyOf(row, 0, table.key.length), values: row.slice(table.key.length) });
    }
    return found;
  }

  async digests(table: Table, keys: readonly Key[], lock: RowLock): Promise<ReadonlyMap<RowId, string>> {
    const found = new Map<RowId, string>();
    for (const batch of chunks(keys, batchSize)) {
      const rows = await this.session.rows(
        `SELECT ${tableDigest("t", table)}, ${keyList(table, "t")} FROM ${relationOf(table)} t
           JOIN ${unnestKeys(table)} ON ${onKeys(table, "t")}
           ${lock === "none" ? "" : `ORDER BY ${keyList(table, "t")} ${locks[lock]} OF t`}`,
        columnsOf(batch, table.key.length),
      );
      for (const row of rows) found.set(rowId(table.name, keyOf(row, 1, table.key.length)), row[0] ?? "");
    }
    return found;
  }

  async digestsOf(table: Table, rows: readonly TextRow[]): Promise<readonly string[]> {
    const found: string[] = [];
    const width = storedColumns(table).length;
    for (const batch of chunks(rows, batchSize)) {
      const digests = await this.session.rows(
        `SELECT ${tableDigest("t", table)} FROM ${typedRows(table)} t ORDER BY t.ordinal`,
        columnsOf(batch, width),
      );
      found.push(...digests.map((row) => row[0] ?? ""));
    }
    return found;
  }

  async keysBehind(
    table: Table,
    columns: readonly string[],
    values: readonly Key[],
  ): Promise<ReadonlyMap<string, Key>> {
    const found = new Map<string, Key>();
    for (const batch of chunks(values, batchSize)) {
      const texts = columns.map((_, at) => `v${at + 1}`);
      const casts = columns.map((column, at) => `v${at + 1}::${findColumn(table, column).type}`);
      const rows = await this.session.rows(
        `SELECT ${texts.map((text) => `u.${text}`).join(", ")}, ${keyList(table, "t")}
           FROM unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(", ")}) AS u(${texts.join(", ")})
           JOIN ${relationOf(table)} t ON ${columns.map((column, at) => `t.${name(column)} = ${casts[at] ?? ""}`).join(" AND ")}`,
        columnsOf(batch, columns.length),
      );
      for (const row of rows)
        found.set(JSON.stringify(row.slice(0, columns.length)), keyOf(row, columns.length, table.key.length));
    }
    return found;
  }

  async holders(
    table: Table,
    unique: UniqueKey,
    rows: readonly FoundRow[],
  ): Promise<readonly (readonly [Key, Key])[]> {
    if (rows.length === 0) return [];
    const values = unique.expressions.map((expression, at) => `(${expression}) AS u${at + 1}`).join(", ");
    const where = unique.predicate === undefined ? "" : `WHERE ${unique.predicate}`;
    const keys = table.key.map((column, at) => `${name(column)} AS k${at + 1}`).join(", ");
    const names = (alias: string): string => table.key.map((_, at) => `${alias}.k${at + 1}`).join(", ");
    const same = unique.nullsDistinct ? "=" : "IS NOT DISTINCT FROM";
    const found = await this.session.rows(
      `SELECT ${names("s")}, ${names("t")}
         FROM (SELECT ${keys}, ${values} FROM ${typedRows(table)} r ${where}) s
         JOIN (SELECT ${keys}, ${values} FROM ${relationOf(table)} ${where}) t
           ON ${unique.expressions.map((_, at) => `s.u${at + 1} ${same} t.u${at + 1}`).join(" AND ")}`,
      columnsOf(
        rows.map((row) => row.values),
        storedColumns(table).length,
      ),
    );
    const width = table.key.length;
    return found.map((row) => [keyOf(row, 0, width), keyOf(row, width, width)] as const);
  }

  async dependents(
    parent: Table,
    child: Table,
    foreignKey: ForeignKey,
    keys: readonly Key[],
  ): Promise<readonly (readonly [Key, Key])[]> {
    if (foreignKey.inText === true)
      return dependentsInText(parent, child, foreignKey, keys, (texts) =>
        this.session.rows(
          `SELECT c.${name(foreignKey.columns[0] ?? "")}::text, ${keyList(child, "c")} FROM ${relationOf(child)} c
             WHERE c.${name(foreignKey.columns[0] ?? "")}::text = ANY ($1::text[])${isOfType(child, foreignKey)}`,
          [arrayText(texts)],
        ),
      );
    const joined = foreignKey.columns
      .map((column, at) => `c.${name(column)} = p.${name(foreignKey.parentColumns[at] ?? "")}`)
      .join(" AND ");
    const found: (readonly [Key, Key])[] = [];
    for (const batch of chunks(keys, batchSize)) {
      const rows = await this.session.rows(
        `SELECT ${keyList(parent, "p")}, ${keyList(child, "c")} FROM ${unnestKeys(parent)}
           JOIN ${relationOf(parent)} p ON ${onKeys(parent, "p")} JOIN ${relationOf(child)} c ON ${joined}${isOfType(child, foreignKey)}`,
        columnsOf(batch, parent.key.length),
      );
      for (const row of rows)
        found.push([keyOf(row, 0, parent.key.length), keyOf(row, parent.key.length, child.key.length)]);
    }
    return found;
  }

  async sample(table: Table, columns: readonly string[], most: number): Promise<readonly TextRow[]> {
    const key = table.key.map((column) => `${name(column)} DESC`).join(", ");
    const shown = columns.map((column) =>
      isLong(table, column) ? `left(${name(column)}::text, ${sampledCharacters})` : name(column),
    );
    return this.session.rows(
      `SELECT ${shown.join(", ")} FROM ${relationOf(table)} ORDER BY ${key} LIMIT $1`,
      [most],
    );
  }

  async samplesOf(
    table: Table,
    by: string,
    values: readonly string[],
    column: string,
    most: number,
  ): Promise<readonly TextRow[]> {
    const key = table.key.map((one) => `${name(one)} DESC`).join(", ");
    const shown = isLong(table, column) ? `left(${name(column)}::text, ${sampledCharacters})` : name(column);
    return this.session.rows(
      `SELECT v, c FROM (SELECT ${name(by)} AS v, ${shown} AS c, row_number() OVER (PARTITION BY ${name(by)} ORDER BY ${key}) AS n
         FROM ${relationOf(table)} WHERE ${name(by)} = ANY ($1::text[]::${findColumn(table, by).type}[])) r WHERE n <= $2`,
      [arrayText(values), most],
    );
  }

  async distinct(table: Table, column: string, most: number): Promise<readonly string[]> {
    const rows = await this.session.rows(
      `SELECT DISTINCT ${name(column)} FROM ${relationOf(table)} WHERE ${name(column)} IS NOT NULL LIMIT $1`,
      [most],
    );
    return rows.map(([value]) => value ?? "");
  }

  digested(table: Table): Digested {
    return new PostgresDigested(this.session, {
      relation: relationOf(table),
      keys: table.key.map((column) => findColumn(table, column)),
      digest: tableDigest("t", table),
    });
  }
}

/** A condition more: that the row of the child, `c`, says that it refers to this table. */
const isOfType = (child: Table, { when }: ForeignKey): string =>
  when === undefined || !printsAsText(findColumn(child, when.column).type)
    ? ""
    : ` AND c.${name(when.column)}::text IN (${when.values.map(literal).join(", ")})`;
