import type { Readable } from "node:stream";
import { to } from "pg-copy-streams";
import {
  findColumn,
  storedColumns,
  type ForeignKey,
  type Key,
  type Table,
  type UniqueKey,
} from "../../model";
import type { BaseTable, Bulk, ParentOfMany, Spans, Stage, TextRow } from "../../port";
import { isWholeNumber, tableDigest } from "./digest";
import { ownSchema } from "./introspect";
import { keyList, keyOf, relationOf } from "./rows";
import type { Session } from "./session";
import { baseKeys, baseRelation } from "./store";
import { arrayText, list, literal, name } from "./sql";
import type { PostgresWriting } from "./writing";

/** No shop calls a column so. */
const digestColumn = "warm standby: digest";
const digest = name(digestColumn);

/**
 * For as long as the transaction: joins with so many rows are made in memory, and few rows are looked up by their index.
 * What is read here was written a moment ago, or stands beside it: nothing that a disk would have to seek.
 */
const inMemory = `
  SET LOCAL work_mem = '64MB'; SET LOCAL seq_page_cost = 0.1; SET LOCAL random_page_cost = 0.1;
  SET LOCAL default_statistics_target = 10;`;
/** So many rows take less time, however they are joined, than to look at them for the planner. */
const few = 5_000;

/** New rows by the thousand, each statement about all of a stage's. */
export class PostgresBulk implements Bulk {
  constructor(
    private readonly session: Session,
    private readonly write: PostgresWriting,
  ) {}

  async count(table: Table, spans: Spans): Promise<number> {
    const [row] = await this.session.rows(`SELECT count(*) FROM ${rowsWithin(table, spans)}`);
    return Number(row?.[0]);
  }

  send(table: Table, spans: Spans): Readable {
    const select = `SELECT ${list(namesOf(table), "t.")}, ${tableDigest("t", table)}`;
    return this.session.copy(to(`COPY (${select} FROM ${rowsWithin(table, spans)}) TO STDOUT`));
  }

  async load(table: Table, rows: Readable, onBytes: (bytes: number) => void): Promise<Stage> {
    const stage = await this.write.makeStage(table, `, NULL::int8 AS ${digest}`, inMemory);
    const loaded = await this.write.load(stage, [...namesOf(table), digestColumn], rows, onBytes);
    if (loaded > few) await this.session.run(`ANALYZE ${stage}`);
    return stage;
  }

  async takeDoubtful(
    table: Table,
    stage: Stage,
    parents: readonly ParentOfMany[],
  ): Promise<readonly (readonly [Key, string])[]> {
    for (const parent of parents)
      if (parent.foreignKey.undeclared !== undefined) await this.hold(stage, parent);
    const doubts = [
      ...((await this.mayMeet(table, stage))
        ? [`USING ${relationOf(table)} t WHERE ${equal(table.key, "t", table.key, "s")}`]
        : []),
      ...table.uniqueKeys.map((unique) => isTaken(table, stage, unique)),
      ...parents.map((one) => `WHERE ${isAstray(stage, one)}`),
    ];
    const found: TextRow[] = [];
    for (const doubt of doubts)
      found.push(
        ...(await this.session.rows(
          `DELETE FROM ${stage} s ${doubt} RETURNING s.${digest}, ${keyList(table, "s")}`,
        )),
      );
    return found.map((row) => [keyOf(row, 1, table.key.length), row[0] ?? ""] as const);
  }

  /** Keeps parents from being deleted, as a foreign key would; those that came with their children are nobody else's yet. */
  private async hold(own: Stage, { foreignKey, parent, stage }: ParentOfMany): Promise<void> {
    const ours =
      stage === undefined
        ? ""
        : `AND NOT EXISTS (SELECT FROM ${stage} n WHERE ${equal(parent.key, "n", parent.key, "p")})`;
    await this.session.rows(
      `SELECT count(*) FROM (SELECT FROM ${relationOf(parent)} p
         WHERE EXISTS (SELECT FROM ${own} s WHERE ${meant(parent.key, "p", meantBy(foreignKey, parent))}) ${ours}
         FOR KEY SHARE) held`,
    );
  }

  /** Whether the table has any row between the ends of the stage's keys. With an offset it has none. */
  private async mayMeet(table: Table, stage: Stage): Promise<boolean> {
    const [first = ""] = table.key;
    const key = name(first);
    const [ends = []] = await this.session.rows(`SELECT min(${key}), max(${key}) FROM ${stage}`);
    // With values in sight the planner knows how few rows there can be between them.
    const [low, high] = [1, 2].map((at) => `$${at}::${findColumn(table, first).type}`);
    const [row] = await this.session.rows(
      `SELECT EXISTS (SELECT FROM ${relationOf(table)} t WHERE t.${key} BETWEEN ${low} AND ${high})`,
      ends,
    );
    return row?.[0] === "t";
  }

  insert(table: Table, stage: Stage): Promise<number> {
    const columns = list(namesOf(table));
    return this.session.run(
      `INSERT INTO ${relationOf(table)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM ${stage}`,
    );
  }

  async different(table: Table, stage: Stage): Promise<number> {
    const [row] = await this.session.rows(
      `SELECT count(*) FROM ${stage} s LEFT JOIN ${relationOf(table)} t ON ${equal(table.key, "t", table.key, "s")}
         WHERE t.${name(table.key[0] ?? "")} IS NULL OR ${tableDigest("t", table)} <> s.${digest}`,
    );
    return Number(row?.[0]);
  }

