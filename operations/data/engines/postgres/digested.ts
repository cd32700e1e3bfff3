import type { Column } from "../../model";
import type { Bucketing, Digested, DigestedGroup, KeyRange, Spans, Total } from "../../port";
import { rangesOf } from "../../ranges";
import type { Digest } from "../../three-way";
import { groupsOf, keyedOf, keyTextOf, rangeOf, sumsOf, totalOf } from "../digest-rows";
import { bucketOf, isWholeNumber } from "./digest";
import type { Session } from "./session";
import { name } from "./sql";

/** A relation of the database with keys and digests. */
export interface DigestedRelation {
  readonly relation: string;
  /** The key's columns, named as in the relation. */
  readonly keys: readonly Column[];
  /** An expression over alias `t`. */
  readonly digest: string;
  /** Whether it has digests as they were recorded. Read by one worker they are there sooner than a table's own, of which two or three make them. */
  readonly recorded?: true;
}

const workers = "max_parallel_workers_per_gather";

/** Computes a relation's digests where they are. */
export class PostgresDigested implements Digested {
  private readonly keys: readonly string[];
  private readonly keyText;

  constructor(
    private readonly session: Session,
    private readonly from: DigestedRelation,
  ) {
    this.keys = from.keys.map((column) => `t.${name(column.name)}`);
    this.keyText = keyTextOf({ columns: this.keys.join(", ") });
  }

  async estimate(): Promise<number> {
    const [row] = await this.session.rows(
      "SELECT reltuples::int8 FROM pg_class WHERE oid = to_regclass($1)",
      [this.from.relation],
      "estimate",
    );
    const estimate = Number(row?.[0] ?? 0);
    if (estimate > 0) return estimate;
    const [counted] = await this.session.rows(`SELECT count(*) FROM ${this.from.relation}`);
    return Number(counted?.[0] ?? 0);
  }

  async range(): Promise<KeyRange | undefined> {
    const [first] = this.from.keys;
    if (first === undefined || !isWholeNumber(first)) return undefined;
    const key = this.keys[0] ?? "";
    const [row] = await this.session.rows(`SELECT min(${key}), max(${key}) FROM ${this.from.relation} t`);
    return rangeOf(row);
  }

  async total(range?: KeyRange): Promise<Total> {
    const within = range && `WHERE ${this.keys[0] ?? "NULL"} BETWEEN ${range.min} AND ${range.max}`;
    const query = `SELECT count(*), sum(${this.from.digest}) FROM ${this.from.relation} t ${within ?? ""}`;
    const [rows = []] = await this.session.answers(
      ...(this.from.recorded === true ? [`SET ${workers} = 0`, query, `RESET ${workers}`] : [query]),
    );
    return totalOf(rows[0]);
  }

  /**
   * Asked for as a whole, since the server shares what goes through a cursor among no workers; and in a way that lets
   * the planner see the use of them. It takes every row for a group of its own: a condition that holds for all of them,
   * of which it knows nothing, makes it expect few; and it is kept from sorting them, which adding digests up needs not.
   */
  async buckets(bucketing: Bucketing): Promise<{ rows: number; sums: ReadonlyMap<string, string> }> {
    const [found = []] = await this.session.answers(
      "SET enable_sort = off",
      `SELECT ${bucketOf(bucketing, this.from.keys)}, count(*), sum(${this.from.digest})
         FROM ${this.from.relation} t WHERE t.tableoid::pg_catalog.int8 & 0 = 0 GROUP BY 1`,
      "RESET enable_sort",
    );
    return sumsOf([found]);
  }

  async *groups(bucketing: Bucketing, groups: readonly bigint[]): AsyncGenerator<DigestedGroup> {
    const bucket = bucketOf(bucketing, this.from.keys);
    const select = `SELECT ${bucket}, ${this.from.digest}, ${this.keys.join(", ")} FROM ${this.from.relation} t`;
    const [query, values] =
      bucketing.kind === "hash"
        ? [`${select} WHERE ${bucket} = ANY($1::int8[]) ORDER BY 1`, [groups.map(String)]]
        : [
            `${select} JOIN unnest($1::int8[], $2::int8[]) r(low, high)
               ON ${this.keys[0] ?? ""} BETWEEN r.low AND r.high ORDER BY 1`,
            endsOf(rangesOf(groups, bucketing.shift)),
          ];
    yield* groupsOf(this.session.stream(query, values), this.keyText);
  }

  async *within(spans: Spans): AsyncGenerator<readonly [string, Digest]> {
    const query = `SELECT ${this.from.digest}, ${this.keys.join(", ")} FROM ${this.from.relation} t
      JOIN unnest($1::int8[], $2::int8[]) r(first, last) ON ${this.keys[0] ?? ""} BETWEEN r.first AND r.last`;
    yield* keyedOf(this.session.stream(query, [spans.first, spans.last]), this.keyText);
  }
}

/** The ends of ranges, as two arrays. */
const endsOf = (ranges: readonly (readonly [string, string])[]): [string[], string[]] => [
  ranges.map(([low]) => low),
  ranges.map(([, high]) => high),
];
