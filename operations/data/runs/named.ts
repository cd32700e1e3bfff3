/** Rows as a sentence names them. */
import { maskKey } from "../mask";
import type { Key, Table } from "../model";

/** A sentence names no more rows than these. */
export const mostNamed = 5;

/**
 * The keys of the first few rows of a table, and how many there are besides; secret-looking ones are masked.
 *
 * @param count how many there are, where not all are given
 */
export function namedRows(
  { key: columns }: Pick<Table, "key">,
  keys: readonly Key[],
  count = keys.length,
): string {
  const shown = keys.slice(0, mostNamed).map((key) => maskKey(columns, key).join(", "));
  const more = count - shown.length;
  return `${shown.join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}
