/** Comparing a side with the base. */
import { z } from "zod";
import type { Progress } from "../engine";
import type { Mapping } from "../mapping";
import type { Table, TableName } from "../model";
import type { Base, Database } from "../port";
import { baseTable } from "./base";
import type { Touched } from "./look";
import { chooseBuckets, compare, compareSpans } from "./scan";
import type { Sides } from "./sides";
import { seconds } from "./sync-run";

const keyShape = z.array(z.string());

/** The rows of the source that differ from the base, with the tables' sizes. */
export interface TouchedRows {
  readonly touched: readonly Touched[];
  readonly tables: ReadonlyMap<TableName, { readonly rows: number; readonly seconds: number }>;
  readonly baseRows: number;
}

/**
 * @param holder the database with the base, in a transaction of its own
 * @param only `inserts`: where it is known where new rows can be, look there alone; changed rows are then found by chance
 */
export async function touchedOf(
  sides: Sides,
  holder: Database,
  base: Base,
  only: "inserts" | "all",
  mapping: Mapping,
  progress: Progress,
): Promise<TouchedRows> {
  const touched: Touched[] = [];
  const tables = new Map<TableName, { rows: number; seconds: number }>();
  let baseRows = 0;
  for (const table of sides.order.tables) {
    const started = performance.now();
    const left = sides.source.read.digested(table);
    const right = holder.store.digested(table, await baseTable(holder, table, base));
    const spans = only === "inserts" ? await holder.store.gaps(table.name) : undefined;
    const size = await right.estimate();
    baseRows += size;
    const { rows, differences } =
      spans === undefined
        ? await compare(left, right, await chooseBuckets(size, [left, right]))
        : await compareSpans(left, right, spans);
    const before = touched.length;
    // What is another row on each side is not in the table's own record: its pair says how it stood here.
    const paired = new Map(mapping.pairs(table.name));
    for await (const { key, left: here, right } of differences) {
      const name = JSON.stringify(key);
      const pair = paired.get(name);
      paired.delete(name);
      const was = pair === undefined ? right : pair.base?.source;
      if (here !== was) touched.push({ table: table.name, key, source: here, base: was });
    }
    // Where everything was compared, a pair that did not turn up has lost its row.
    if (spans === undefined)
      for (const [name, pair] of paired)
        touched.push({
          table: table.name,
          key: keyShape.parse(JSON.parse(name)),
          source: undefined,
          base: pair.base?.source,
        });
    tables.set(table.name, { rows, seconds: seconds(started) });
    progress(`${table.name}: ${rows} rows compared, ${touched.length - before} touched`, true);
  }
  return { touched, tables, baseRows };
}

/** One line for each table in which a database differs from the base it holds itself. */
export async function differencesFromBase(
  database: Database,
  tables: readonly Table[],
  base: Base,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const table of tables) {
    const recorded = base.tables.get(table.name);
    if (recorded === undefined) {
      const rows = await database.read.count(table);
      if (rows > 0) lines.push(`${table.name}: ${rows} added`);
      continue;
    }
    const { added, changed, deleted } = await database.store.changes(table, recorded);
    if (added + changed + deleted > 0)
      lines.push(`${table.name}: ${added} added, ${changed} changed, ${deleted} deleted`);
  }
  return lines;
}
