/** Looks up on both sides what the decision about some rows rests on. */
import { chunks, groupBy } from "../../collections";
import type { Candidate, Dependent, Holder, Reference } from "../../decide";
import {
  findColumn,
  rowId,
  storedColumns,
  type ForeignKey,
  type Key,
  type RowId,
  type RowRef,
  type Table,
  type TableName,
  type UniqueKey,
} from "../../model";
import type { TableOrder } from "../../order";
import type { Digest } from "../../three-way";
import {
  batchSize,
  keyList,
  keyOf,
  onKeys,
  readDigests,
  readRows,
  relationOf,
  unnestKeys,
  type FoundRow,
  type RowLock,
} from "./rows";
import type { Session } from "./session";
import { columnsOf, name } from "./sql";

/** A row on which the source and the base differ. */
export interface Touched extends RowRef {
  readonly base: Digest;
  readonly source: Digest;
}

export interface Sight {
  readonly candidates: readonly Candidate[];
  /** Parents that are not on the target. */
  readonly absent: ReadonlySet<RowId>;
}

export class Lookout {
  private readonly byName: ReadonlyMap<TableName, Table>;

  /**
   * @param lock hold what was seen until the transaction ends: rows to be written against any change, parents against
   * deletion. So every write is made on the very row it was decided on.
   */
  constructor(
    private readonly source: Session,
    private readonly target: Session,
    private readonly order: TableOrder,
    private readonly lock: boolean,
  ) {
    this.byName = new Map(order.tables.map((table) => [table.name, table]));
  }

  async look(touched: readonly Touched[]): Promise<Sight> {
    const groups = groupBy(touched, (row) => row.table);
    const candidates: Candidate[] = [];
    for (const table of this.order.tables) {
      const rows = groups.get(table.name);
      if (rows !== undefined) candidates.push(...(await this.lookAt(table, rows)));
    }
    return { candidates, absent: await this.absentParents(touched, candidates) };
  }

  private async lookAt(table: Table, touched: readonly Touched[]): Promise<readonly Candidate[]> {
    const targets = await this.targetDigests(table, touched);
    const gone = touched.filter((row) => row.source === undefined && targets.has(rowId(table.name, row.key)));
    const dependents = await this.dependents(
      table,
      gone.map((row) => row.key),
    );
    const references = new Map<RowId, readonly Reference[]>();
    const holders = new Map<RowId, readonly Holder[]>();
    const present = touched.filter((row) => row.source !== undefined);
    for (const batch of chunks(present, batchSize)) {
      const rows = await readRows(
        this.source,
        table,
        batch.map((row) => row.key),
      );
      await this.collectReferences(table, rows, references);
      await this.collectHolders(table, rows, holders);
    }
    return touched.map((row): Candidate => {
      const id = rowId(table.name, row.key);
      return {
        ...row,
        target: targets.get(id),
        references: references.get(id) ?? [],
        holders: holders.get(id) ?? [],
        dependents: dependents.get(id) ?? [],
      };
    });
  }

  private async targetDigests(
    table: Table,
    touched: readonly Touched[],
  ): Promise<ReadonlyMap<RowId, string>> {
    const lockOf = (row: Touched): RowLock => {
      if (!this.lock || row.base === undefined) return "none";
      return row.source === undefined ? "FOR UPDATE" : "FOR NO KEY UPDATE";
    };
    const found = new Map<RowId, string>();
    for (const [lock, rows] of groupBy(touched, lockOf))
      for (const [id, digest] of await readDigests(
        this.target,
        table,
        rows.map((row) => row.key),
        lock as RowLock,
      ))
        found.set(id, digest);
    return found;
  }

