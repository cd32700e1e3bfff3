/** Rows that both sides changed alike: taken for one change, which is not what a sum means. */
import type { Candidate } from "../candidate";
import { groupBy } from "../collections";

const mostShown = 5;

/**
 * One sentence for each table that has such rows. Two sales of one article leave the same number on both sides, and
 * nobody but the shop knows that both count.
 */
export function agreedNotes(candidates: readonly Candidate[]): readonly string[] {
  const alike = candidates.filter(
    ({ base, source, target, standing }) =>
      standing === undefined &&
      base !== undefined &&
      source !== undefined &&
      source !== base &&
      source === target,
  );
  return [...groupBy(alike, (one) => one.table)].map(([table, rows]) => {
    const shown = rows.slice(0, mostShown).map(({ key }) => key.join(", "));
    const more = rows.length > mostShown ? ` and ${rows.length - mostShown} more` : "";
    return (
      `${table}: ${rows.length} row${rows.length === 1 ? " was" : "s were"} changed alike on both sides, which is taken for ` +
      `one change; where both count, as in a stock or a balance, put it right by hand: ${shown.join("; ")}${more}`
    );
  });
}
