/** Comparing a side with the base. */
import type { Progress } from "../engine";
import { groupBy } from "../collections";
import type { Mapping } from "../mapping";
import type { Key, Table, TableName } from "../model";
import type { Base, BaseTable, Database, Digested, Spans } from "../port";
import type { Digest } from "../three-way";
import type { Pair } from "../settled";
import { baseTable } from "./base";
import type { Touched } from "./look";
import { mostNamed, namedRows } from "./named";
import { chooseBuckets, compare, compareSpans, joined, keyFrom, type Comparison, type Fresh } from "./scan";
import type { Sides } from "./sides";
import { seconds } from "./sync-run";
import { compareWholes } from "./whole";

/** The rows of the source that differ from the base, with the tables' sizes. */
export interface TouchedRows {
  readonly touched: readonly Touched[];
  readonly tables: ReadonlyMap<TableName, { readonly rows: number; readonly seconds: number }>;
  readonly baseRows: number;
  /** By table: new rows that lie together, so many that they are brought in sets. They are not among `touched`. */
  readonly fresh: ReadonlyMap<TableName, Fresh>;
}

/** New rows of which tables may be brought in sets, and from how many on. */
export interface InSets {
  readonly tables: ReadonlySet<TableName>;
  readonly enough: number;
}

interface Compared {
  readonly table: Table;
  readonly comparison: Comparison;
  /** Whether all rows were compared. */
  readonly whole: boolean;
  /** Whether the key is one whole number, so that a range of it holds what it says. */
  readonly single: boolean;
  readonly took: number;
}

/**
 * @param holder the database with the base, in a transaction that can write
 * @param only `inserts`: where it is known where new rows can be, look there alone; changed rows are then found by chance
 */
export async function touchedOf(
  sides: Sides,
  holder: Database,
  base: Base,
  only: "inserts" | "all",
  mapping: Mapping,
  progress: Progress,
  inSets?: InSets,
): Promise<TouchedRows> {
  const touched: Touched[] = [];
  const tables = new Map<TableName, { rows: number; seconds: number }>();
  const compared: Compared[] = [];
  let baseRows = 0;
  const pairs: (readonly [left: Digested, right: Digested])[] = [];
  for (const table of sides.order.tables)
    pairs.push([
      sides.source.read.digested(table),
      holder.store.digested(table, await baseTable(holder, table, base)),
    ]);
  const onWhole = (at: number): void =>
    progress(`${sides.order.tables[at]?.name ?? ""}: compared as a whole`, false);
  const wholes = only === "all" ? await compareWholes(pairs, onWhole) : [];
  for (const [at, table] of sides.order.tables.entries()) {
    const started = performance.now();
    const [left, right] = pairs[at] ?? [];
    if (left === undefined || right === undefined) throw new Error(`${table.name} is in no pair`);
    const spans = only === "inserts" ? await holder.store.gaps(table.name) : undefined;
    const whole = wholes[at];
    const size = whole?.rightRows ?? (await right.estimate());
    baseRows += size;
    let single = table.key.length === 1;
    let comparison = whole?.comparison;
    if (spans !== undefined)
      comparison = await compareSpans(left, right, spans, countOf(sides, table, inSets));
    if (comparison === undefined) {
      const bucketing = await chooseBuckets(size, [left, right], inSets?.enough);
      single &&= bucketing.kind === "range";
      comparison = await compare(left, right, bucketing);
    }
    const took = (whole?.seconds ?? 0) + seconds(started);
    compared.push({ table, comparison, whole: spans === undefined, single, took });
  }
  const fresh = new Map(freshOf(compared, inSets));
  for (const { table, comparison, whole, single, took } of compared) {
    const started = performance.now();
    const before = touched.length;
    // What is another row on each side is not in the table's own record: its pair says how it stood here.
    const paired = new Map(mapping.pairs(table.name));
    const alone = new Map(mapping.alone(table.name));
    const stayed = new Map(mapping.stayed(table.name));
    const apart = fresh.get(table.name);
    // New rows beside ones that both sides share: where others come in sets, these come with them.
    const beside = single && fresh.size > 0 && inSets?.tables.has(table.name) === true;
    const news: Touched[] = [];
    for await (const { key, left: here, right } of comparison.differences(apart && "fresh")) {
      const name = JSON.stringify(key);
      const [pair, left] = [paired.get(name), alone.get(name)];
      paired.delete(name);
      alone.delete(name);
      stayed.delete(name);
      // What was left on the source as it is. Changed since, it is as new to the target as it was then.
      if (left !== undefined && left === here) continue;
      const was = pair === undefined ? right : pair.base?.source;
      const row = { table: table.name, key, source: here, base: was };
      if (here !== was) (beside && was === undefined ? news : touched).push(row);
    }
    const together = joined(
      apart,
      news.map(({ key }) => BigInt(key[0] ?? 0)),
    );
    if (together === undefined) touched.push(...news);
    else fresh.set(table.name, together);
    // Where everything was compared, a pair that did not turn up has lost its row.
    if (whole)
      for (const [name, base] of [
        ...[...paired].map(([name, pair]) => [name, pair.base?.source] as const),
        ...alone,
        ...stayed,
      ])
        touched.push({ table: table.name, key: keyFrom(name), source: undefined, base });
    const { rows } = comparison;
    tables.set(table.name, { rows, seconds: took + seconds(started) });
    const some = fresh.get(table.name);
    const sets = some === undefined ? "" : `, ${some.rows} new ones together`;
    progress(`${table.name}: ${rows} rows compared, ${touched.length - before} touched${sets}`, true);
  }
  return { touched, tables, baseRows, fresh };
}

