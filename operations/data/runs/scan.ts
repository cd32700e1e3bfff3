/** Compares two sides by the digests that each computes of its own rows. */
import { z } from "zod";
import type { Key } from "../model";
import type { Bucketing, Digested, Spans } from "../port";
import { rangesOf } from "../ranges";
import type { Digest } from "../three-way";

const keyShape = z.array(z.string());
/** A key as it comes with its digest: a JSON list. */
export const keyFrom = (text: string): Key => keyShape.parse(JSON.parse(text));

/** A row on which two sides differ. */
export interface Difference {
  readonly key: Key;
  readonly left: Digest;
  readonly right: Digest;
}

/** Rows in ranges of the key where the left side alone has any. */
export interface Fresh {
  readonly rows: number;
  readonly spans: Spans;
}

export interface Comparison {
  /** Rows of the left side. */
  readonly rows: number;
  /** Undefined where there are none, or where they do not lie together. */
  readonly fresh: Fresh | undefined;
  /** @param without leave out those within `fresh` */
  readonly differences: (without?: "fresh") => AsyncIterable<Difference> | Iterable<Difference>;
}

/** Groups of about this many rows: few enough to read when one differs, many enough to keep their list short. */
const rowsPerBucket = 64;
/** However large a table is, its list of groups fits in memory. */
const mostBuckets = 1 << 17;
/** Ranges that may be asked for in one statement. */
const mostSpans = 1000;

/**
 * Chooses groups that fit both sides: whole-number keys are grouped by ranges, where new rows lie together; others
 * by a hash.
 *
 * @param rows about how many are expected
 * @param most about how many are to be in a group at most, where fewer are wanted than usual
 */
export async function chooseBuckets(
  rows: number,
  sides: readonly Digested[],
  most = rowsPerBucket,
): Promise<Bucketing> {
  const groups = Math.min(Math.max(1, Math.ceil(rows / Math.min(most, rowsPerBucket))), mostBuckets);
  const ranges = await Promise.all(sides.map((side) => side.range()));
  const spread = ranges.flatMap((range) => (range === undefined ? [] : [range.min, range.max]));
  const [first, ...others] = spread;
  if (first !== undefined) {
    const min = others.reduce((a, b) => (b < a ? b : a), first);
    const max = others.reduce((a, b) => (b > a ? b : a), first);
    let shift = 0;
    while (shift < 62 && (max - min) >> BigInt(shift) > BigInt(groups)) shift++;
    return { kind: "range", shift };
  }
  let mask = 1;
  while (mask < groups) mask *= 2;
  return { kind: "hash", mask: mask - 1 };
}

/**
 * Compares two sides group by group, and row by row only where groups differ. Both are read at the same time, so they
 * must be on different connections; what is kept in memory is one line a group and the rows of one group.
 */
export async function compare(left: Digested, right: Digested, bucketing: Bucketing): Promise<Comparison> {
  const [one, other] = await Promise.all([left.buckets(bucketing), right.buckets(bucketing)]);
  const [differing, fresh]: [bigint[], bigint[]] = [[], []];
  let freshRows = 0;
  for (const [group, sum] of one.sums) {
    const there = other.sums.get(group);
    if (there === sum) continue;
    (there === undefined ? fresh : differing).push(BigInt(group));
    if (there === undefined) freshRows += Number.parseInt(sum);
  }
  for (const group of other.sums.keys()) if (!one.sums.has(group)) differing.push(BigInt(group));
  const ascending = (groups: readonly bigint[]): readonly bigint[] =>
    [...groups].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const spans = bucketing.kind === "range" ? rangesOf(ascending(fresh), bucketing.shift) : [];
  return {
    rows: one.rows,
    fresh:
      spans.length === 0 || spans.length > mostSpans
        ? undefined
        : {
            rows: freshRows,
            spans: { first: spans.map(([first]) => first), last: spans.map(([, last]) => last) },
          },
    differences: (without) =>
      differences(
        left,
        right,
        bucketing,
        ascending(without === undefined ? [...differing, ...fresh] : differing),
      ),
  };
}

/**
 * Compares two sides row by row within ranges of their key, of which the right side holds few rows.
 *
 * @param count where given, rows of the left side in ranges without any of the right are counted instead of read
 */
