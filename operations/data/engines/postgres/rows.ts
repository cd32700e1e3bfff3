/** Reading single rows by their keys, in few statements. */
import { chunks } from "../../collections";
import { findColumn, rowId, storedColumns, type Key, type RowId, type Table } from "../../model";
import { digestColumns, digestOf } from "./digest";
import type { Session, TextRow } from "./session";
import { columnsOf, name, qualified } from "./sql";

/** Rows a statement: parameters of a few hundred kilobytes. */
export const batchSize = 2000;

export const relationOf = (table: Table): string => qualified(table.schema, table.relation);

/** `unnest` of key columns given as text arrays, cast to their types: alias k with k1, k2, … */
export function unnestKeys(table: Table, columns: readonly string[], first = 1): string {
  const names = columns.map((_, at) => `k${at + 1}`);
  const casts = columns.map(
    (column, at) => `${names[at] ?? ""}::${findColumn(table, column).type} AS k${at + 1}`,
  );
  const arrays = columns.map((_, at) => `$${first + at}::text[]`);
  return `(SELECT ${casts.join(", ")} FROM unnest(${arrays.join(", ")}) AS u(${names.join(", ")})) k`;
}

/** Joins an alias to `unnestKeys`. */
export const onKeys = (columns: readonly string[], alias: string): string =>
  columns.map((column, at) => `${alias}.${name(column)} = k.k${at + 1}`).join(" AND ");

export const keyList = (table: Table, alias: string): string =>
  table.key.map((column) => `${alias}.${name(column)}`).join(", ");

export function keyOf(row: TextRow, from: number, count: number): Key {
  return row.slice(from, from + count).map((value) => {
    if (value === null) throw new Error("a key column is null");
    return value;
  });
}

export interface FoundRow {
  readonly key: Key;
  /** In the order of `storedColumns`. */
  readonly values: TextRow;
}

/** Reads whole rows; those that are not there are left out. */
export async function readRows(
  session: Session,
  table: Table,
  keys: readonly Key[],
): Promise<readonly FoundRow[]> {
  const columns = storedColumns(table).map((column) => `t.${name(column.name)}`);
  const found: FoundRow[] = [];
  for (const batch of chunks(keys, batchSize)) {
    const rows = await session.rows(
      `SELECT ${keyList(table, "t")}, ${columns.join(", ")} FROM ${relationOf(table)} t
         JOIN ${unnestKeys(table, table.key)} ON ${onKeys(table.key, "t")}`,
      columnsOf(batch, table.key.length),
    );
    for (const row of rows)
      found.push({ key: keyOf(row, 0, table.key.length), values: row.slice(table.key.length) });
  }
  return found;
}

export type RowLock = "none" | "FOR KEY SHARE" | "FOR NO KEY UPDATE" | "FOR UPDATE";

/** The digests of rows as they are now, locked if asked; rows that are not there are left out. */
export async function readDigests(
  session: Session,
  table: Table,
  keys: readonly Key[],
  lock: RowLock,
): Promise<ReadonlyMap<RowId, string>> {
  const digest = digestOf("t", digestColumns(table));
  const found = new Map<RowId, string>();
  for (const batch of chunks(keys, batchSize)) {
    const rows = await session.rows(
      `SELECT ${digest}, ${keyList(table, "t")} FROM ${relationOf(table)} t
         JOIN ${unnestKeys(table, table.key)} ON ${onKeys(table.key, "t")}
         ${lock === "none" ? "" : `ORDER BY ${keyList(table, "t")} ${lock} OF t`}`,
      columnsOf(batch, table.key.length),
    );
    for (const row of rows) found.set(rowId(table.name, keyOf(row, 1, table.key.length)), row[0] ?? "");
  }
  return found;
}
