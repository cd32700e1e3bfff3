/** References to a key of several columns that no foreign key declares: who could be meant, by names and types. Pure. */
import type { Schema, Table } from "../model";
import { commonPrefix, sameWords, startsWithWords, thingOf, wordsOf } from "./names";
import type { Suspect } from "./references";
import { columnId } from "./resolve";
import { familyOf } from "./types";

/** Columns that may together refer to the key of a table. */
export interface CompositeSuspect extends Pick<Suspect, "child" | "parent" | "strength" | "because"> {
  /** In the order of the parent's key. */
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
}

/**
 * Each column of the parent's key is met by one of the same name, or of its name after the parent's (`order_no` for the
 * `no` of `orders`). Where none of them says so, the values have to; and a table's own key is then no reference, since
 * two tables with one key do not say which of them hangs on the other.
 */
export function compositeSuspectsOf(schema: Schema): readonly CompositeSuspect[] {
  const prefix = commonPrefix(schema.tables.map((table) => table.relation));
  const drawn = new Set(
    schema.generators.flatMap(({ uses }) => uses.map((use) => columnId(use.table, use.column))),
  );
  return schema.tables.flatMap((child) => {
    const met = schema.tables.flatMap((parent) =>
      parent === child || parent.key.length < 2
        ? []
        : suspect(child, parent, thingOf(parent.relation, prefix), drawn),
    );
    // What is part of something larger says nothing of its own: a line's order is its order's.
    const open = met.filter(
      ({ columns }) =>
        !child.foreignKeys.some((one) => includesAll(one.columns, columns)) &&
        !met.some((one) => one.columns.length > columns.length && includesAll(one.columns, columns)),
    );
    return open.filter(
      (one) =>
        one.strength === "named" ||
        !open.some((other) => other.strength === "named" && includesAll(other.columns, one.columns)),
    );
  });
}

const includesAll = (all: readonly string[], some: readonly string[]): boolean =>
  some.every((one) => all.includes(one));

/** @param drawn columns whose values the database hands out, which refer to nobody */
function suspect(
  child: Table,
  parent: Table,
  thing: readonly string[],
  drawn: ReadonlySet<string>,
): readonly CompositeSuspect[] {
  const columns: string[] = [];
  let isNamed = false;
  for (const key of parent.key) {
    const type = parent.columns.find((column) => column.name === key)?.type ?? "";
    const family = familyOf(type);
    if (family === "other") return [];
    const said = startsWithWords(wordsOf(key), thing) ? wordsOf(key) : [...thing, ...wordsOf(key)];
    const fits = child.columns.filter(
      (column) =>
        familyOf(column.type) === family &&
        !column.generated &&
        !drawn.has(columnId(child.name, column.name)),
    );
    const found =
      fits.find((column) => sameWords(wordsOf(column.name), said)) ??
      fits.find((column) => sameWords(wordsOf(column.name), wordsOf(key)));
    if (found === undefined) return [];
    isNamed ||= sameWords(wordsOf(found.name), said);
    columns.push(found.name);
  }
  const isKey = child.key.length === columns.length && includesAll(columns, child.key);
  if (isKey && !isNamed) return [];
  return [
    {
      child: child.name,
      columns,
      parent: parent.name,
      parentColumns: parent.key,
      strength: isNamed ? "named" : "hinted",
      because: isNamed
        ? `they are named after ${parent.relation} and its key`
        : `they are named like the key of ${parent.relation}`,
    },
  ];
}
