/**
 * Rows of the source as they would be on the target: with the keys and references by which the target knows the
 * same rows. So everything after this compares and writes in the target's own terms.
 */
import { refusal } from "../../fault";
import { chunks, groupBy } from "../collections";
import type { Mapping } from "../mapping";
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
} from "../model";
import type { Database, FoundRow, TextRow } from "../port";
import { keyIn, keyTextLike } from "../tables/key-texts";
import { roomIn, unpadded } from "../tables/types";
import type { Digest } from "../three-way";

/** Where a reference of a row leads. */
export interface Target {
  readonly foreignKey: ForeignKey;
  readonly parent: Table;
  /** The parent's key on the target. */
  readonly key: Key;
  readonly sourceKey: Key;
  /** On the target, the value it refers by belongs to another row or to none. */
  readonly elsewhere: boolean;
}

export interface Image {
  readonly sourceKey: Key;
  readonly key: Key;
  /** In the order of `storedColumns`. */
  readonly values: TextRow;
  /** Whether it is another row there than on the source. */
  readonly translated: boolean;
  readonly references: readonly Target[];
}

/** A reference as the source has it. */
interface Meant {
  readonly foreignKey: ForeignKey;
  readonly parent: Table;
  /** The parent's key on the source. */
  readonly key: Key;
}

