import { digestColumns, type Column, type Table } from "../../model";
import type { Bucketing } from "../../port";
import { name } from "./sql";

const hash = (row: string): string => `pg_catalog.hashtextextended(${row}::pg_catalog.text COLLATE "C", 0)`;

/**
 * A row's digest: 64 bits over the columns in one order, each as the pinned session prints it. ROW quotes what it
 * prints, so that NULL, an empty text and a comma in a value stay apart. PostgreSQL keeps this hash the same over
 * versions, since hash partitions rest on it.
 */
export const tableDigest = (alias: string, table: Table): string =>
  hash(
    `ROW(${digestColumns(table)
      .map((column) => `${alias}.${name(column)}`)
      .join(", ")})`,
  );

const wholeNumbers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);
export const isWholeNumber = (column: Column): boolean => wholeNumbers.has(column.type);

/** The group of a row, given the expressions of its key columns. */
export const bucketOf = (bucketing: Bucketing, keys: readonly string[]): string =>
  bucketing.kind === "range"
    ? `(${keys[0] ?? "0"}::pg_catalog.int8 >> ${bucketing.shift})`
    : `(${hash(`ROW(${keys.join(", ")})`)} & ${bucketing.mask})`;
