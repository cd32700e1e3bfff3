import { chunks } from "../../collections";
import type { Bucketing, Digested, DigestedGroup, Spans, TextRow } from "../../port";
import type { Digest } from "../../three-way";
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
  /** The texts of the key's columns, or one column with all of them as a JSON list. */
  readonly keys: { readonly columns: string } | { readonly list: string };
  /** 16 bytes that stand for the key. */
  readonly hash: string;
  readonly digest: string;
  /** A statement that answers about how many rows there are. */
  readonly estimate: string;
}

/** Ranges or groups a statement. */
const atOnce = 200;

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

  async range(): Promise<{ readonly min: bigint; readonly max: bigint } | undefined> {
    const { first, from, where } = await this.rows();
    if (first === undefined) return undefined;
    const [row] = await this.session.rows(
      `SELECT MIN(${first.column}), MAX(${first.column}) FROM ${from} WHERE ${where}`,
    );
    const [min, max] = row ?? [];
    return typeof min === "string" && typeof max === "string"
      ? { min: BigInt(min), max: BigInt(max) }
      : undefined;
  }

  /** Adding digests up needs no order. */
  async buckets(bucketing: Bucketing): Promise<{ rows: number; sums: ReadonlyMap<string, string> }> {
    const rows = await this.rows();
    const sums = new Map<string, string>();
    let counted = 0;
    const query = `SELECT ${groupOf(rows, bucketing)} AS bucket, COUNT(*), SUM(${rows.digest}) FROM ${rows.from}
      WHERE ${rows.where} GROUP BY bucket ORDER BY NULL`;
    for await (const run of this.session.stream(query))
      for (const [group, count, sum] of run) {
        counted += Number(count);
        sums.set(String(group), `${String(count)} ${String(sum)}`);
      }
    return { rows: counted, sums };
  }

  async *groups(bucketing: Bucketing, groups: readonly bigint[]): AsyncGenerator<DigestedGroup> {
    const rows = await this.rows();
    const group = groupOf(rows, bucketing);
    const select = `SELECT ${group} AS bucket, ${rows.digest}, ${keysOf(rows)} FROM ${rows.from} WHERE ${rows.where}`;
    if (bucketing.kind === "hash") {
      yield* this.grouped(rows, `${select} AND ${group} IN (${groups.join(", ")}) ORDER BY bucket`);
      return;
    }
    for (const batch of chunks(groups, atOnce)) {
      const within = between(rows, ranges(batch, bucketing.shift));
      yield* this.grouped(rows, `${select} AND ${within} ORDER BY ${rows.first?.column ?? "NULL"}`);
    }
  }

  private async *grouped(rows: DigestedRows, query: string): AsyncGenerator<DigestedGroup> {
    let current: { group: bigint; rows: Map<string, Digest> } | undefined;
    for await (const run of this.session.stream(query))
      for (const row of run) {
        const group = BigInt(row[0] ?? 0);
        if (current?.group !== group) {
          if (current !== undefined) yield current;
          current = { group, rows: new Map() };
        }
        current.rows.set(keyText(rows, row, 2), row[1] ?? undefined);
      }
    if (current !== undefined) yield current;
  }

  async within(spans: Spans): Promise<ReadonlyMap<string, Digest>> {
    const rows = await this.rows();
    const found = new Map<string, Digest>();
    const pairs = spans.first.map((first, at) => [first, spans.last[at] ?? first] as const);
    for (const batch of chunks(pairs, atOnce)) {
      const query = `SELECT ${rows.digest}, ${keysOf(rows)} FROM ${rows.from}
        WHERE ${rows.where} AND ${between(rows, batch)}`;
      for await (const run of this.session.stream(query))
        for (const row of run) found.set(keyText(rows, row, 1), row[0] ?? undefined);
    }
    return found;
  }
}

const keysOf = ({ keys }: DigestedRows): string => ("list" in keys ? keys.list : keys.columns);

function keyText({ keys }: DigestedRows, row: TextRow, from: number): string {
  if ("columns" in keys) return JSON.stringify(row.slice(from));
  const listed: unknown = JSON.parse(row[from] ?? "[]");
  return JSON.stringify(Array.isArray(listed) ? listed.map(String) : []);
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

const between = ({ first }: DigestedRows, pairs: readonly (readonly [string, string])[]): string =>
  `(${pairs.map(([low, high]) => `${first?.column ?? "NULL"} BETWEEN ${low} AND ${high}`).join(" OR ")})`;

/** Turns groups into ranges of the key, adjacent groups into one. */
function ranges(groups: readonly bigint[], shift: number): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  let before: bigint | undefined;
  for (const group of groups) {
    const end = String(((group + 1n) << BigInt(shift)) - 1n);
    const last = found.at(-1);
    if (last !== undefined && before !== undefined && group === before + 1n) last[1] = end;
    else found.push([String(group << BigInt(shift)), end]);
    before = group;
  }
  return found;
}
