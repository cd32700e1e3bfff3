/** How rows and keys go into statements and come out of them. */
import { findColumn, storedColumns, type Key, type Table } from "../../model";
import type { TextRow } from "../../port";
import { name, qualified } from "./sql";

/** Rows a statement: parameters of a few hundred kilobytes. */
export const batchSize = 2000;

export const relationOf = (table: Table): string => qualified(table.schema, table.relation);

/** `unnest` of keys given as one text array a column, cast to their types: alias k with k1, k2, … */
export function unnestKeys(table: Table): string {
  const names = table.key.map((_, at) => `k${at + 1}`);
  const casts = table.key.map(
    (column, at) => `${names[at] ?? ""}::${findColumn(table, column).type} AS k${at + 1}`,
  );
  const arrays = table.key.map((_, at) => `$${at + 1}::text[]`);
  return `(SELECT ${casts.join(", ")} FROM unnest(${arrays.join(", ")}) AS u(${names.join(", ")})) k`;
}

/** `unnest` of whole rows given as one text array a stored column, typed and named as the table's, with `ordinal`. */
export function typedRows(table: Table): string {
  const columns = storedColumns(table);
  const texts = columns.map((_, at) => `c${at + 1}`);
  const casts = columns.map((column, at) => `c${at + 1}::${column.type} AS ${name(column.name)}`);
  const arrays = columns.map((_, at) => `$${at + 1}::text[]`);
  return `(SELECT ${casts.join(", ")}, ordinal FROM unnest(${arrays.join(", ")})
    WITH ORDINALITY AS u(${texts.join(", ")}, ordinal))`;
}

/** Joins an alias to `unnestKeys`. */
export const onKeys = (table: Table, alias: string): string =>
  table.key.map((column, at) => `${alias}.${name(column)} = k.k${at + 1}`).join(" AND ");

export const keyList = (table: Table, alias: string): string =>
  table.key.map((column) => `${alias}.${name(column)}`).join(", ");

export function keyOf(row: TextRow, from: number, count: number): Key {
  return row.slice(from, from + count).map((value) => {
    if (value === null) throw new Error("a key column is null");
    return value;
  });
}
