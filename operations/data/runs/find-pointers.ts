/** References of which another column of the row says to which table: what names suggest, and what values say to that. */
import { findColumn, type Schema, type Table, type TableName } from "../model";
import type { TableRules } from "../tables/file";
import { holdsKeys } from "../tables/key-texts";
import {
  columnNamed,
  contentPointersOf,
  namedValuesOf,
  pointersOf,
  tableOfType,
  type NamedValues,
  type Pointer,
} from "../tables/pointers";
import { judge, suspicions } from "../tables/references";
import { columnId, namesSettled, undeclared, type Undeclared } from "../tables/resolve";
import type { ShownReference } from "../tables/shown";
import type { Evidence, Values } from "./evidence";

export interface FoundPointer {
  readonly shown: ShownReference;
  readonly keys: readonly Undeclared[];
}

const sorted = <T>(groups: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
  [...groups].sort(([one], [other]) => (one < other ? -1 : 1));

/** @param settled columns that the file speaks about, of which nothing more is asked but the names it leaves out */
export async function findPointers(
  schema: Schema,
  rules: TableRules,
  settled: ReadonlySet<string>,
  evidence: Evidence,
): Promise<readonly FoundPointer[]> {
  const found: FoundPointer[] = [];
  const meant = suspicions(schema);
  for (const table of schema.tables) {
    const pointers = [...pointersOf(table), ...contentPointersOf(table, schema)];
    for (const pointer of pointers.filter((one) => !settled.has(columnId(table.name, one.column)))) {
      const one = await lookAtPointer(schema, table, pointer, evidence);
      if (one !== undefined) found.push(one);
    }
    for (const pair of namedValuesOf(table)) {
      const names = namesSettled(schema, rules, table, pair.value);
      const one = names === "all" ? undefined : await lookAtNamed(table, pair, names, meant, evidence);
      if (one !== undefined) found.push(one);
    }
  }
  return found;
}

/** A pointer by type and id is one where every type names a table, and the ids are there. */
async function lookAtPointer(
  schema: Schema,
  child: Table,
  pointer: Pointer,
  evidence: Evidence,
): Promise<FoundPointer | undefined> {
  const groups = await evidence.byType(child, pointer.type, pointer.column);
  if (groups === undefined || groups.size === 0) return undefined;
  const column = findColumn(child, pointer.column);
  const called = await namesOf(pointer, evidence);
  const tables: [string, string][] = [];
  const keys = new Map<string, { parent: Table; values: string[] }>();
  let [set, found] = [0, 0];
  for (const [type, values] of sorted(groups)) {
    const parent = tableOfType(called.get(type) ?? type, column, schema);
    const looked = parent && (await lookIn(child, pointer.column, values, parent, evidence));
    set += looked?.set ?? values.length;
    found += looked?.found ?? 0;
    tables.push([type, parent?.name ?? "none"]);
    if (parent === undefined) continue;
    const key = keys.get(parent.name) ?? { parent, values: [] };
    keys.set(parent.name, key);
    key.values.push(type);
  }
  if (keys.size === 0) return undefined;
  const likely = set === 0 || found / set >= 0.9;
  const via = pointer.types === undefined ? "" : `, by ${pointer.types.table}`;
  const shown: ShownReference = {
    from: columnId(child.name, pointer.column),
    to: [...keys.values()].map(({ parent }) => columnId(parent.name, parent.key[0] ?? "")),
    parents: [...keys.keys()],
    status: likely ? "likely" : "possible",
    evidence: `${pointer.type} says of which table${via}, and ${found} of the last ${set} values are ids there`,
    pointer: { type: pointer.type, tables },
  };
  if (!likely) return { shown, keys: [] };
  return {
    shown,
    keys: [...keys.values()].map(({ parent, values }) =>
      undeclared(child, [pointer.column], parent, [parent.key[0] ?? ""], "likely", {
        column: pointer.type,
        values,
      }),
    ),
  };
}

const lookIn = (child: Table, column: string, values: Values, parent: Table, evidence: Evidence) => {
  const [key = ""] = parent.key;
  const inText = holdsKeys(findColumn(child, column).type, findColumn(parent, key).type);
  return evidence.look([values], parent, [key], inText);
};

/** What the types of a pointer are called, by their ids, where a table has them. */
async function namesOf({ types }: Pointer, evidence: Evidence): Promise<ReadonlyMap<string, string>> {
  const table = types && evidence.table(types.table);
  if (table === undefined) return new Map();
  const latest = await evidence.latest(table, [types?.key ?? "", ...(types?.names ?? [])]);
  const ids = latest?.get(types?.key ?? "") ?? [];
  return new Map(
    ids.map((id, at) => [
      id ?? "",
      (types?.names ?? []).map((name) => latest?.get(name)?.[at] ?? "").join("."),
    ]),
  );
}

/** Of a pair of name and value, the names that would be those of references, were they columns. */
async function lookAtNamed(
  child: Table,
  pair: NamedValues,
  settled: ReadonlySet<string>,
  meant: ReturnType<typeof suspicions>,
  evidence: Evidence,
): Promise<FoundPointer | undefined> {
  const mayRefer = (name: string): boolean => !settled.has(name) && columnNamed(name) !== undefined;
  const groups = await evidence.byType(child, pair.name, pair.value, mayRefer);
  if (groups === undefined) return undefined;
  const { type } = findColumn(child, pair.value);
  const tables: [string, TableName][] = [];
  const keys: Undeclared[] = [];
  const said: string[] = [];
  for (const [name, values] of sorted(groups)) {
    const likely: Table[] = [];
    for (const suspect of meant(child, { name: columnNamed(name) ?? name, type })) {
      const parent = evidence.table(suspect.parent);
      const looked = parent && (await lookIn(child, pair.value, values, parent, evidence));
      if (parent === undefined || looked === undefined || looked.set === 0) continue;
      const { likely: isLikely, evidence: why } = judge(suspect, looked);
      if (!isLikely) continue;
      likely.push(parent);
      said.push(`${name}: ${why}`);
      const when = { column: pair.name, values: [name] };
      keys.push(undeclared(child, [pair.value], parent, [suspect.parentColumn], "likely", when));
    }
    if (likely.length > 0) tables.push([name, likely.map((one) => one.name).join(" or ")]);
  }
  if (keys.length === 0) return undefined;
  return {
    keys,
    shown: {
      from: columnId(child.name, pair.value),
      to: keys.map(({ foreignKey }) => columnId(foreignKey.parent, foreignKey.parentColumns[0] ?? "")),
      parents: keys.map(({ foreignKey }) => foreignKey.parent),
      status: "likely",
      evidence: said.join("; "),
      pointer: { type: pair.name, tables },
    },
  };
}