/** Counts rows that may be brought in sets, where they are. */
function countOf({ source: { bulk } }: Sides, table: Table, inSets: InSets | undefined) {
  if (bulk === undefined || inSets?.tables.has(table.name) !== true) return undefined;
  return (spans: Spans): Promise<number> => bulk.count(table, spans);
}

/** Of all tables or of none: what hangs on a row that is looked at by itself has to be looked at by itself too. */
function freshOf(
  compared: readonly { readonly table: Table; readonly comparison: Comparison }[],
  inSets: InSets | undefined,
): ReadonlyMap<TableName, Fresh> {
  const found = new Map<TableName, Fresh>();
  for (const { table, comparison } of compared)
    if (comparison.fresh !== undefined && inSets?.tables.has(table.name) === true)
      found.set(table.name, comparison.fresh);
  const rows = [...found.values()].reduce((sum, one) => sum + one.rows, 0);
  return inSets !== undefined && rows >= inSets.enough ? found : new Map();
}

/** Groups that may be read in vain, since all that differs in them are rows which are others on each side. */
const mostPassedOver = 100;

/** One line for each table in which a database differs from the base it holds itself. */
export async function differencesFromBase(
  database: Database,
  tables: readonly Table[],
  base: Base,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const pairs = groupBy(await database.store.pairs(), (pair) => pair.table);
  for (const table of tables) {
    const recorded = base.tables.get(table.name);
    if (recorded === undefined) {
      const rows = await database.read.count(table);
      if (rows > 0) lines.push(`${table.name}: ${rows} added`);
      continue;
    }
    const { added, changed, deleted } = await database.store.changes(table, recorded);
    const count = added + changed + deleted;
    if (count === 0) continue;
    const keys = await differingKeys(database, table, recorded, pairs.get(table.name) ?? []);
    const which = keys.length === 0 ? "" : ` (${namedRows(table, keys, count)})`;
    lines.push(`${table.name}: ${added} added, ${changed} changed, ${deleted} deleted${which}`);
  }
  return lines;
}

/** Some of the rows on which a table and its base differ. Both are in one database: one is read after the other. */
async function differingKeys(
  database: Database,
  table: Table,
  recorded: BaseTable,
  pairs: readonly Pair[],
): Promise<readonly Key[]> {
  const paired = new Map(
    pairs
      .filter(({ relation }) => relation !== "alone" && relation !== "alias")
      .map(({ primary, standby, apart }) => [
        JSON.stringify(standby.key),
        (apart === "standby" ? primary : standby).digest,
      ]),
  );
  const sides = [database.read.digested(table), database.store.digested(table, recorded)] as const;
  const bucketing = await chooseBuckets(await sides[1].estimate(), sides);
  const sums = [await sides[0].buckets(bucketing), await sides[1].buckets(bucketing)] as const;
  const names = new Set([...sums[0].sums.keys(), ...sums[1].sums.keys()]);
  const groups = [...names]
    .filter((group) => sums[0].sums.get(group) !== sums[1].sums.get(group))
    .map(BigInt)
    .sort((one, other) => (one < other ? -1 : 1))
    .slice(0, mostNamed + Math.min(paired.size, mostPassedOver));
  const rows: Map<string, Digest>[] = [];
  for (const side of sides) {
    const found = new Map<string, Digest>();
    for await (const group of side.groups(bucketing, groups))
      for (const [key, digest] of group.rows) found.set(key, digest);
    rows.push(found);
  }
  const [here, there] = rows;
  return [...new Set([...(here?.keys() ?? []), ...(there?.keys() ?? [])])]
    .filter((key) => here?.get(key) !== (paired.get(key) ?? there?.get(key)))
    .slice(0, mostNamed)
    .map(keyFrom);
}