  private async collectReferences(
    table: Table,
    rows: readonly FoundRow[],
    into: Map<RowId, readonly Reference[]>,
  ): Promise<void> {
    const at = new Map(storedColumns(table).map((column, index) => [column.name, index]));
    const found = new Map<RowId, Reference[]>();
    for (const foreignKey of table.foreignKeys) {
      const parent = this.byName.get(foreignKey.parent);
      if (parent === undefined) continue;
      const pointing = rows.flatMap((row) => {
        const values = foreignKey.columns.map((column) => row.values[at.get(column) ?? -1] ?? null);
        return values.every((value) => value !== null) ? [{ id: rowId(table.name, row.key), values }] : [];
      });
      const resolved = await this.resolve(
        foreignKey,
        parent,
        pointing.map((one) => one.values),
      );
      const identifying = foreignKey.columns.every((column) => table.key.includes(column));
      for (const { id, values } of pointing) {
        const meant = resolved.get(JSON.stringify(values));
        if (meant === undefined) continue;
        const reference = {
          foreignKey: foreignKey.name,
          parent: { table: parent.name, key: meant.key },
          identifying,
          elsewhere: meant.elsewhere,
          ...this.orderOf(table, foreignKey),
        };
        const others = found.get(id);
        if (others === undefined) found.set(id, [reference]);
        else others.push(reference);
      }
    }
    for (const [id, references] of found) into.set(id, references);
  }

  /** The parent's own key behind each value of a reference, by way of the source where it refers by something else. */
  private async resolve(
    foreignKey: ForeignKey,
    parent: Table,
    values: readonly Key[],
  ): Promise<ReadonlyMap<string, { key: Key; elsewhere: boolean }>> {
    const positions = parent.key.map((column) => foreignKey.parentColumns.indexOf(column));
    const direct = positions.length === foreignKey.parentColumns.length && !positions.includes(-1);
    const resolved = new Map<string, { key: Key; elsewhere: boolean }>();
    if (direct) {
      for (const value of values)
        resolved.set(JSON.stringify(value), {
          key: positions.map((at) => value[at] ?? ""),
          elsewhere: false,
        });
      return resolved;
    }
    const distinct = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
    const here = await keysBehind(this.source, parent, foreignKey.parentColumns, distinct);
    const there = await keysBehind(this.target, parent, foreignKey.parentColumns, distinct);
    for (const [value, key] of here)
      resolved.set(value, { key, elsewhere: JSON.stringify(there.get(value)) !== JSON.stringify(key) });
    return resolved;
  }

  private async collectHolders(
    table: Table,
    rows: readonly FoundRow[],
    into: Map<RowId, readonly Holder[]>,
  ): Promise<void> {
    const found = new Map<RowId, Holder[]>();
    for (const unique of table.uniqueKeys)
      for (const [key, holder] of await holdersOf(this.target, table, unique, rows)) {
        const id = rowId(table.name, key);
        const { name: uniqueKey, deferrable } = unique;
        const one = { uniqueKey, row: { table: table.name, key: holder }, deferrable };
        const others = found.get(id);
        if (others === undefined) found.set(id, [one]);
        else others.push(one);
      }
    for (const [id, holders] of found) into.set(id, holders);
  }

  private isLinked(child: Table, foreignKey: ForeignKey): boolean {
    return this.order.linked.some(
      (one) => one.table === child.name && one.foreignKey.name === foreignKey.name,
    );
  }

  private orderOf(child: Table, foreignKey: ForeignKey): Pick<Reference, "order"> {
    if (foreignKey.deferrable) return { order: "any" };
    return this.isLinked(child, foreignKey) ? { order: "linked" } : {};
  }

  /** The references of rows to be deleted are taken out first where they are linked. */
  private deleteOrderOf(child: Table, foreignKey: ForeignKey): Pick<Dependent, "order"> {
    const { deferrable, onDelete } = foreignKey;
    if (deferrable && onDelete === "nothing") return { order: "any" };
    return this.isLinked(child, foreignKey) || (deferrable && onDelete !== "restrict")
      ? { order: "update-first" }
      : {};
  }

  /** Who refers to rows that are to be deleted. */
  private async dependents(
    table: Table,
    keys: readonly Key[],
  ): Promise<ReadonlyMap<RowId, readonly Dependent[]>> {
    const found = new Map<RowId, Dependent[]>();
    for (const child of this.order.tables)
      for (const foreignKey of child.foreignKeys.filter((one) => one.parent === table.name))
        for (const batch of chunks(keys, batchSize)) {
          const joined = foreignKey.columns
            .map((column, at) => `c.${name(column)} = p.${name(foreignKey.parentColumns[at] ?? "")}`)
            .join(" AND ");
          const rows = await this.target.rows(
            `SELECT ${keyList(table, "p")}, ${keyList(child, "c")} FROM ${unnestKeys(table, table.key)}
               JOIN ${relationOf(table)} p ON ${onKeys(table.key, "p")} JOIN ${relationOf(child)} c ON ${joined}`,
            columnsOf(batch, table.key.length),
          );
          for (const row of rows) {
            const id = rowId(table.name, keyOf(row, 0, table.key.length));
            const key = keyOf(row, table.key.length, child.key.length);
            const dependent = { table: child.name, key, ...this.deleteOrderOf(child, foreignKey) };
            const others = found.get(id);
            if (others === undefined) found.set(id, [dependent]);
            else others.push(dependent);
          }
        }
    return found;
  }

