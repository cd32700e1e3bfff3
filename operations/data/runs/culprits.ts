/** Which rows a target refuses, where a statement about many of them fails as a whole and does not say. */
import { outside } from "../../fault";
import { rowId, type RowId, type RowRef } from "../model";
import type { Database } from "../port";

/** More than these are no single rows: something is wrong with all of them. */
const most = 5_000;

/**
 * Writes rows within savepoints, half by half where the target does not take them. A row may have to wait for another
 * of its own table, so those that it did not take are tried again for as long as that helps.
 *
 * @returns the rows that it does not take even by themselves, with what it says; none where all are written
 * @throws Fault (3) where they come by the thousand
 */
export async function findCulprits<Row extends RowRef>(
  target: Pick<Required<Database>, "trial" | "constraintFault" | "label">,
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<void>,
): Promise<ReadonlyMap<RowId, string>> {
  for (let left = rows; ;) {
    const refused: { readonly row: Row; readonly reason: string }[] = [];
    const attempt = async (some: readonly Row[]): Promise<void> => {
      const [first, ...others] = some;
      if (first === undefined) return;
      try {
        await target.trial(() => write(some));
      } catch (error) {
        const reason = target.constraintFault(error);
        if (reason === undefined) throw error;
        if (others.length > 0) {
          const half = Math.ceil(some.length / 2);
          await attempt(some.slice(0, half));
          await attempt(some.slice(half));
        } else if (refused.push({ row: first, reason }) > most)
          throw outside(
            `${target.label} refuses over ${most} rows of ${first.table} (${reason}); none of these was written`,
          );
      }
    };
    await attempt(left);
    if (refused.length === 0 || refused.length === left.length)
      return new Map(refused.map(({ row, reason }) => [rowId(row.table, row.key), reason]));
    left = refused.map(({ row }) => row);
  }
}
