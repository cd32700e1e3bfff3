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

/** A column of whole numbers, with its type: only a range of the same type is looked up in an index. */
export interface WholeNumber {
  readonly column: string;
  readonly type: string;
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
const atOnce = 500;

/** Computes digests where the rows are. */
export class SqlServerDigested implements Digested {
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
      `SELECT CONVERT(varchar(20), MIN(${first.column})), CONVERT(varchar(20), MAX(${first.column})) FROM ${from} WHERE ${where}`,
    );
    return rangeOf(row);
  }

  async total(range?: KeyRange): Promise<Total> {
    const rows = await this.rows();
    const [low, high] = [range?.min, range?.max].map(
      (end) => `CONVERT(${rows.first?.type ?? "bigint"}, ${end})`,
    );
    const within = range && `AND ${rows.first?.column ?? "NULL"} BETWEEN ${low} AND ${high}`;
    const [row] = await this.session.rows(
      `SELECT CONVERT(varchar(20), COUNT_BIG(*)), CONVERT(varchar(50), SUM(CONVERT(decimal(38, 0), ${rows.digest})))
         FROM ${rows.from} WHERE ${rows.where} ${within ?? ""}`,
    );
    return totalOf(row);
  }

  /** Adding digests up needs no order. */
  async buckets(bucketing: Bucketing): Promise<{ rows: number; sums: ReadonlyMap<string, string> }> {
    const rows = await this.rows();
    const query = `SELECT CONVERT(varchar(20), g.bucket), CONVERT(varchar(20), COUNT_BIG(*)),
        CONVERT(varchar(50), SUM(CONVERT(decimal(38, 0), g.digest)))
      FROM (SELECT ${groupOf(rows, bucketing)} AS bucket, ${rows.digest} AS digest FROM ${rows.from}
        WHERE ${rows.where}) g GROUP BY g.bucket`;
    return sumsOf(this.session.stream(query));
  }

  async *groups(bucketing: Bucketing, groups: readonly bigint[]): AsyncGenerator<DigestedGroup> {
    const rows = await this.rows();
    for (const batch of chunks(groups, bucketing.kind === "hash" ? 10 * atOnce : atOnce)) {
      const inner = `SELECT ${groupOf(rows, bucketing)} AS bucket, CONVERT(varchar(20), ${rows.digest}) AS digest,
        ${keysOf(rows.keys)}`;
      const query =
        bucketing.kind === "hash"
          ? `${inner} FROM ${rows.from} JOIN (VALUES ${batch.map((group) => `(${group})`).join(", ")}) b(part)
              ON b.part = ${groupOf(rows, bucketing)} WHERE ${rows.where} ORDER BY bucket`
          : `${inner} FROM ${spansFrom(rows, rangesOf(batch, bucketing.shift))} JOIN ${rows.from}
              ON ${within(rows)} WHERE ${rows.where} ORDER BY bucket OPTION (FORCE ORDER)`;
      yield* groupsOf(this.session.stream(query), keyTextOf(rows.keys));
    }
  }

  async *within(spans: Spans): AsyncGenerator<readonly [string, Digest]> {
    const rows = await this.rows();
    const pairs = spans.first
      .map((first, at) => [first, spans.last[at] ?? first] as const)
      .filter(([low, high]) => isWithin(rows, low, high));
    for (const batch of chunks(pairs, atOnce)) {
      const query = `SELECT CONVERT(varchar(20), ${rows.digest}), ${keysOf(rows.keys)}
        FROM ${spansFrom(rows, batch)} JOIN ${rows.from} ON ${within(rows)} WHERE ${rows.where} OPTION (FORCE ORDER)`;
      yield* keyedOf(this.session.stream(query), keyTextOf(rows.keys));
    }
  }
}

/** The group of a row. A remainder has the sign of what is divided, so it is lifted above zero before it is taken off. */
function groupOf({ first, hash }: DigestedRows, bucketing: Bucketing): string {
  if (bucketing.kind === "hash") return `(CONVERT(bigint, SUBSTRING(${hash}, 1, 4)) & ${bucketing.mask})`;
  if (first === undefined) throw new Error("ranges need a whole number");
  const value = `CONVERT(bigint, ${first.column})`;
  const size = `CONVERT(bigint, ${1n << BigInt(bucketing.shift)})`;
  return `((${value} - ((${value} % ${size} + ${size}) % ${size})) / ${size})`;
}

const within = ({ first }: DigestedRows): string => `${first?.column ?? "NULL"} BETWEEN b.low AND b.high`;

const bounds: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-(1n << 15n), (1n << 15n) - 1n],
  int: [-(1n << 31n), (1n << 31n) - 1n],
  bigint: [-(1n << 63n), (1n << 63n) - 1n],
};
const boundsOf = ({ first }: DigestedRows): readonly [bigint, bigint] =>
  bounds[first?.type ?? "bigint"] ?? [-(1n << 63n), (1n << 63n) - 1n];

function isWithin(rows: DigestedRows, low: string, high: string): boolean {
  const [least, most] = boundsOf(rows);
  return BigInt(high) >= least && BigInt(low) <= most;
}

/** Ranges as something to join, so that each is looked up in the key's index; no further than the type goes. */
function spansFrom(rows: DigestedRows, pairs: readonly (readonly [string, string])[]): string {
  const [least, most] = boundsOf(rows);
  const type = rows.first?.type ?? "bigint";
  const values = pairs.map(([from, to]) => {
    const [low, high] = [BigInt(from), BigInt(to)];
    return `(${low < least ? least : low}, ${high > most ? most : high})`;
  });
  return `(SELECT CONVERT(${type}, v.low) AS low, CONVERT(${type}, v.high) AS high
      FROM (VALUES ${values.join(", ")}) v(low, high)) b`;
}