const same = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export class Images {
  private readonly byName: ReadonlyMap<TableName, Table>;

  constructor(
    private readonly source: Database,
    private readonly target: Database,
    private readonly tables: readonly Table[],
    readonly mapping: Mapping,
  ) {
    this.byName = new Map(tables.map((table) => [table.name, table]));
  }

  tableOf(name: TableName): Table | undefined {
    return this.byName.get(name);
  }

  /** Which rows the source has. */
  async onSource(table: Table, keys: readonly Key[]): Promise<ReadonlySet<RowId>> {
    return new Set((await this.source.read.digests(table, keys, "none")).keys());
  }

  /** The rows of these keys of the source; those that are gone are left out. */
  async of(table: Table, keys: readonly Key[]): Promise<readonly Image[]> {
    const rows = await this.source.read.rows(table, keys);
    const columns = storedColumns(table).map((column) => column.name);
    const at = new Map(columns.map((column, index) => [column, index]));
    const meant = await this.meantBy(table, rows, at);
    const merged = await this.mergedParents(meant);
    const images = rows.map((row, index) => {
      const values = this.mapping.isEmpty
        ? row.values
        : this.translate(table, row, meant[index] ?? [], at, merged);
      const key = this.mapping.isEmpty
        ? row.key
        : table.key.map((column) => values[at.get(column) ?? -1] ?? "");
      return { row, values, key, translated: values !== row.values && !same(values, row.values) };
    });
    const references = await this.referencesOf(
      table,
      meant,
      images.map(({ values }) => values),
      at,
    );
    return images.map(({ row, values, key, translated }, index) => ({
      sourceKey: row.key,
      key,
      values,
      translated,
      references: references[index] ?? [],
    }));
  }

  /**
   * Works out what rows are called on the target that are named by their parents, such as an order's lines. Only keys
   * are looked at: what identifies a row is in its key.
   */
  derive(touched: readonly (RowRef & { readonly base: Digest })[]): void {
    if (this.mapping.isEmpty) return;
    const groups = groupBy(touched, (row) => row.table);
    for (let news = true; news;) {
      news = false;
      for (const table of this.tables) {
        const naming = table.foreignKeys.filter(
          (one) => isDirect(one, this.byName.get(one.parent)) && isIdentifying(table, one),
        );
        if (naming.length === 0) continue;
        for (const { key, base } of groups.get(table.name) ?? []) {
          // What both sides have is called what it is called; only new rows get a name.
          if (base !== undefined || this.mapping.counterpart(table.name, key)?.straggler !== undefined)
            continue;
          const derived = [...this.mapping.targetOf(table.name, key)];
          for (const foreignKey of naming) this.follow(table, foreignKey, key, derived);
          if (!same(derived, key) && this.mapping.learn(table.name, key, derived, "moved")) news = true;
        }
      }
    }
  }

  private follow(table: Table, foreignKey: ForeignKey, key: Key, derived: string[]): void {
    const parent = this.byName.get(foreignKey.parent);
    if (parent === undefined) return;
    const meant = valuesOf(
      table,
      foreignKey,
      parent,
      key,
      new Map(table.key.map((column, at) => [column, at])),
    );
    if (meant === undefined) return;
    const own = parent.key.map((column) => meant[foreignKey.parentColumns.indexOf(column)] ?? "");
    const counterpart = this.mapping.counterpart(parent.name, own);
    if (counterpart === undefined) return;
    parent.key.forEach((column, part) => {
      const child = foreignKey.columns[foreignKey.parentColumns.indexOf(column)] ?? "";
      const place = table.key.indexOf(child);
      derived[place] = writtenFor(table, foreignKey, derived[place] ?? "", counterpart.key[part] ?? "");
    });
  }

  /** For each row: the parents it refers to, by their own keys on the source. */
  private async meantBy(
    table: Table,
    rows: readonly FoundRow[],
    at: ReadonlyMap<string, number>,
  ): Promise<readonly (readonly Meant[])[]> {
    const meant: Meant[][] = rows.map(() => []);
    for (const foreignKey of table.foreignKeys) {
      const parent = this.byName.get(foreignKey.parent);
      if (parent === undefined) continue;
      const values = rows.map((row) => valuesOf(table, foreignKey, parent, row.values, at));
      const keys = await keysOf(this.source, foreignKey, parent, values);
      keys.forEach((key, index) => {
        if (key !== undefined) meant[index]?.push({ foreignKey, parent, key });
      });
    }
    return meant;
  }

  /** The target's rows behind merged parents that are referred to by something else than their key. */
  private async mergedParents(meant: readonly (readonly Meant[])[]): Promise<ReadonlyMap<string, FoundRow>> {
    const wanted = new Map<string, RowRef>();
    if (!this.mapping.isEmpty)
      for (const { foreignKey, parent, key } of meant.flat()) {
        const counterpart = this.mapping.counterpart(parent.name, key);
        if (counterpart?.straggler === undefined || isDirect(foreignKey, parent)) continue;
        wanted.set(rowId(parent.name, counterpart.key), { table: parent.name, key: counterpart.key });
      }
    const found = new Map<string, FoundRow>();
    for (const [name, rows] of groupBy(wanted.values(), (row) => row.table)) {
      const parent = this.byName.get(name);
      if (parent === undefined) continue;
      for (const row of await this.target.read.rows(
        parent,
        rows.map((one) => one.key),
      ))
        found.set(rowId(name, row.key), row);
    }
    return found;
  }

  private translate(
    table: Table,
    row: FoundRow,
    meant: readonly Meant[],
    at: ReadonlyMap<string, number>,
    merged: ReadonlyMap<string, FoundRow>,
  ): TextRow {
    const values = [...row.values];
    for (const { foreignKey, parent, key } of meant) {
      const counterpart = this.mapping.counterpart(parent.name, key);
      if (counterpart === undefined || isOpen(table, foreignKey)) continue;
      const there = merged.get(rowId(parent.name, counterpart.key));
      foreignKey.parentColumns.forEach((column, index) => {
        const place = at.get(foreignKey.columns[index] ?? "");
        if (place === undefined) return;
        const part = parent.key.indexOf(column);
        const stored = storedColumns(parent).findIndex((one) => one.name === column);
        if (part < 0 && there === undefined) return;
        const value = (part >= 0 ? counterpart.key[part] : there?.values[stored]) ?? null;
        values[place] = value === null ? null : writtenFor(table, foreignKey, values[place] ?? "", value);
      });
    }
    const own = this.mapping.counterpart(table.name, row.key);
    if (own !== undefined)
      table.key.forEach((column, index) => {
        const place = at.get(column);
        if (place !== undefined) values[place] = own.key[index] ?? null;
      });
    return values;
  }

  private async referencesOf(
    table: Table,
    meant: readonly (readonly Meant[])[],
    values: readonly TextRow[],
    at: ReadonlyMap<string, number>,
  ): Promise<readonly (readonly Target[])[]> {
    const references: Target[][] = meant.map(() => []);
    const indirect = new Map<
      ForeignKey,
      { parent: Table; rows: { index: number; key: Key; sourceKey: Key }[] }
    >();
    meant.forEach((ones, index) => {
      for (const { foreignKey, parent, key } of ones) {
        const there = this.mapping.targetOf(parent.name, key);
        if (isDirect(foreignKey, parent)) {
          const elsewhere = isOpen(table, foreignKey) && !same(there, key);
          references[index]?.push({ foreignKey, parent, key: there, sourceKey: key, elsewhere });
          continue;
        }
        const others = indirect.get(foreignKey) ?? { parent, rows: [] };
        others.rows.push({ index, key: there, sourceKey: key });
        indirect.set(foreignKey, others);
      }
    });
    for (const [foreignKey, { parent, rows }] of indirect) {
      const wanted = rows.map(({ index }) => valuesOf(table, foreignKey, parent, values[index] ?? [], at));
      const found = await keysOf(this.target, foreignKey, parent, wanted);
      rows.forEach(({ index, key, sourceKey }, each) => {
        const elsewhere = !same(found[each] ?? [], key);
        references[index]?.push({ foreignKey, parent, key, sourceKey, elsewhere });
      });
    }
    return references;
  }
}

