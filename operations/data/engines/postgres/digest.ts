import { findColumn, storedColumns, type Column, type Table } from "../../model";
import { name } from "./sql";

/** How rows are grouped, so that whole groups can be compared before single rows are. */
export type Bucketing =
  { readonly kind: "range"; readonly shift: number } | { readonly kind: "hash"; readonly mask: number };

const hash = (row: string): string => `pg_catalog.hashtextextended(${row}::pg_catalog.text COLLATE "C", 0)`;

/**
 * A row's digest: 64 bits over the columns in one order, each as the pinned session prints it. ROW quotes what it
 * prints, so that NULL, an empty text and a comma in a value stay apart. PostgreSQL keeps this hash the same over
 * versions, since hash partitions rest on it.
 */
export const digestOf = (alias: string, columns: readonly string[]): string =>
  hash(`ROW(${columns.map((column) => `${alias}.${name(column)}`).join(", ")})`);

/** The columns a digest covers: all that are stored, by name, since the order may differ between two databases. */
export const digestColumns = (table: Table): readonly string[] =>
  storedColumns(table)
    .map((column) => column.name)
    .sort();

export const tableDigest = (alias: string, table: Table): string => digestOf(alias, digestColumns(table));

const wholeNumbers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);
export const isWholeNumber = (column: Column): boolean => wholeNumbers.has(column.type);

/** Groups of about this many rows: few enough to read when one differs, many enough to keep their list short. */
const rowsPerBucket = 64;

/** Whole-number keys are grouped by ranges, where new rows lie together; others by a hash. */
export function bucketingOf(
  table: Table,
  rows: number,
  min: bigint | undefined,
  max: bigint | undefined,
): Bucketing {
  const groups = Math.max(1, Math.ceil(rows / rowsPerBucket));
  const first = table.key[0];
  if (
    first !== undefined &&
    isWholeNumber(findColumn(table, first)) &&
    min !== undefined &&
    max !== undefined
  ) {
    let shift = 0;
    while (shift < 62 && (max - min) >> BigInt(shift) > BigInt(groups)) shift++;
    return { kind: "range", shift };
  }
  let mask = 1;
  while (mask < groups) mask *= 2;
  return { kind: "hash", mask: mask - 1 };
}

/** The group of a row, given the expressions of its key columns. */
export const bucketOf = (bucketing: Bucketing, keys: readonly string[]): string =>
  bucketing.kind === "range"
    ? `(${keys[0] ?? "0"}::pg_catalog.int8 >> ${bucketing.shift})`
    : `(${hash(`ROW(${keys.join(", ")})`)} & ${bucketing.mask})`;
