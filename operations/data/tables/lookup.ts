/** Finds what the file names in a schema. */
import { findColumn, type Column, type Schema, type Table } from "../model";
import { nearest } from "./names";

export type Lookup<T> = { readonly found: T } | { readonly fault: string };

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** @param field for messages, such as `references[0].to` */
export function lookupTable(field: string, name: string, schema: Schema): Lookup<Table> {
  const exact = schema.tables.filter((table) => table.name === name);
  const found = exact.length > 0 ? exact : schema.tables.filter((table) => isNamed(table, name));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return { found: only };
  if (only !== undefined)
    return {
      fault: `${field} ${JSON.stringify(name)}: there are ${found.map((one) => one.name).join(" and ")}; name one`,
    };
  const near = nearest(
    name,
    schema.tables.map((table) => table.name),
  );
  return {
    fault: `${field} ${JSON.stringify(name)}: there is no such table${near === undefined ? "" : `; did you mean ${near}?`}`,
  };
}

const isNamed = (table: Table, name: string): boolean => same(table.name, name) || same(table.relation, name);

/** A column by `table.column` or `schema.table.column`. */
export function lookupColumn(
  field: string,
  name: string,
  schema: Schema,
): Lookup<{ readonly table: Table; readonly column: Column }> {
  const fits = schema.tables.flatMap((table) =>
    table.columns
      .filter((column) =>
        [`${table.name}.${column.name}`, `${table.relation}.${column.name}`].some((full) => same(full, name)),
      )
      .map((column) => ({ table, column })),
  );
  const [only, ...others] = fits;
  if (only !== undefined && others.length === 0) return { found: only };
  if (only !== undefined)
    return {
      fault: `${field} ${JSON.stringify(name)}: there are ${fits.map((one) => `${one.table.name}.${one.column.name}`).join(" and ")}; name one with its schema`,
    };
  const near = nearest(
    name,
    schema.tables.flatMap((table) =>
      table.columns.flatMap((column) => [`${table.relation}.${column.name}`, `${table.name}.${column.name}`]),
    ),
  );
  return {
    fault: `${field} ${JSON.stringify(name)}: there is no such column${near === undefined ? "" : `; did you mean ${near}?`}`,
  };
}

/** What rows of a table refer to: its key, where that is one column, or a column that is named. */
export function lookupParent(
  field: string,
  name: string,
  schema: Schema,
): Lookup<{ readonly table: Table; readonly column: Column }> {
  const table = lookupTable(field, name, schema);
  if ("found" in table) {
    const [only, ...others] = table.found.key;
    return only !== undefined && others.length === 0
      ? { found: { table: table.found, column: findColumn(table.found, only) } }
      : {
          fault: `${field} ${JSON.stringify(name)}: its key is (${table.found.key.join(", ")}); name one column of it`,
        };
  }
  const column = lookupColumn(field, name, schema);
  return "found" in column || table.fault.includes("there are") ? column : table;
}
