/** References as the file has them, and how they become part of a schema. */
import type { ForeignKey, Schema, Table, TableName } from "../model";
import { orderTables } from "../order";
import { nobody, type ReferenceRule, type TableRules } from "./file";
import { lookupColumn, lookupParent, type Lookup } from "./lookup";
import { familyOf, isText, isWhole } from "./types";

/** A reference that no foreign key declares. */
export interface Undeclared {
  readonly child: TableName;
  readonly foreignKey: ForeignKey;
}

export interface Resolved {
  readonly keys: readonly Undeclared[];
  /** Columns that the file speaks about, as `table.column`: nothing is inferred for them. */
  readonly settled: ReadonlySet<string>;
  readonly denied: readonly string[];
  readonly faults: readonly string[];
}

export const columnId = (table: TableName, column: string): string => `${table}.${column}`;

export function undeclared(
  child: Table,
  column: string,
  parent: Table,
  parentColumn: string,
  as: "likely" | "confirmed",
  when?: ForeignKey["when"],
): Undeclared {
  const type = child.columns.find((one) => one.name === column)?.type ?? "";
  const suffix = when === undefined ? "" : ` (${when.column} ${when.values.join(" or ")})`;
  return {
    child: child.name,
    foreignKey: {
      name: `${column} to ${parent.name}${suffix}`,
      columns: [column],
      parent: parent.name,
      parentColumns: [parentColumn],
      deferrable: false,
      onDelete: "nothing",
      undeclared: as,
      nobody: isWhole(type) ? ["0"] : isText(type) ? [""] : [],
      ...(when !== undefined && { when }),
    },
  };
}

export function resolveReferences(schema: Schema, rules: TableRules): Resolved {
  const keys: Undeclared[] = [];
  const denied: string[] = [];
  const faults: string[] = [];
  const settled = new Set<string>();
  rules.references.forEach((rule, at) => {
    const field = `references[${at}]`;
    const from = lookupColumn(`${field}.from`, rule.from, schema);
    if ("fault" in from) {
      faults.push(from.fault);
      return;
    }
    const { table, column } = from.found;
    const id = columnId(table.name, column.name);
    settled.add(id);
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
      const type = parent.columns.find((one) => one.name === parentColumn)?.type ?? "";
      if (familyOf(type) !== familyOf(column.type))
        faults.push(
          `${field}.to: ${parent.name}.${parentColumn} is ${type} and ${id} is ${column.type}; their values cannot be the same`,
        );
      else keys.push(undeclared(table, column.name, parent, parentColumn, "confirmed", when));
    }
  });
  return { keys, settled, denied, faults };
}

interface Parent {
  readonly parent: Table;
  readonly column: string;
  readonly when: ForeignKey["when"];
}

function parentsOf(
  field: string,
  rule: ReferenceRule,
  child: Table,
  schema: Schema,
): readonly Lookup<Parent>[] {
  if (!("type" in rule)) {
    const found = lookupParent(`${field}.to`, rule.to, schema);
    if ("fault" in found) return [found];
    return [{ found: { parent: found.found.table, column: found.found.column.name, when: undefined } }];
  }
  const short = rule.type.slice(rule.type.lastIndexOf(".") + 1).toLowerCase();
  const type = child.columns.find((one) => one.name.toLowerCase() === short);
  if (type === undefined)
    return [{ fault: `${field}.type ${JSON.stringify(rule.type)}: ${child.name} has no such column` }];
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
  let tables = schema.tables;
  const add = ({ child, foreignKey }: Undeclared): readonly Table[] =>
    tables.map((table) =>
      table.name === child ? { ...table, foreignKeys: [...table.foreignKeys, foreignKey] } : table,
    );
  let order = orderTables(tables);
  for (const key of keys) {
    const known = schema.tables.find((table) => table.name === key.child);
    const declared = known?.foreignKeys.some(
      (one) => one.parent === key.foreignKey.parent && one.columns.join() === key.foreignKey.columns.join(),
    );
    if (known === undefined || declared === true) continue;
    const added = add(key);
    const after = orderTables(added);
    const circular =
      after.linked.length > order.linked.length || after.problems.length > order.problems.length;
    tables = circular ? add({ ...key, foreignKey: { ...key.foreignKey, deferrable: true } }) : added;
    order = circular ? orderTables(tables) : after;
  }
  return { ...schema, tables };
}
