/** Looks up on both sides what the decision about some rows rests on. */
import { chunks, groupBy } from "../collections";
import type { Candidate, Dependent, Holder, Reference } from "../decide";
import {
  rowId,
  storedColumns,
  type ForeignKey,
  type Key,
  type RowId,
  type RowRef,
  type Table,
  type TableName,
} from "../model";
import type { TableOrder } from "../order";
import type { Database, FoundRow, RowLock } from "../port";
import type { Digest } from "../three-way";

/** Rows that are read and thought about at once. */
const batchSize = 2000;

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
    private readonly source: Database,
    private readonly target: Database,
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
      const rows = await this.source.read.rows(
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
      return row.source === undefined ? "delete" : "update";
    };
    const found = new Map<RowId, string>();
    for (const [lock, rows] of groupBy(touched, lockOf))
      for (const [id, digest] of await this.target.read.digests(
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
    const here = await this.source.read.keysBehind(parent, foreignKey.parentColumns, distinct);
    const there = await this.target.read.keysBehind(parent, foreignKey.parentColumns, distinct);
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
      for (const [key, holder] of await this.target.read.holders(table, unique, rows)) {
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
        for (const [parent, key] of await this.target.read.dependents(table, child, foreignKey, keys)) {
          const id = rowId(table.name, parent);
          const dependent = { table: child.name, key, ...this.deleteOrderOf(child, foreignKey) };
          const others = found.get(id);
          if (others === undefined) found.set(id, [dependent]);
          else others.push(dependent);
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
      const lock = this.lock ? "parent" : "none";
      for (const id of (
        await this.target.read.digests(
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
