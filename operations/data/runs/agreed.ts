/** Rows that both sides changed alike: taken for one change, which is not what a sum means. */
import type { Candidate } from "../candidate";
import { groupBy } from "../collections";
import type { Table } from "../model";
import { namedRows } from "./named";

/**
 * One sentence for each table that has such rows. Two sales of one article leave the same number on both sides, and
 * nobody but the shop knows that both count.
 */
export function agreedNotes(tables: readonly Table[], candidates: readonly Candidate[]): readonly string[] {
  const alike = candidates.filter(
    ({ base, source, target, standing }) =>
      standing === undefined &&
      base !== undefined &&
      source !== undefined &&
      source !== base &&
      source === target,
  );
  const groups = groupBy(alike, (one) => one.table);
  return tables.flatMap((table) => {
    const keys = groups.get(table.name)?.map(({ key }) => key) ?? [];
    if (keys.length === 0) return [];
    return [
      `${table.name}: ${keys.length} row${keys.length === 1 ? " was" : "s were"} changed alike on both sides, which is taken ` +
        `for one change; where both count, as in a stock or a balance, put it right by hand: ${namedRows(table, keys)}`,
    ];
  });
}
