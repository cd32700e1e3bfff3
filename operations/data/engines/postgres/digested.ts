import type { Bucketing, Digested, DigestedGroup, Spans, TextRow } from "../../port";
import type { Digest } from "../../three-way";
import { bucketOf } from "./digest";
import type { Session } from "./session";
import { name } from "./sql";

/** A relation of the database with keys and digests. */
export interface DigestedRelation {
  readonly relation: string;
  /** The key columns as the relation calls them. */
  readonly keys: readonly string[];
  /** An expression over alias `t`. */
  readonly digest: string;
  /** Whether the first key column is a whole number. */
  readonly whole: boolean;
}

const column = (key: string): string => `t.${name(key)}`;

/** Computes a relation's digests where they are. */
export class PostgresDigested implements Digested {
  private readonly keys: readonly string[];

  constructor(
    private readonly session: Session,
    private readonly from: DigestedRelation,
  ) {
    this.keys = from.keys.map(column);
  }

  async estimate(): Promise<number> {
    const [row] = await this.session.rows(
      "SELECT reltuples::int8 FROM pg_class WHERE oid = to_regclass($1)",
      [this.from.relation],
    );
    const estimate = Number(row?.[0] ?? 0);
    if (estimate > 0) return estimate;
    const [counted] = await this.session.rows(`SELECT count(*) FROM ${this.from.relation}`);
    return Number(counted?.[0] ?? 0);
  }

  async range(): Promise<{ readonly min: bigint; readonly max: bigint } | undefined> {
    const [key] = this.keys;
    if (key === undefined || !this.from.whole) return undefined;
    const [row] = await this.session.rows(`SELECT min(${key}), max(${key}) FROM ${this.from.relation} t`);
    const [min, max] = row ?? [];
    return typeof min === "string" && typeof max === "string"
      ? { min: BigInt(min), max: BigInt(max) }
      : undefined;
  }

  /** Adding digests up needs no order. */
  async buckets(bucketing: Bucketing): Promise<{ rows: number; sums: ReadonlyMap<string, string> }> {
    const sums = new Map<string, string>();
    let rows = 0;
    const query = `SELECT ${bucketOf(bucketing, this.keys)}, count(*), sum(${this.from.digest})
      FROM ${this.from.relation} t GROUP BY 1`;
    for await (const run of this.session.stream(query))
      for (const [group, count, sum] of run) {
        rows += Number(count);
        sums.set(String(group), `${String(count)} ${String(sum)}`);
      }
    return { rows, sums };
  }

  async *groups(bucketing: Bucketing, groups: readonly bigint[]): AsyncGenerator<DigestedGroup> {
    const bucket = bucketOf(bucketing, this.keys);
    const select = `SELECT ${bucket}, ${this.from.digest}, ${this.keys.join(", ")} FROM ${this.from.relation} t`;
    const [query, values] =
      bucketing.kind === "hash"
        ? [`${select} WHERE ${bucket} = ANY($1::int8[]) ORDER BY 1`, [groups.map(String)]]
        : [
            `${select} JOIN unnest($1::int8[], $2::int8[]) r(low, high)
               ON ${this.keys[0] ?? ""} BETWEEN r.low AND r.high ORDER BY 1`,
            ranges(groups, bucketing.shift),
          ];
    let current: { group: bigint; rows: Map<string, Digest> } | undefined;
    for await (const run of this.session.stream(query, values))
      for (const row of run) {
        const group = BigInt(row[0] ?? 0);
        if (current?.group !== group) {
          if (current !== undefined) yield current;
          current = { group, rows: new Map() };
        }
        current.rows.set(keyText(row, 2), row[1] ?? undefined);
      }
    if (current !== undefined) yield current;
  }

  async within(spans: Spans): Promise<ReadonlyMap<string, Digest>> {
    const rows = new Map<string, Digest>();
    const query = `SELECT ${this.from.digest}, ${this.keys.join(", ")} FROM ${this.from.relation} t
      JOIN unnest($1::int8[], $2::int8[]) r(first, last) ON ${this.keys[0] ?? ""} BETWEEN r.first AND r.last`;
    for await (const run of this.session.stream(query, [spans.first, spans.last]))
      for (const row of run) rows.set(keyText(row, 1), row[0] ?? undefined);
    return rows;
  }
}

const keyText = (row: TextRow, from: number): string => JSON.stringify(row.slice(from));

/** Turns groups into ranges of the key, adjacent groups into one. */
function ranges(groups: readonly bigint[], shift: number): [string[], string[]] {
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
