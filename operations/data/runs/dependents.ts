import { findColumn, storedColumns, type ForeignKey, type Key, type Table } from "../model";
import type { Database } from "../port";
import { printsAsText, unpadded } from "../tables/types";

/** Pairs of a parent, given by key, and a row of `child` that refers to it: only of rows for which the reference holds. */
export async function dependentsOf(
  database: Database,
  parent: Table,
  child: Table,
  foreignKey: ForeignKey,
  keys: readonly Key[],
): Promise<readonly (readonly [parent: Key, child: Key])[]> {
  const found = await database.read.dependents(parent, child, foreignKey, keys);
  const { when } = foreignKey;
  if (when === undefined || found.length === 0) return found;
  const { type } = findColumn(child, when.column);
  if (printsAsText(type)) return found;
  const at = storedColumns(child).findIndex((column) => column.name === when.column);
  const rows = await database.read.rows(
    child,
    found.map(([, key]) => key),
  );
  const meant = new Set(
    rows
      .filter((row) => when.values.includes(unpadded(row.values[at] ?? "", type)))
      .map((row) => row.key.join("\0")),
  );
  return found.filter(([, key]) => meant.has(key.join("\0")));
}
