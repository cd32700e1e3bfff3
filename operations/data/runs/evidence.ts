/** Looks into tables for what their definitions do not say: a few of their latest rows, never more. */
import { z } from "zod";
import { chunks, groupBy } from "../collections";
import { findColumn, type Schema, type Table } from "../model";
import type { Database, TextRow } from "../port";
import { keyIn } from "../tables/key-texts";
import { isWhole, unpadded, wholeLimits } from "../tables/types";
import type { Looked } from "../tables/references";

/** How many of a table's latest rows are looked at. */
export const sampleSize = 1000;
/** Types, or names of values, that are told apart; and how many values of each are enough. */
const mostTypes = 20_000;
const enoughOfType = 200;
/** After so many milliseconds the rest is not looked at, and that is said. */
const usualPatience = 10_000;

export type Values = readonly (string | null)[];

const keyText = z.array(z.string());

/** What stands for nobody in a column that refers by itself. */
const nobodyIn = (type: string): readonly string[] => (isWhole(type) ? ["", "0"] : [""]);

/** What a column of a type can hold, so that nobody is asked for what would be a fault. */
function rangeOf(type: string): (value: string) => boolean {
  const limits = wholeLimits(type);
  return (value) =>
    limits === undefined ||
    (/^-?\d+$/.test(value) && BigInt(value) <= limits.max && BigInt(value) >= limits.min);
}

/** Values as they are meant, without the blanks that fill a column. */
function plain(table: Table, column: string, values: Values): Values {
  const { type } = findColumn(table, column);
  return values.map((value) => value && unpadded(value, type));
}

/** The latest rows of tables by column: read once, and only while there is time. */
export class Evidence {
  private deadline: number | undefined;
  private readonly read = new Map<string, ReadonlyMap<string, Values>>();

  /** Columns that there was no time for, or that have too many types, as messages name them. */
  readonly unseen = new Set<string>();

  /** @param patience milliseconds from the first question on: after that the rest is not looked at */
  constructor(
    private readonly database: Database,
    private readonly schema: Schema,
    private readonly patience = usualPatience,
  ) {}

  /** Time counts from the first question on. */
  get isLate(): boolean {
    this.deadline ??= performance.now() + this.patience;
    return performance.now() > this.deadline;
  }

  /** By column, in the order of the key, the latest first; undefined where nobody can look. */
  async latest(table: Table, columns: readonly string[]): Promise<ReadonlyMap<string, Values> | undefined> {
    const { read } = this.database;
    if (read.sample === undefined || this.isLate || table.key.length === 0) return undefined;
    const known = this.read.get(table.name) ?? new Map<string, Values>();
    const missing = columns.filter((column) => !known.has(column));
    if (missing.length === 0) return known;
    // What is read together stays together, row by row.
    const wanted = [...new Set([...known.keys(), ...columns])];
    const rows: readonly TextRow[] = await read.sample(table, wanted, sampleSize);
    const found = new Map(
      wanted.map((column, at) => {
        const isKey = table.key.includes(column);
        const values = rows.map((row) => row[at] ?? null);
        return [column, isKey ? values : plain(table, column, values)] as const;
      }),
    );
    this.read.set(table.name, found);
    return found;
  }

  /**
   * Values of a column by what another column says of them: of every type that there is, however long ago it was last
   * met. Undefined where nobody can look.
   *
   * @param isMeant whether the values of a type matter
   */
  async byType(
    table: Table,
    type: string,
    column: string,
    isMeant: (type: string) => boolean = () => true,
  ): Promise<ReadonlyMap<string, Values> | undefined> {
    const latest = await this.latest(table, [type, column]);
    const [types, values] = [latest?.get(type), latest?.get(column)];
    if (types === undefined || values === undefined) {
      if (this.isLate) this.unseen.add(`${table.name}.${column}`);
      return undefined;
    }
    const groups = new Map<string, (string | null)[]>();
    types.forEach((one, at) => {
      if (one === null || one === "" || !isMeant(one)) return;
      const group = groups.get(one) ?? [];
      groups.set(one, group);
      group.push(values[at] ?? null);
    });
    const { read } = this.database;
    // All there is was seen.
    if (types.length < sampleSize || read.distinct === undefined || read.samplesOf === undefined)
      return groups;
    const found = new Map<string, Values>(groups);
    const own = findColumn(table, type).type;
    const isRare = (one: string): boolean =>
      one !== "" && isMeant(one) && (groups.get(one)?.length ?? 0) < enoughOfType;
    const all = this.isLate ? [] : await read.distinct(table, type, mostTypes);
    const rare = all.filter((spelled) => isRare(unpadded(spelled, own)));
    if (this.isLate || all.length >= mostTypes) this.unseen.add(`${table.name}.${column}`);
    if (rare.length === 0 || this.isLate) return found;
    const rows = await read.samplesOf(table, type, rare, column, enoughOfType);
    for (const [one, some] of groupBy(rows, ([its]) => unpadded(its ?? "", own)))
      found.set(
        one,
        plain(
          table,
          column,
          some.map(([, value]) => value ?? null),
        ),
      );
    return found;
  }

  /**
   * Whether values are a table's.
   *
   * @param columns those of a column, or of several that refer together, row by row
   * @param parentColumns what they would be, in the same order
   * @param inText whether the one column is a text that ids may be written in
   */
  async look(
    columns: readonly Values[],
    parent: Table,
    parentColumns: readonly string[],
    inText = false,
  ): Promise<Looked | undefined> {
    if (this.isLate) return undefined;
    const types = parentColumns.map((column) => findColumn(parent, column).type);
    const [type, ...otherTypes] = types;
    const only = otherTypes.length === 0 ? type : undefined;
    const counts = new Map<string, number>();
    let set = 0;
    for (const at of (columns[0] ?? []).keys()) {
      const row = columns.map((values) => values[at] ?? null);
      if (row.includes(null) || (only !== undefined && nobodyIn(only).includes(row[0] ?? ""))) continue;
      set++;
      if (inText) {
        const key = keyIn(row[0] ?? "", only ?? "");
        if (key === undefined) continue;
        row[0] = key;
      }
      const name = JSON.stringify(row);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const fits = types.map(rangeOf);
    const possible = [...counts.keys()]
      .map((name): readonly string[] => keyText.parse(JSON.parse(name)))
      .filter((key) => key.every((value, at) => fits[at]?.(value) === true));
    let found = 0;
    for (const batch of chunks(possible, 500)) {
      const there = await this.database.read.keysBehind(parent, parentColumns, batch);
      for (const name of batch.map((key) => JSON.stringify(key)))
        if (there.has(name)) found += counts.get(name) ?? 0;
    }
    const reach =
      only !== undefined && isWhole(only)
        ? await this.reach(
            possible.map(([value]) => value ?? ""),
            parent,
            parentColumns[0] ?? "",
          )
        : undefined;
    return { set, found, distinct: counts.size, reach };
  }

  private async reach(values: readonly string[], parent: Table, column: string): Promise<number | undefined> {
    if (values.length === 0) return undefined;
    const most = Number(await this.database.generators.maximum(parent.name, column));
    const largest = values.reduce((most, value) => Math.max(most, Number(value)), 0);
    return most <= 0 ? undefined : largest / most;
  }

  table(name: string): Table | undefined {
    return this.schema.tables.find((one) => one.name === name);
  }
}
