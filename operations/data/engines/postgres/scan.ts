import { z } from "zod";
import { findColumn, type Key, type Table } from "../../model";
import type { Digest } from "../../three-way";
import { bucketingOf, bucketOf, tableDigest, type Bucketing } from "./digest";
import type { Session, TextRow } from "./session";
import { name, qualified } from "./sql";

const keyShape = z.array(z.string());

/** Something with keys and digests: a table, or the base's record of it. */
export interface Digested {
  readonly session: Session;
  readonly relation: string;
  /** The key columns as the relation calls them. */
  readonly keys: readonly string[];
  /** An expression over alias `t`. */
  readonly digest: string;
}

/** A row on which two sides differ. */
export interface Difference {
  readonly key: Key;
  readonly left: Digest;
  readonly right: Digest;
}

export interface Comparison {
  /** Rows of the left side. */
  readonly rows: number;
  readonly differences: AsyncIterable<Difference> | Iterable<Difference>;
}

export const digestedTable = (session: Session, table: Table): Digested => ({
  session,
  relation: qualified(table.schema, table.relation),
  keys: table.key,
  digest: tableDigest("t", table),
});

const column = (key: string): string => `t.${name(key)}`;

/** Chooses groups that fit both sides, by the span of the first key column and the number of rows expected. */
export async function chooseBuckets(
  table: Table,
  rows: number,
  sides: readonly Digested[],
): Promise<Bucketing> {
  const first = table.key[0];
  if (first === undefined) throw new Error(`${table.name} has no key`);
  if (!["smallint", "integer", "bigint"].includes(findColumn(table, first).type))
    return bucketingOf(table, rows, undefined, undefined);
  let min: bigint | undefined;
  let max: bigint | undefined;
  for (const side of sides) {
    const key = column(side.keys[0] ?? first);
    const [row] = await side.session.rows(`SELECT min(${key}), max(${key}) FROM ${side.relation} t`);
    const [low, high] = row ?? [];
    if (typeof low !== "string" || typeof high !== "string") continue;
    min = min === undefined || BigInt(low) < min ? BigInt(low) : min;
    max = max === undefined || BigInt(high) > max ? BigInt(high) : max;
  }
  return bucketingOf(table, rows, min, max);
}

/** One line a group: its number, its rows and the sum of their digests. Adding them up needs no order. */
async function readBuckets(
  side: Digested,
  bucketing: Bucketing,
): Promise<{ rows: number; sums: Map<string, string> }> {
  const bucket = bucketOf(bucketing, side.keys.map(column));
  const sums = new Map<string, string>();
  let rows = 0;
  const query = `SELECT ${bucket}, count(*), sum(${side.digest}) FROM ${side.relation} t GROUP BY 1`;
  for await (const run of side.session.stream(query))
    for (const [group, count, sum] of run) {
      rows += Number(count);
      sums.set(String(group), `${String(count)} ${String(sum)}`);
    }
  return { rows, sums };
}

const groupOf = (row: TextRow): bigint => BigInt(row[0] ?? 0);

/** The rows of some groups, group by group. */
async function* readGroups(
  side: Digested,
  bucketing: Bucketing,
  groups: readonly bigint[],
): AsyncGenerator<{ group: bigint; rows: Map<string, Digest> }> {
  const keys = side.keys.map(column);
  const bucket = bucketOf(bucketing, keys);
  const select = `SELECT ${bucket}, ${side.digest}, ${keys.join(", ")} FROM ${side.relation} t`;
  const [query, values] =
    bucketing.kind === "hash"
      ? [`${select} WHERE ${bucket} = ANY($1::int8[]) ORDER BY 1`, [groups.map(String)]]
      : [
          `${select} JOIN unnest($1::int8[], $2::int8[]) r(low, high)
             ON ${keys[0] ?? ""} BETWEEN r.low AND r.high ORDER BY 1`,
          spans(groups, bucketing.shift),
        ];
  let current: { group: bigint; rows: Map<string, Digest> } | undefined;
  for await (const run of side.session.stream(query, values))
    for (const row of run) {
      const group = groupOf(row);
      if (current?.group !== group) {
        if (current !== undefined) yield current;
        current = { group, rows: new Map() };
      }
      current.rows.set(JSON.stringify(row.slice(2)), row[1] ?? undefined);
    }
  if (current !== undefined) yield current;
}

