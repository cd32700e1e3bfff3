import { findColumn, type Column, type Key, type Table } from "../model";

/**
 * Whoever takes several locks takes them in one order.
 *
 * @param isWholeNumber by the engine's own types
 * @returns the keys in the order of a key that is one whole number, else as they are
 */
export function inOrder(
  table: Table,
  keys: readonly Key[],
  isWholeNumber: (column: Column) => boolean,
): readonly Key[] {
  const [key, ...others] = table.key;
  if (key === undefined || others.length > 0 || !isWholeNumber(findColumn(table, key))) return keys;
  return keys
    .map((one) => ({ one, value: BigInt(one[0] ?? 0) }))
    .sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
    .map(({ one }) => one);
}
