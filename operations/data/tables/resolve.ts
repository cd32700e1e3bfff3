/** References as the file has them, and how they become part of a schema. */
import type { Column, ForeignKey, Schema, Table, TableName } from "../model";
import { nobody, type ReferenceRule, type TableRules } from "./file";
import { holdsKeys } from "./key-texts";
import { lookupColumn, lookupParent, lookupTable, type Lookup } from "./lookup";
import { familyOf, isText, isWhole } from "./types";

/** A reference that no foreign key declares. */
export interface Undeclared {
  readonly child: TableName;
  readonly foreignKey: ForeignKey;
}

export interface Resolved {
  readonly keys: readonly Undeclared[];
  /** Columns that the file speaks about, as {@link columnsId} spells them: nothing is inferred for them. */
  readonly settled: ReadonlySet<string>;
  readonly denied: readonly string[];
  readonly faults: readonly string[];
}

export const columnId = (table: TableName, column: string): string => `${table}.${column}`;
/** Columns as messages name them: `table.column`, `table.(column, column)`. */
export const columnsId = (table: TableName, columns: readonly string[]): string =>
  columns.length === 1 ? columnId(table, columns[0] ?? "") : `${table}.(${columns.join(", ")})`;

export function undeclared(
  child: Table,
  columns: readonly string[],
  parent: Table,
  parentColumns: readonly string[],
  as: "likely" | "confirmed",
  when?: ForeignKey["when"],
): Undeclared {
  const [type, key] = [typeIn(child, columns[0]), typeIn(parent, parentColumns[0])];
  const suffix = when === undefined ? "" : ` (${when.column} ${when.values.join(" or ")})`;
  return {
    child: child.name,
    foreignKey: {
      name: `${columns.join(", ")} to ${parent.name}${suffix}`,
      columns,
      parent: parent.name,
      parentColumns,
      deferrable: false,
      onDelete: "nothing",
      undeclared: as,
      nobody: nobodyOf(columns, type, key),
      ...(columns.length === 1 && holdsKeys(type, key) && { inText: true }),
      ...(when !== undefined && { when }),
    },
  };
}

const typeIn = (table: Table, column: string | undefined): string =>
  table.columns.find((one) => one.name === column)?.type ?? "";

/** What stands for nobody in one column. Part of a key of several, 0 may well be somebody's. */
function nobodyOf(columns: readonly string[], type: string, key: string): readonly string[] {
  if (columns.length > 1) return [];
  if (holdsKeys(type, key)) return isWhole(key) ? ["", "0"] : [""];
  return isWhole(type) ? ["0"] : isText(type) ? [""] : [];
}

export function resolveReferences(schema: Schema, rules: TableRules): Resolved {
  const keys: Undeclared[] = [];
  const denied: string[] = [];
  const faults: string[] = [];
  const settled = new Set<string>();
  rules.references.forEach((rule, at) => {
    const field = `references[${at}]`;
    if (isComposite(rule)) {
      const found = resolveComposite(field, rule, schema);
      faults.push(...found.faults);
      for (const id of found.settled) settled.add(id);
      denied.push(...found.denied);
      keys.push(...found.keys);
      return;
    }
    const from = lookupColumn(`${field}.from`, rule.from, schema);
    if ("fault" in from) {
      faults.push(from.fault);
      return;
    }
    const { table, column } = from.found;
    const id = columnId(table.name, column.name);
    settled.add(id);
    if (column.generated && rule.to !== nobody) {
      faults.push(computed(`${field}.from`, id));
      return;
    }
    if (rule.to === nobody) {
      denied.push(id);
      return;
    }
    for (const found of parentsOf(field, rule, table, schema)) {
      if ("fault" in found) {
        faults.push(found.fault);
        continue;
      }
      const { parent, column: parentColumn, when } = found.found;
      const unlike = unlikeTypes(`${field}.to`, parent, parentColumn, { table, column }, true);
      faults.push(...unlike);
      if (unlike.length === 0)
        keys.push(undeclared(table, [column.name], parent, [parentColumn], "confirmed", when));
    }
  });
  return { keys, settled, denied, faults };
}

/**
 * A fault where a column could never hold what it is said to refer by.
 *
 * @param alone not one of several: then it may be a text with ids in it
 */
function unlikeTypes(
  field: string,
  parent: Table,
  parentColumn: string,
  { table, column }: { readonly table: Table; readonly column: Column },
  alone = false,
): readonly string[] {
  const type = typeIn(parent, parentColumn);
  const isKey = parent.key.length === 1 && parent.key[0] === parentColumn;
  const written = alone && holdsKeys(column.type, type);
  if (familyOf(type) === familyOf(column.type) || (written && isKey)) return [];
  return [
    `${field}: ${columnId(parent.name, parentColumn)} is ${type} and ${columnId(table.name, column.name)} is ${column.type}; ` +
      (written
        ? `a text can refer by the key of ${parent.name} alone, which is (${parent.key.join(", ")})`
        : "their values cannot be the same"),
  ];
}

/** The types, or names, that the file speaks about for a column; `all` where it says what the whole column is. */
export function typesSettled(
  schema: Schema,
  rules: TableRules,
  table: Table,
  column: string,
): ReadonlySet<string> | "all" {
  const names = new Set<string>();
  for (const rule of rules.references) {
    if (isComposite(rule)) continue;
    const from = lookupColumn("", rule.from, schema);
    if ("fault" in from || from.found.table.name !== table.name || from.found.column.name !== column)
      continue;
    if (!("type" in rule)) return "all";
    for (const name of Object.keys(rule.to)) names.add(name);
  }
  return names;
}