/** Turns groups into ranges of the key, adjacent groups into one. */
function spans(groups: readonly bigint[], shift: number): [string[], string[]] {
  const low: string[] = [];
  const high: string[] = [];
  let last: bigint | undefined;
  for (const group of groups) {
    const end = (((group + 1n) << BigInt(shift)) - 1n).toString();
    if (last !== undefined && group === last + 1n) high[high.length - 1] = end;
    else {
      low.push((group << BigInt(shift)).toString());
      high.push(end);
    }
    last = group;
  }
  return [low, high];
}

/**
 * Compares two sides group by group, and row by row only where groups differ. Both are read at the same time; what
 * is kept in memory is one line a group and the rows of one group.
 */
export async function compare(left: Digested, right: Digested, bucketing: Bucketing): Promise<Comparison> {
  const [one, other] = await Promise.all([readBuckets(left, bucketing), readBuckets(right, bucketing)]);
  const differing: bigint[] = [];
  for (const [group, sum] of one.sums) if (other.sums.get(group) !== sum) differing.push(BigInt(group));
  for (const group of other.sums.keys()) if (!one.sums.has(group)) differing.push(BigInt(group));
  differing.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return { rows: one.rows, differences: differences(left, right, bucketing, differing) };
}

/** Ranges of a whole-number key, both ends included. */
export interface Spans {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/** Compares two sides row by row within ranges of their key, which hold few rows. */
export async function compareSpans(left: Digested, right: Digested, within: Spans): Promise<Comparison> {
  const [one, other] = await Promise.all([readSpans(left, within), readSpans(right, within)]);
  function* differing(): Generator<Difference> {
    for (const [key, digest] of one)
      if (other.get(key) !== digest) yield difference(key, digest, other.get(key));
    for (const [key, digest] of other) if (!one.has(key)) yield difference(key, undefined, digest);
  }
  return { rows: one.size, differences: differing() };
}

async function readSpans(side: Digested, within: Spans): Promise<ReadonlyMap<string, Digest>> {
  const keys = side.keys.map(column);
  const rows = new Map<string, Digest>();
  const query = `SELECT ${side.digest}, ${keys.join(", ")} FROM ${side.relation} t
    JOIN unnest($1::int8[], $2::int8[]) r(first, last) ON ${keys[0] ?? ""} BETWEEN r.first AND r.last`;
  for await (const run of side.session.stream(query, [within.first, within.last]))
    for (const row of run) rows.set(JSON.stringify(row.slice(1)), row[0] ?? undefined);
  return rows;
}

async function* differences(
  left: Digested,
  right: Digested,
  bucketing: Bucketing,
  groups: readonly bigint[],
): AsyncGenerator<Difference> {
  if (groups.length === 0) return;
  const lefts = readGroups(left, bucketing, groups);
  const rights = readGroups(right, bucketing, groups);
  try {
    let [one, other] = [await lefts.next(), await rights.next()];
    const none: ReadonlyMap<string, Digest> = new Map();
    for (const group of groups) {
      const here = one.done !== true && one.value.group === group ? one.value.rows : none;
      const there = other.done !== true && other.value.group === group ? other.value.rows : none;
      for (const [key, digest] of here)
        if (there.get(key) !== digest) yield difference(key, digest, there.get(key));
      for (const [key, digest] of there) if (!here.has(key)) yield difference(key, undefined, digest);
      if (here !== none) one = await lefts.next();
      if (there !== none) other = await rights.next();
    }
  } finally {
    await lefts.return(undefined);
    await rights.return(undefined);
  }
}

function difference(key: string, left: Digest, right: Digest): Difference {
  return { key: keyShape.parse(JSON.parse(key)), left, right };
}
