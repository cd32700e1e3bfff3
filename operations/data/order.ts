import { findColumn, type ForeignKey, type Table, type TableName } from "./model";

/** A reference that is written in a second step, because its parent can only come later. */
export interface LinkedKey {
  readonly table: TableName;
  readonly foreignKey: ForeignKey;
}

export interface TableOrder {
  /** Parents before children. */
  readonly tables: readonly Table[];
  /** References in cycles that no constraint can put off: inserted as null, set afterwards. */
  readonly linked: readonly LinkedKey[];
  /** Cycles that cannot be written at all, one sentence each. */
  readonly problems: readonly string[];
}

interface Edge {
  readonly child: Table;
  readonly foreignKey: ForeignKey;
}

/** A reference may be null first when at least one of its columns may, and none of them is part of the key. */
export function clearable(table: Table, foreignKey: ForeignKey): readonly string[] {
  return foreignKey.columns.filter(
    (name) =>
      !findColumn(table, name).notNull && !table.key.includes(name) && !findColumn(table, name).generated,
  );
}

/** The tables that can be placed once `placed` are, in a stable order, until none is left that can. */
function place(tables: readonly Table[], edges: readonly Edge[]): { placed: Table[]; stuck: Table[] } {
  const placed: Table[] = [];
  let stuck = [...tables].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (;;) {
    const left = new Set(stuck.map((table) => table.name));
    const free = stuck.filter(
      (table) => !edges.some((edge) => edge.child.name === table.name && left.has(edge.foreignKey.parent)),
    );
    if (free.length === 0) return { placed, stuck };
    placed.push(...free);
    stuck = stuck.filter((table) => !free.includes(table));
  }
}

/**
 * Orders tables so that parents are written before children. A reference of a table to itself needs no order where one
 * statement writes all its rows; where each row is checked by itself, it is put in last. Deferrable references need no
 * order either: they are checked at the end.
 */
export function orderTables(tables: readonly Table[]): TableOrder {
  const known = new Set(tables.map((table) => table.name));
  let edges: Edge[] = tables.flatMap((child) =>
    child.foreignKeys
      .filter((key) => !key.deferrable && key.parent !== child.name && known.has(key.parent))
      .map((foreignKey) => ({ child, foreignKey })),
  );
  const { linked, problems } = ownReferences(tables);
  for (;;) {
    const { placed, stuck } = place(tables, edges);
    if (stuck.length === 0) return { tables: placed, linked, problems };
    const cyclic = edges.filter((edge) => onCycle(edge, edges));
    const loose = cyclic.find((edge) => clearable(edge.child, edge.foreignKey).length > 0);
    if (loose === undefined) {
      const names = [...new Set(cyclic.map((edge) => edge.child.name))].join(", ");
      return {
        tables: [...placed, ...stuck],
        linked,
        problems: [
          ...problems,
          `${names}: their foreign keys form a cycle in which every column is NOT NULL and no constraint is ` +
            `DEFERRABLE, so no row can be written first; make one of ${cyclic
              .map((edge) => edge.foreignKey.name)
              .join(", ")} DEFERRABLE`,
        ],
      };
    }
    linked.push({ table: loose.child.name, foreignKey: loose.foreignKey });
    edges = edges.filter((edge) => edge !== loose);
  }
}

/** References of tables to themselves that are checked row by row: in a cycle of one table, so to say. */
function ownReferences(tables: readonly Table[]): { linked: LinkedKey[]; problems: string[] } {
  const linked: LinkedKey[] = [];
  const problems: string[] = [];
  for (const table of tables)
    for (const foreignKey of table.foreignKeys) {
      if (foreignKey.rowByRow !== true || foreignKey.parent !== table.name) continue;
      if (clearable(table, foreignKey).length > 0) linked.push({ table: table.name, foreignKey });
      else
        problems.push(
          `${table.name}: its foreign key ${foreignKey.name} refers to the table itself and is NOT NULL, and this ` +
            `engine checks row by row, so no row can be written first; allow NULL in one of ${foreignKey.columns.join(", ")}`,
        );
    }
  return { linked, problems };
}

/** Whether an edge's parent leads back to its child. */
function onCycle(edge: Edge, edges: readonly Edge[]): boolean {
  const seen = new Set<TableName>();
  const open: TableName[] = [edge.foreignKey.parent];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === edge.child.name) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const next of edges) if (next.child.name === name) open.push(next.foreignKey.parent);
  }
  return false;
}
