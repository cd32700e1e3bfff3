/** Columns that are unique by intent, whether or not the database keeps them so: by the file's word. */
import type { Schema, TableName, UniqueKey } from "../model";
import { lookupColumn } from "./lookup";
import { isUnique } from "./numbers";

/**
 * `number`: made by MAX()+1, so two rows of one number are two rows, and both are somebody's; `identity`: it says who
 * the row is, as a customer's e-mail, so two rows of one value are the same.
 */
export type Intent = "number" | "identity";

/** The columns that the file names as saying who a row is, by table. */
export function identifying(
  schema: Schema,
  names: readonly string[],
): { readonly columns: ReadonlyMap<TableName, readonly string[]>; readonly faults: readonly string[] } {
  const columns = new Map<TableName, readonly string[]>();
  const faults: string[] = [];
  for (const [at, name] of names.entries()) {
    const looked = lookupColumn(`unique[${at}]`, name, schema);
    if ("fault" in looked) {
      faults.push(looked.fault);
      continue;
    }
    const { table, column } = looked.found;
    columns.set(table.name, [...new Set([...(columns.get(table.name) ?? []), column.name])]);
  }
  return { columns, faults };
}

/** A schema in which such columns are unique. */
export function withIntent(
  schema: Schema,
  intent: Intent,
  columns: ReadonlyMap<TableName, readonly string[]>,
  quoted: (column: string) => string,
): Schema {
  return {
    ...schema,
    tables: schema.tables.map((table) => {
      const missing = (columns.get(table.name) ?? []).filter((column) => !isUnique(table, column));
      if (missing.length === 0) return table;
      const added = missing.map((column): UniqueKey => ({
        name: `${column} (by standby.tables.yaml)`,
        expressions: [quoted(column)],
        blankIn: column,
        predicate: undefined,
        nullsDistinct: true,
        // Nobody checks it, so it does not matter who is written first.
        deferrable: intent === "identity",
        ...(intent === "number" && { undeclared: true }),
      }));
      return { ...table, uniqueKeys: [...table.uniqueKeys, ...added] };
    }),
  };
}
