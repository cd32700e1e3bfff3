import type { Table } from "../model";
import { isText } from "../tables/types";

/** So many characters of a long text are looked at: what is an id or a number is shorter. */
export const sampledCharacters = 200;

export const isLong = (table: Table, column: string): boolean =>
  !table.key.includes(column) && isText(table.columns.find(({ name }) => name === column)?.type ?? "");