/** What the database computes by itself follows from other columns, and is neither read nor written. */
const computed = (field: string, id: string): string =>
  `${field}: ${id} is computed by the database; name the column that it is computed from`;

type CompositeRule = Extract<ReferenceRule, { readonly from: readonly string[] }>;
type SingleRule = Exclude<ReferenceRule, CompositeRule>;
const isComposite = (rule: ReferenceRule): rule is CompositeRule => typeof rule.from !== "string";

/** Columns that refer to a key of several, each in its place. */
function resolveComposite(
  field: string,
  rule: CompositeRule,
  schema: Schema,
): Omit<Resolved, "settled"> & { settled: readonly string[] } {
  const refused = (...faults: readonly string[]) => ({ keys: [], settled: [], denied: [], faults });
  const looked = rule.from.map((from, at) => lookupColumn(`${field}.from[${at}]`, from, schema));
  const found = looked.flatMap((one) => ("found" in one ? [one.found] : []));
  const [first] = found;
  if (first === undefined || found.length < looked.length)
    return refused(...looked.flatMap((one) => ("fault" in one ? [one.fault] : [])));
  const child = first.table;
  const stranger = found.find(({ table }) => table.name !== child.name);
  if (stranger !== undefined)
    return refused(
      `${field}.from: ${columnId(child.name, first.column.name)} and ${columnId(stranger.table.name, stranger.column.name)} are of two tables; name columns of one`,
    );
  const columns = found.map(({ column }) => column.name);
  const id = columnsId(child.name, columns);
  if (rule.to === nobody) return { keys: [], settled: [id], denied: [id], faults: [] };
  const to = lookupTable(`${field}.to`, rule.to, schema);
  if ("fault" in to) return refused(to.fault);
  const parent = to.found;
  if (parent.key.length !== columns.length)
    return refused(
      `${field}.from names ${columns.length} columns, and the key of ${parent.name} is (${parent.key.join(", ")}); name one for each of it, in its order`,
    );
  const unlike = found.flatMap((own, at) =>
    unlikeTypes(`${field}.from[${at}]`, parent, parent.key[at] ?? "", own),
  );
  if (unlike.length > 0) return refused(...unlike);
  return {
    keys: [undeclared(child, columns, parent, parent.key, "confirmed")],
    settled: [id],
    denied: [],
    faults: [],
  };
}

interface Parent {
  readonly parent: Table;
  readonly column: string;
  readonly when: ForeignKey["when"];
}

function parentsOf(field: string, rule: SingleRule, child: Table, schema: Schema): readonly Lookup<Parent>[] {
  if (!("type" in rule)) {
    const found = lookupParent(`${field}.to`, rule.to, schema);
    if ("fault" in found) return [found];
    return [{ found: { parent: found.found.table, column: found.found.column.name, when: undefined } }];
  }
  const short = rule.type.slice(rule.type.lastIndexOf(".") + 1).toLowerCase();
  const type = child.columns.find((one) => one.name.toLowerCase() === short);
  if (type === undefined)
    return [{ fault: `${field}.type ${JSON.stringify(rule.type)}: ${child.name} has no such column` }];
  if (type.generated) return [{ fault: computed(`${field}.type`, columnId(child.name, type.name)) }];
  // Several values may mean one table.
  const byTable = new Map<string, { values: string[]; found: Lookup<Parent> }>();
  for (const [value, to] of Object.entries(rule.to)) {
    if (to === nobody) continue;
    const found = lookupParent(`${field}.to.${value}`, to, schema);
    const id = "fault" in found ? found.fault : columnId(found.found.table.name, found.found.column.name);
    const values = [...(byTable.get(id)?.values ?? []), value];
    byTable.set(id, {
      values,
      found:
        "fault" in found
          ? found
          : {
              found: {
                parent: found.found.table,
                column: found.found.column.name,
                when: { column: type.name, values },
              },
            },
    });
  }
  return [...byTable.values()].map((one) => one.found);
}

/** A schema in which these references are ones like any other. Where they form a circle, no constraint minds an order. */
export function withReferences(schema: Schema, keys: readonly Undeclared[]): Schema {
  const byName = new Map(schema.tables.map((table) => [table.name, table]));
  const parents = new Map<TableName, Set<TableName>>();
  const edge = (child: TableName, { deferrable, parent }: ForeignKey): void => {
    if (!deferrable && parent !== child) parents.set(child, (parents.get(child) ?? new Set()).add(parent));
  };
  for (const { name, foreignKeys } of schema.tables) for (const one of foreignKeys) edge(name, one);
  const leadsTo = (from: TableName, to: TableName): boolean => {
    const seen = new Set([from]);
    for (const name of seen) for (const parent of parents.get(name) ?? []) seen.add(parent);
    return from !== to && seen.has(to);
  };
  const added = new Map<TableName, ForeignKey[]>();
  for (const { child, foreignKey } of keys) {
    const declared = byName
      .get(child)
      ?.foreignKeys.some(
        (one) => one.parent === foreignKey.parent && one.columns.join() === foreignKey.columns.join(),
      );
    if (declared !== false) continue;
    const one = leadsTo(foreignKey.parent, child) ? { ...foreignKey, deferrable: true } : foreignKey;
    edge(child, one);
    added.set(child, [...(added.get(child) ?? []), one]);
  }
  return {
    ...schema,
    tables: schema.tables.map((table) => {
      const more = added.get(table.name);
      return more === undefined ? table : { ...table, foreignKeys: [...table.foreignKeys, ...more] };
    }),
  };
}
