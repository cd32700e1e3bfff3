/** Looks into tables for what their definitions do not say: a few of their latest rows, never more. */
import { z } from "zod";
import { chunks } from "../collections";
import { findColumn, type Schema, type Table } from "../model";
import type { Database, TextRow } from "../port";
import { isWhole, wholeMaximum } from "../tables/types";
import type { Looked } from "../tables/references";

/** How many of a table's latest rows are looked at. */
export const sampleSize = 1000;
/** After so many milliseconds the rest is not looked at, and that is said. */
const patience = 10_000;

const keyText = z.array(z.string());

/** What a column of a type can hold, so that nobody is asked for what would be a fault. */
function rangeOf(type: string): (value: string) => boolean {
  const most = wholeMaximum(type);
  return (value) =>
    most === undefined || (/^-?\d+$/.test(value) && BigInt(value) <= most && BigInt(value) >= -most - 1n);
}

/** The latest rows of tables by column: read once, and only while there is time. */
export class Evidence {
  private readonly deadline = performance.now() + patience;
  private readonly read = new Map<string, ReadonlyMap<string, readonly (string | null)[]>>();

  constructor(
    private readonly database: Database,
    private readonly schema: Schema,
  ) {}

  get isLate(): boolean {
    return performance.now() > this.deadline;
  }

  /** By column, in the order of the key, the latest first; undefined where nobody can look. */
  async latest(
    table: Table,
    columns: readonly string[],
  ): Promise<ReadonlyMap<string, readonly (string | null)[]> | undefined> {
    const { read } = this.database;
    if (read.sample === undefined || this.isLate || table.key.length === 0) return undefined;
    const known = this.read.get(table.name) ?? new Map<string, readonly (string | null)[]>();
    const missing = columns.filter((column) => !known.has(column));
    if (missing.length === 0) return known;
    // What is read together stays together, row by row.
    const wanted = [...new Set([...known.keys(), ...columns])];
    const rows: readonly TextRow[] = await read.sample(table, wanted, sampleSize);
    const found = new Map(wanted.map((column, at) => [column, rows.map((row) => row[at] ?? null)] as const));
    this.read.set(table.name, found);
    return found;
  }

  /** Whether the values of a column are a table's. */
  async look(values: readonly (string | null)[], parent: Table, column: string): Promise<Looked | undefined> {
    const { type } = findColumn(parent, column);
    const whole = isWhole(type);
    const counts = new Map<string, number>();
    let set = 0;
    for (const value of values) {
      if (value === null || value === "" || (whole && value === "0")) continue;
      set++;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (this.isLate) return undefined;
    const possible = [...counts.keys()].filter(rangeOf(type));
    let found = 0;
    for (const batch of chunks(possible, 500)) {
      const there = await this.database.read.keysBehind(
        parent,
        [column],
        batch.map((value) => [value]),
      );
      for (const value of batch) if (there.has(JSON.stringify([value]))) found += counts.get(value) ?? 0;
    }
    const reach = whole ? await this.reach(possible, parent, column) : undefined;
    return { set, found, distinct: counts.size, reach };
  }

  /**
   * Whether values of several columns are together a table's key.
   *
   * @param latest as {@link latest} gives it
   */
  async lookTogether(
    latest: ReadonlyMap<string, readonly (string | null)[]>,
    columns: readonly string[],
    parent: Table,
    parentColumns: readonly string[],
  ): Promise<Looked | undefined> {
    if (this.isLate) return undefined;
    const ranges = parentColumns.map((column) => rangeOf(findColumn(parent, column).type));
    const counts = new Map<string, number>();
    const values = columns.map((column) => latest.get(column) ?? []);
    let set = 0;
    for (const at of (values[0] ?? []).keys()) {
      const row = values.map((all) => all[at] ?? null);
      if (row.includes(null)) continue;
      set++;
      const name = JSON.stringify(row);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const keys = [...counts.keys()].map((name): readonly string[] => keyText.parse(JSON.parse(name)));
    const possible = keys.filter((key) => key.every((value, at) => ranges[at]?.(value) === true));
    let found = 0;
    for (const batch of chunks(possible, 500)) {
      const there = await this.database.read.keysBehind(parent, parentColumns, batch);
      for (const key of batch) {
        const name = JSON.stringify(key);
        if (there.has(name)) found += counts.get(name) ?? 0;
      }
    }
    return { set, found, distinct: counts.size, reach: undefined };
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