  async record(run: string, table: Table, base: BaseTable, stage: Stage): Promise<void> {
    // As it prints: a cast to text would trim a `char(n)`. Where that cannot be it takes half the time.
    const texts = table.key.map((column) =>
      isWholeNumber(findColumn(table, column))
        ? `s.${name(column)}::pg_catalog.text`
        : `pg_catalog.format('%s', s.${name(column)})`,
    );
    await this.session.run(
      `INSERT INTO ${ownSchema}.ledger (run, table_name, key, digest)
         SELECT $1::int8, $2, ARRAY[${texts.join(", ")}], s.${digest} FROM ${stage} s`,
      [run, table.name],
    );
    await this.session.run(
      `INSERT INTO ${baseRelation(base)} (${baseKeys(table).join(", ")}, digest)
         SELECT ${keyList(table, "s")}, s.${digest} FROM ${stage} s`,
    );
  }
}

/** Alias `t`. */
function rowsWithin(table: Table, { first, last }: Spans): string {
  const ends = [first, last].map((one) => `${literal(arrayText(one))}::int8[]`);
  return `${relationOf(table)} t JOIN unnest(${ends.join(", ")}) r(first, last)
    ON t.${name(table.key[0] ?? "")} BETWEEN r.first AND r.last`;
}

const namesOf = (table: Table): readonly string[] => storedColumns(table).map((column) => column.name);

const equal = (
  columns: readonly string[],
  alias: string,
  others: readonly string[],
  otherAlias: string,
): string =>
  columns
    .map((column, at) => `${alias}.${name(column)} = ${otherAlias}.${name(others[at] ?? "")}`)
    .join(" AND ");

/** Somebody on the target has the unique value already. */
function isTaken(table: Table, stage: Stage, unique: UniqueKey): string {
  const values = unique.expressions.map((expression, at) => `(${expression}) AS u${at + 1}`).join(", ");
  const where = unique.predicate === undefined ? "" : `WHERE ${unique.predicate}`;
  return `WHERE s.ctid = ANY (ARRAY(SELECT n.ctid FROM (SELECT ctid, ${values} FROM ${stage} ${where}) n
    JOIN (SELECT ${values} FROM ${relationOf(table)} ${where}) t
      ON ${unique.expressions.map((_, at) => `n.u${at + 1} = t.u${at + 1}`).join(" AND ")}))`;
}

/** What a row of a stage, `s`, refers to a parent by, in the order of its key: null where that is nobody. */
function meantBy(
  { columns, parentColumns, inText = false, when }: ForeignKey,
  parent: Table,
): readonly string[] {
  return parent.key.map((key) => {
    const own = `s.${name(columns[parentColumns.indexOf(key)] ?? "")}`;
    const conditions = [
      ...(when === undefined ? [] : [isOfType(when)]),
      ...(inText ? [`${own}::text ~ '^(0|-?[1-9][0-9]{0,17})$'`] : []),
    ];
    const value = inText ? `${own}::text::int8` : own;
    return conditions.length === 0 ? value : `CASE WHEN ${conditions.join(" AND ")} THEN ${value} END`;
  });
}

const isOfType = ({ column, values }: NonNullable<ForeignKey["when"]>): string =>
  `s.${name(column)}::text IN (${values.map(literal).join(", ")})`;

const meant = (keys: readonly string[], alias: string, values: readonly string[]): string =>
  keys.map((key, at) => `${alias}.${name(key)} = ${values[at] ?? ""}`).join(" AND ");

/** Refers to somebody who is not there, or of whom it is not known that both sides mean the same. */
function isAstray(own: Stage, { foreignKey, parent, base, stage }: ParentOfMany): string {
  const { columns, nobody = [], inText = false, when } = foreignKey;
  const values = meantBy(foreignKey, parent);
  const [column = ""] = columns;
  const set = [
    ...values.map((value) => `${value} IS NOT NULL`),
    ...nobody.map((value) => `s.${name(column)} <> ${literal(value)}`),
  ].join(" AND ");
  // Both in one: so it is planned as a join.
  const strange =
    base === undefined
      ? "true"
      : `NOT EXISTS (SELECT FROM ${relationOf(parent)} p, ${baseRelation(base)} b
          WHERE ${meant(parent.key, "p", values)} AND ${meant(baseKeys(parent), "b", values)})`;
  // A number that may be too large is not made one here.
  const long = inText
    ? ` OR (s.${name(column)}::text ~ '^-?[1-9][0-9]{18,}$' AND ${when === undefined ? "true" : isOfType(when)})`
    : "";
  if (stage === undefined) return `(${set} AND ${strange})${long}`;
  // Most came with their parents. The few others are looked up one by one, which the planner would do for all first.
  const needed = new Set([...columns, ...(when === undefined ? [] : [when.column])]);
  return `s.ctid = ANY (ARRAY(SELECT s.ctid FROM (SELECT s.ctid, ${list([...needed], "s.")} FROM ${own} s
    WHERE ${set} AND NOT EXISTS (SELECT FROM ${stage} p WHERE ${meant(parent.key, "p", values)}) OFFSET 0) s
    WHERE ${strange}))${long}`;
}
