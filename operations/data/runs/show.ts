import { groupBy } from "../collections";
import type { Conflict } from "../decision";
import type { Remapped, ShownConflict, ShownLeft, ShownMove } from "../engine";
import { isMasked, maskKey, maskRow } from "../mask";
import { findColumn, rowId, storedColumns, type RowId, type RowRef, type Table } from "../model";
import type { Database, TextRow } from "../port";
import type { Settled } from "../settled";
import type { Sides } from "./sides";

const keyTypes = (table: Table): readonly string[] =>
  table.key.map((column) => (isMasked(column) ? "text" : findColumn(table, column).type));

async function collect(
  database: Database,
  tables: ReadonlyMap<string, Table>,
  wanted: readonly RowRef[],
): Promise<ReadonlyMap<RowId, TextRow>> {
  const found = new Map<RowId, TextRow>();
  for (const [name, rows] of groupBy(wanted, (row) => row.table)) {
    const table = tables.get(name);
    if (table === undefined) continue;
    for (const row of await database.read.rows(
      table,
      rows.map((one) => one.key),
    ))
      found.set(rowId(name, row.key), row.values);
  }
  return found;
}

/**
 * Conflicts with both rows, column by column, for a person to settle.
 *
 * @param said what the target said of rows that it refused, by its own keys
 */
export async function showConflicts(
  sides: Sides,
  conflicts: readonly Conflict[],
  said: ReadonlyMap<RowId, string> = new Map(),
): Promise<readonly ShownConflict[]> {
  const tables = new Map(sides.schema.tables.map((table) => [table.name, table]));
  const others = conflicts.map(
    (conflict): RowRef => conflict.other ?? { table: conflict.table, key: conflict.targetKey },
  );
  const sources = await collect(sides.source, tables, conflicts);
  const targets = await collect(sides.target, tables, others);
  return conflicts.flatMap((conflict, at) => {
    const table = tables.get(conflict.table);
    const other = others[at];
    if (table === undefined || other === undefined) return [];
    const columns = storedColumns(table).map((column) => column.name);
    const source = sources.get(rowId(conflict.table, conflict.key));
    const target = targets.get(rowId(other.table, other.key));
    const words = said.get(rowId(conflict.table, conflict.targetKey));
    const secrets = columns.flatMap((column, index) => (isMasked(column) ? (source?.[index] ?? []) : []));
    const reason = secrets.reduce<string | undefined>(
      (text, one) => (one === "" ? text : text?.replaceAll(one, "(masked)")),
      words,
    );
    const differing = columns.filter((_, index) => source?.[index] !== target?.[index]);
    return [
      {
        table: conflict.table,
        key: maskKey(table.key, conflict.key),
        keyTypes: keyTypes(table),
        kind: conflict.kind,
        ...(conflict.constraint !== undefined && { constraint: conflict.constraint }),
        ...(reason !== undefined && { reason }),
        columns: source === undefined || target === undefined ? [] : differing,
        source: source === undefined ? undefined : maskRow(columns, source),
        target: target === undefined ? undefined : maskRow(columns, target),
        held: conflict.held.flatMap((row) => {
          const held = tables.get(row.table);
          return held === undefined
            ? []
            : [{ table: row.table, key: maskKey(held.key, row.key), keyTypes: keyTypes(held) }];
        }),
      },
    ];
  });
}

/** The rows that a run left as they are on each side. */
export function showLeft(sides: Sides, settled: readonly Settled[]): readonly ShownLeft[] {
  const tables = new Map(sides.schema.tables.map((table) => [table.name, table]));
  return settled.flatMap(({ table: name, key: targetKey, origin }): readonly ShownLeft[] => {
    const table = tables.get(name);
    const on =
      origin?.apart === true
        ? "both"
        : origin?.relation === "alone" && origin.digest !== undefined
          ? origin.straggler
          : undefined;
    if (table === undefined || origin === undefined || on === undefined) return [];
    const key = on === "target" ? targetKey : origin.key;
    return [{ table: name, key: maskKey(table.key, key), keyTypes: keyTypes(table), on }];
  });
}

/** A row that is another on the target, as it may be shown. */
export function showMove(sides: Sides, { table: name, from, to }: Remapped, known: boolean): ShownMove {
  const table = sides.schema.tables.find((one) => one.name === name);
  if (table === undefined) throw new Error(`${name} is not a table of this schema`);
  return {
    table: name,
    keyTypes: keyTypes(table),
    from: maskKey(table.key, from),
    to: known ? maskKey(table.key, to) : undefined,
  };
}