/** A reference by the parent's own key. */
export function isDirect(foreignKey: ForeignKey, parent: Table | undefined): boolean {
  return (
    parent !== undefined &&
    parent.key.length === foreignKey.parentColumns.length &&
    parent.key.every((column) => foreignKey.parentColumns.includes(column))
  );
}

const open = new WeakMap<ForeignKey, boolean>();
/** It may as well lead to another table: so nothing is written in its name. */
export function isOpen(table: Table, own: ForeignKey): boolean {
  if (own.undeclared !== "likely") return false;
  // Asked for each reference of each row.
  const known = open.get(own);
  if (known !== undefined) return known;
  const where = ({ columns, when }: ForeignKey): unknown[] => [columns, when ?? null];
  const found = table.foreignKeys.some((one) => one.parent !== own.parent && same(where(one), where(own)));
  open.set(own, found);
  return found;
}

/** Without its parent the row is nobody: the reference is part of its key. */
export const isIdentifying = (table: Table, { columns, when }: ForeignKey): boolean =>
  [...columns, ...(when === undefined ? [] : [when.column])].every((column) => table.key.includes(column));

/** What a row refers by, undefined where any of it is null, or stands for nobody. */
function valuesOf(
  table: Table,
  { columns, parentColumns, when, nobody = [], inText = false }: ForeignKey,
  parent: Table,
  values: TextRow,
  at: ReadonlyMap<string, number>,
): Key | undefined {
  const text = (column: string): string =>
    unpadded(values[at.get(column) ?? -1] ?? "", findColumn(table, column).type);
  if (when !== undefined && !when.values.includes(text(when.column))) return undefined;
  const found = columns.map((column) => values[at.get(column) ?? -1] ?? null);
  if (!found.every((value) => value !== null)) return undefined;
  const [only = ""] = columns;
  if (nobody.length > 0 && nobody.includes(text(only))) return undefined;
  if (!inText) return found;
  const key = keyIn(text(only), findColumn(parent, parentColumns[0] ?? "").type);
  return key === undefined ? undefined : [key];
}

/**
 * What a row refers by once it refers to another.
 *
 * @throws Fault (1) where a text has no room for it
 */
function writtenFor(
  table: Table,
  { columns, parent, inText = false }: ForeignKey,
  before: string,
  value: string,
): string {
  if (!inText) return value;
  const [column = ""] = columns;
  const { type } = findColumn(table, column);
  const text = keyTextLike(unpadded(before, type), value);
  const room = roomIn(type);
  if (room === undefined || text.length <= room) return text;
  throw refusal(
    `${table.name}.${column} is ${type} and has no room for ${text}, by which a row of ${parent} is known over there; ` +
      "make the column wider on both sides, and run again",
  );
}

/** The parent's own key behind each value, by way of a database where it refers by something else, or in other words. */
async function keysOf(
  database: Database,
  foreignKey: ForeignKey,
  parent: Table,
  values: readonly (Key | undefined)[],
): Promise<readonly (Key | undefined)[]> {
  const positions = isDirect(foreignKey, parent)
    ? parent.key.map((column) => foreignKey.parentColumns.indexOf(column))
    : undefined;
  const asIs = (value: Key): Key | undefined => positions?.map((at) => value[at] ?? "");
  const alike = parent.key.every((column) => findColumn(parent, column).printsVariously !== true);
  if (positions !== undefined && alike) return values.map((value) => value && asIs(value));
  const distinct = new Map<string, Key>();
  for (const value of values) if (value !== undefined) distinct.set(JSON.stringify(value), value);
  const found = new Map<string, Key>();
  for (const batch of chunks([...distinct.values()], 2000))
    for (const [value, key] of await database.read.keysBehind(parent, foreignKey.parentColumns, batch))
      found.set(value, key);
  return values.map((value) => value && (found.get(JSON.stringify(value)) ?? asIs(value)));
}