export async function compareSpans(
  left: Digested,
  right: Digested,
  spans: Spans,
  count?: (spans: Spans) => Promise<number>,
): Promise<Comparison> {
  if (count === undefined) {
    const [one, other] = await Promise.all([rowsOf(left, spans), rowsOf(right, spans)]);
    return { rows: one.size, fresh: undefined, differences: () => differing(one, other) };
  }
  const other = await rowsOf(right, spans);
  const { free, taken } = apart(
    spans,
    [...other.keys()].map((key) => BigInt(keyFrom(key)[0] ?? 0)),
  );
  const one = taken.first.length === 0 ? new Map<string, Digest>() : await rowsOf(left, taken);
  const rows = await count(free);
  const fresh = rows === 0 ? undefined : { rows, spans: free };
  return {
    rows: one.size + rows,
    fresh,
    differences: async function* (without) {
      yield* differing(one, other);
      if (without === undefined) yield* newRows(left, fresh);
    },
  };
}

/** Rows of the left side where it alone has any: read only now. */
export async function* newRows(left: Digested, fresh: Fresh | undefined): AsyncGenerator<Difference> {
  if (fresh === undefined) return;
  for await (const [key, digest] of left.within(fresh.spans)) yield difference(key, digest, undefined);
}

async function rowsOf(side: Digested, spans: Spans): Promise<ReadonlyMap<string, Digest>> {
  const rows = new Map<string, Digest>();
  for await (const [key, digest] of side.within(spans)) rows.set(key, digest);
  return rows;
}

/** Parts ranges into those that hold none of some ids, and those that hold little else. */
export function apart(
  { first, last }: Spans,
  ids: readonly bigint[],
): { readonly free: Spans; readonly taken: Spans } {
  const sorted = [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const [free, taken]: [[string, string][], [string, string][]] = [[], []];
  let at = 0;
  for (const [index, start] of first.entries()) {
    const [from, to] = [BigInt(start), BigInt(last[index] ?? start)];
    while (at < sorted.length && (sorted[at] ?? to) < from) at++;
    const lowest = sorted[at];
    if (lowest === undefined || lowest > to) {
      free.push([start, String(to)]);
      continue;
    }
    let highest = lowest;
    for (; at < sorted.length && (sorted[at] ?? to) <= to; at++) highest = sorted[at] ?? highest;
    taken.push([start, String(highest)]);
    if (highest < to) free.push([String(highest + 1n), String(to)]);
  }
  const ends = (all: readonly (readonly [string, string])[]): Spans => ({
    first: all.map(([low]) => low),
    last: all.map(([, high]) => high),
  });
  return { free: ends(free), taken: ends(taken) };
}

/**
 * Adds single new rows to ranges of them, as ranges that hold nothing else. Undefined where too many ranges come of it.
 *
 * @param keys whole numbers, none of them within the ranges
 */
export function joined(fresh: Fresh | undefined, keys: readonly bigint[]): Fresh | undefined {
  const { first = [], last = [] } = fresh?.spans ?? {};
  const all = [
    ...first.map((low, at) => [BigInt(low), BigInt(last[at] ?? low)] as const),
    ...keys.map((key) => [key, key] as const),
  ].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const spans: [bigint, bigint][] = [];
  for (const [low, high] of all) {
    const before = spans.at(-1);
    if (before !== undefined && before[1] + 1n === low) before[1] = high;
    else spans.push([low, high]);
  }
  if (spans.length === 0 || spans.length > mostSpans) return undefined;
  return {
    rows: (fresh?.rows ?? 0) + keys.length,
    spans: { first: spans.map(([low]) => String(low)), last: spans.map(([, high]) => String(high)) },
  };
}

function* differing(
  one: ReadonlyMap<string, Digest>,
  other: ReadonlyMap<string, Digest>,
): Generator<Difference> {
  for (const [key, digest] of one)
    if (other.get(key) !== digest) yield difference(key, digest, other.get(key));
  for (const [key, digest] of other) if (!one.has(key)) yield difference(key, undefined, digest);
}

async function* differences(
  left: Digested,
  right: Digested,
  bucketing: Bucketing,
  groups: readonly bigint[],
): AsyncGenerator<Difference> {
  if (groups.length === 0) return;
  const lefts = left.groups(bucketing, groups);
  const rights = right.groups(bucketing, groups);
  try {
    let [one, other] = [await lefts.next(), await rights.next()];
    const none: ReadonlyMap<string, Digest> = new Map();
    for (const group of groups) {
      const here = one.done !== true && one.value.group === group ? one.value.rows : none;
      const there = other.done !== true && other.value.group === group ? other.value.rows : none;
      yield* differing(here, there);
      if (here !== none) one = await lefts.next();
      if (there !== none) other = await rights.next();
    }
  } finally {
    await lefts.return(undefined);
    await rights.return(undefined);
  }
}

/** @param key a JSON list */
const difference = (key: string, left: Digest, right: Digest): Difference => ({
  key: keyFrom(key),
  left,
  right,
});
