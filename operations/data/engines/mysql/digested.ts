import { chunks } from "../../collections";
import type { Bucketing, Digested, DigestedGroup, KeyRange, Spans, Total } from "../../port";
import { rangesOf } from "../../ranges";
import type { Digest } from "../../three-way";
import {
  groupsOf,
  keyedOf,
  keysOf,
  keyTextOf,
  rangeOf,
  sumsOf,
  totalOf,
  type KeyColumns,
} from "../digest-rows";
import type { Session } from "./session";

/** A column as it is, for an index to find, and as the integer it holds. */
export interface WholeNumber {
  readonly column: string;
  readonly value: string;
  readonly unsigned: boolean;
}

/** Rows with keys and digests, as parts of a statement over the alias `t`. */
export interface DigestedRows {
  readonly from: string;
  readonly where: string;
  /** The first column of the key, where it is a whole number. */
  readonly first: WholeNumber | undefined;
  readonly keys: KeyColumns;
  /** 16 bytes that stand for the key. */
  readonly hash: string;
  readonly digest: string;
  /** A statement that answers about how many rows there are. */
  readonly estimate: string;
}

/** Ranges or groups a statement. */
export const atOnce = 200;

/** Computes digests where the rows are. */
export class MysqlDigested implements Digested {
  private found: DigestedRows | undefined;

  constructor(
    private readonly session: Session,
    private readonly look: () => Promise<DigestedRows>,
  ) {}

  private async rows(): Promise<DigestedRows> {
    return (this.found ??= await this.look());
  }

  async estimate(): Promise<number> {
    const [row] = await this.session.rows((await this.rows()).estimate);
    return Number(row?.[0] ?? 0);
  }

  async range(): Promise<KeyRange | undefined> {
    const { first, from, where } = await this.rows();
    if (first === undefined) return undefined;
    const [row] = await this.session.rows(
      `SELECT MIN(${first.column}), MAX(${first.column}) FROM ${from} WHERE ${where}`,
    );
    return rangeOf(row);
  }

  async total(range?: KeyRange): Promise<Total> {
    const rows = await this.rows();
    const within = range && `AND ${between(rows, [[String(range.min), String(range.max)]])}`;
    const [row] = await this.session.rows(
      `SELECT COUNT(*), SUM(${rows.digest}) FROM ${rows.from} WHERE ${rows.where} ${within ?? ""}`,
    );
    return totalOf(row);
  }

  /** Adding digests up needs no order. */
  async buckets(bucketing: Bucketing): Promise<{ rows: number; sums: ReadonlyMap<string, string> }> {
    const rows = await this.rows();
    const query = `SELECT ${groupOf(rows, bucketing)} AS bucket, COUNT(*), SUM(${rows.digest}) FROM ${rows.from}
      WHERE ${rows.where} GROUP BY bucket ORDER BY NULL`;
    return sumsOf(this.session.stream(query));
  }

  async *groups(bucketing: Bucketing, groups: readonly bigint[]): AsyncGenerator<DigestedGroup> {
    const rows = await this.rows();
    const group = groupOf(rows, bucketing);
    const select = `SELECT ${group} AS bucket, ${rows.digest}, ${keysOf(rows.keys)} FROM ${rows.from} WHERE ${rows.where}`;
    if (bucketing.kind === "hash") {
      yield* groupsOf(
        this.session.stream(`${select} AND ${group} IN (${groups.join(", ")}) ORDER BY bucket`),
        keyTextOf(rows.keys),
      );
      return;
    }
    for (const batch of chunks(groups, atOnce)) {
      const within = between(rows, rangesOf(batch, bucketing.shift));
      yield* groupsOf(
        this.session.stream(`${select} AND ${within} ORDER BY ${rows.first?.column ?? "NULL"}`),
        keyTextOf(rows.keys),
      );
    }
  }

  async *within(spans: Spans): AsyncGenerator<readonly [string, Digest]> {
    const rows = await this.rows();
    const pairs = spans.first.map((first, at) => [first, spans.last[at] ?? first] as const);
    for (const batch of chunks(pairs, atOnce)) {
      const query = `SELECT ${rows.digest}, ${keysOf(rows.keys)} FROM ${rows.from}
        WHERE ${rows.where} AND ${between(rows, batch)}`;
      yield* keyedOf(this.session.stream(query), keyTextOf(rows.keys));
    }
  }
}

/** The group of a row. Dividing rounds towards zero, so what is left over is taken off first, below zero too. */
function groupOf({ first, hash }: DigestedRows, bucketing: Bucketing): string {
  if (bucketing.kind === "hash")
    return `(CAST(CONV(HEX(LEFT(${hash}, 4)), 16, 10) AS UNSIGNED) & ${bucketing.mask})`;
  if (first === undefined) throw new Error("ranges need a whole number");
  if (first.unsigned) return `(${first.value} >> ${bucketing.shift})`;
  const size = 1n << BigInt(bucketing.shift);
  return `((${first.value} - CAST(${first.value} & ${size - 1n} AS SIGNED)) DIV ${size})`;
}

/** Restricts a column to ranges, of which there has to be one. */
export const inRanges = (column: string, pairs: readonly (readonly [string, string])[]): string =>
  `(${pairs.map(([low, high]) => `${column} BETWEEN ${low} AND ${high}`).join(" OR ")})`;

const between = ({ first }: DigestedRows, pairs: readonly (readonly [string, string])[]): string =>
  inRanges(first?.column ?? "NULL", pairs);