  private async absentParents(
    touched: readonly Touched[],
    candidates: readonly Candidate[],
  ): Promise<ReadonlySet<RowId>> {
    const fresh = new Set(
      touched.filter((row) => row.base === undefined).map((row) => rowId(row.table, row.key)),
    );
    const wanted = new Map<RowId, RowRef>();
    for (const candidate of candidates)
      for (const { parent } of candidate.references) {
        const id = rowId(parent.table, parent.key);
        if (!fresh.has(id)) wanted.set(id, parent);
      }
    const absent = new Set(wanted.keys());
    for (const [table, parents] of groupBy(wanted.values(), (parent) => parent.table)) {
      const known = this.byName.get(table);
      if (known === undefined) continue;
      const lock = this.lock ? "FOR KEY SHARE" : "none";
      for (const id of (
        await readDigests(
          this.target,
          known,
          parents.map((one) => one.key),
          lock,
        )
      ).keys())
        absent.delete(id);
    }
    return absent;
  }
}

/** Finds rows by other columns than their key: the value as JSON, and the key of the row that has it. */
async function keysBehind(
  session: Session,
  table: Table,
  columns: readonly string[],
  values: readonly Key[],
): Promise<ReadonlyMap<string, Key>> {
  const found = new Map<string, Key>();
  for (const batch of chunks(values, batchSize)) {
    const texts = columns.map((_, at) => `v${at + 1}`);
    const casts = columns.map((column, at) => `v${at + 1}::${findColumn(table, column).type}`);
    const rows = await session.rows(
      `SELECT ${texts.map((text) => `u.${text}`).join(", ")}, ${keyList(table, "t")}
         FROM unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(", ")}) AS u(${texts.join(", ")})
         JOIN ${relationOf(table)} t ON ${columns.map((column, at) => `t.${name(column)} = ${casts[at] ?? ""}`).join(" AND ")}`,
      columnsOf(batch, columns.length),
    );
    for (const row of rows)
      found.set(JSON.stringify(row.slice(0, columns.length)), keyOf(row, columns.length, table.key.length));
  }
  return found;
}

/** Pairs of a row to be written and a row of the target that has its unique value already. */
async function holdersOf(
  target: Session,
  table: Table,
  unique: UniqueKey,
  rows: readonly FoundRow[],
): Promise<readonly (readonly [Key, Key])[]> {
  if (rows.length === 0) return [];
  const columns = storedColumns(table);
  const texts = columns.map((_, at) => `c${at + 1}`);
  const casts = columns.map((column, at) => `c${at + 1}::${column.type} AS ${name(column.name)}`);
  const arrays = columns.map((_, at) => `$${at + 1}::text[]`);
  const values = unique.expressions.map((expression, at) => `(${expression}) AS u${at + 1}`).join(", ");
  const where = unique.predicate === undefined ? "" : `WHERE ${unique.predicate}`;
  const keys = table.key.map((column, at) => `${name(column)} AS k${at + 1}`).join(", ");
  const names = (alias: string): string => table.key.map((_, at) => `${alias}.k${at + 1}`).join(", ");
  const same = unique.nullsDistinct ? "=" : "IS NOT DISTINCT FROM";
  const found = await target.rows(
    `SELECT ${names("s")}, ${names("t")}
       FROM (SELECT ${keys}, ${values} FROM (SELECT ${casts.join(", ")} FROM unnest(${arrays.join(", ")})
               AS u(${texts.join(", ")})) r ${where}) s
       JOIN (SELECT ${keys}, ${values} FROM ${relationOf(table)} ${where}) t
         ON ${unique.expressions.map((_, at) => `s.u${at + 1} ${same} t.u${at + 1}`).join(" AND ")}`,
    columnsOf(
      rows.map((row) => row.values),
      columns.length,
    ),
  );
  const width = table.key.length;
  return found.map((row) => [keyOf(row, 0, width), keyOf(row, width, width)] as const);
}
