/**
 * What the tool itself keeps, in the schema `warm_standby`: on the standby the base, the identities' seeds and the
 * offset policy; on whichever side rows were brought to, the ledger of what was brought.
 */
import { z } from "zod";
import { chunks } from "../../collections";
import {
  digestColumns,
  findColumn,
  rowId,
  type Key,
  type RowId,
  type Table,
  type TableName,
} from "../../model";
import { offsetPolicy, type OffsetPolicy } from "../../policy";
import type { Base, BaseTable, Digested, RecordedSeed, Spans, Store } from "../../port";
import type { Pair, Settled, Side } from "../../settled";
import { baseTablesOf, relationText, seedsOf, settledOf } from "../recorded";
import { isWholeNumber, tableDigest } from "./digest";
import { PostgresDigested } from "./digested";
import { ownSchema } from "./introspect";
import { addPairs, dropPairs, hasPairs, readPairs, textArray } from "./pairs";
import { batchSize, keyOf, relationOf, unnestKeys } from "./rows";
import type { Session } from "./session";
import { columnsOf, name } from "./sql";

const ddl = `
  CREATE SCHEMA IF NOT EXISTS ${ownSchema};
  CREATE TABLE IF NOT EXISTS ${ownSchema}.base (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL, primary_id text NOT NULL,
    standby_id text NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.base_tables (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, table_name text NOT NULL UNIQUE, key_columns text[] NOT NULL,
    columns text[] NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.gaps (
    table_name text NOT NULL, first_id bigint NOT NULL, last_id bigint NOT NULL, PRIMARY KEY (table_name, first_id));
  CREATE TABLE IF NOT EXISTS ${ownSchema}.identities (
    generator text PRIMARY KEY, highest bigint NOT NULL, seed bigint NOT NULL, at timestamptz NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.policy (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), policy jsonb NOT NULL, at timestamptz NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.treatment (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), treatment jsonb NOT NULL, at timestamptz NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.runs (
    run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, source_id text NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.ledger (
    run bigint NOT NULL, table_name text NOT NULL, key text[] NOT NULL,
    digest bigint, source_key text[], source_digest bigint, relation text, straggler text);
  CREATE INDEX IF NOT EXISTS ledger_run ON ${ownSchema}.ledger USING brin (run);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.followed (ledger_id text PRIMARY KEY, run bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.pairs (
    table_name text NOT NULL, primary_key text[] NOT NULL, standby_key text[] NOT NULL, primary_digest bigint NOT NULL,
    standby_digest bigint NOT NULL, relation text NOT NULL, straggler text,
    PRIMARY KEY (table_name, primary_key, standby_key))`;

export const baseRelation = (base: BaseTable): string => `${ownSchema}.base_${base.id}`;
export const baseKeys = (table: Table): readonly string[] => table.key.map((_, at) => `k${at + 1}`);

/** How digests were made; a base of an earlier version, which has no such column, made them of texts. */
const asText = "coalesce((to_jsonb(b) ->> 'as_text')::boolean, true)::text";

const lowest = "(-9223372036854775808)::int8";
const highest = "9223372036854775807::int8";
/** Beyond this many gaps, reading the whole table is as quick. */
const mostGaps = 20_000;

export class PostgresStore implements Store {
  readonly place = `schema ${ownSchema}`;

  private found = false;
  private foundTreatments = false;
  private foundFormulas = false;
  /** Whether what was found was made in the transaction that is open. */
  private made = false;

  constructor(private readonly session: Session) {}

  async ensure(): Promise<void> {
    if (!(await this.exists())) await this.make();
  }

  async exists(): Promise<boolean> {
    if (this.found) return true;
    const [row] = await this.session.rows("SELECT to_regclass($1) IS NOT NULL", [`${ownSchema}.pairs`]);
    this.found = row?.[0] === "t";
    return this.found;
  }

  private async make(): Promise<void> {
    await this.session.run(ddl);
    this.made = true;
  }

  /** After a transaction: with one that was undone is gone what was made in it. */
  ended(how: "committed" | "undone"): void {
    if (how === "undone" && this.made) this.found = this.foundTreatments = false;
    if (how === "undone") this.foundFormulas = false;
    this.made = false;
  }

  async base(): Promise<Base | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(
      `SELECT to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), primary_id, standby_id,
         (SELECT coalesce(json_agg(json_build_array(id::text, table_name, to_json(key_columns)::text, to_json(columns)::text, ${asText})), '[]')
            FROM ${ownSchema}.base_tables b) FROM ${ownSchema}.base`,
      [],
      "base",
    );
    if (row === undefined) return undefined;
    return {
      at: row[0] ?? "",
      primaryId: row[1] ?? "",
      standbyId: row[2] ?? "",
      tables: baseTablesOf(z.array(z.array(z.string())).parse(JSON.parse(row[3] ?? "[]"))),
    };
  }

  async tables(): Promise<ReadonlyMap<TableName, BaseTable>> {
    const tables = await this.session.rows(
      `SELECT id, table_name, to_json(key_columns), to_json(columns), ${asText} FROM ${ownSchema}.base_tables b`,
    );
    return baseTablesOf(tables);
  }

  async recordHead(primaryId: string, standbyId: string): Promise<void> {
    await this.session.run(
      `INSERT INTO ${ownSchema}.base (at, primary_id, standby_id) VALUES (clock_timestamp(), $1, $2)
         ON CONFLICT (one) DO UPDATE SET at = excluded.at`,
      [primaryId, standbyId],
    );
  }

  async recordTable(table: Table, empty = false): Promise<{ table: BaseTable; rows: number }> {
    const [before] = await this.session.rows(
      `DELETE FROM ${ownSchema}.base_tables WHERE table_name = $1 RETURNING id`,
      [table.name],
    );
    if (before !== undefined) await this.session.run(`DROP TABLE ${ownSchema}.base_${before[0] ?? ""}`);
    if (!this.foundFormulas)
      await this.session.run(
        `ALTER TABLE ${ownSchema}.base_tables ADD COLUMN IF NOT EXISTS as_text boolean NOT NULL DEFAULT true`,
      );
    this.foundFormulas = true;
    const digestAsText = table.digestAsText === true;
    const [row] = await this.session.rows(
      `INSERT INTO ${ownSchema}.base_tables (table_name, key_columns, columns, as_text) VALUES ($1, $2, $3, $4) RETURNING id`,
      [table.name, table.key, digestColumns(table), digestAsText],
    );
    const base = {
      id: Number(row?.[0]),
      table: table.name,
      keyColumns: table.key,
      columns: digestColumns(table),
      digestAsText,
    };
    const keys = table.key.map((column, at) => `t.${name(column)} AS k${at + 1}`).join(", ");
    const rows = await this.session.run(
      `CREATE TABLE ${baseRelation(base)} AS SELECT ${keys}, ${tableDigest("t", table)} AS digest
         FROM ${relationOf(table)} t ${empty ? "WITH NO DATA" : ""}`,
    );
    await this.session.run(
      `ALTER TABLE ${baseRelation(base)} ADD PRIMARY KEY (${baseKeys(table).join(", ")})`,
    );
    return { table: base, rows };
  }

  digested(table: Table, base: BaseTable): Digested {
    return new PostgresDigested(this.session, {
      relation: baseRelation(base),
      keys: table.key.map((column, at) => ({ ...findColumn(table, column), name: `k${at + 1}` })),
      digest: "t.digest",
      recorded: true,
    });
  }

  async changes(table: Table, base: BaseTable): Promise<{ added: number; changed: number; deleted: number }> {
    const keys = table.key.map((column, at) => `t.${name(column)} = b.k${at + 1}`).join(" AND ");
    const names = baseKeys(table).join(", ");
    const paired = table.key.map((column, at) => `standby_key[${at + 1}]::${findColumn(table, column).type}`);
    const [row] = await this.session.rows(
      `WITH recorded AS (SELECT ${names}, digest FROM ${baseRelation(base)}),
            paired (${names}, digest) AS (SELECT ${paired.join(", ")},
              max(CASE relation WHEN 'apart-s' THEN primary_digest ELSE standby_digest END) FROM ${ownSchema}.pairs
              WHERE table_name = $1 AND relation NOT IN ('alias', 'alone') GROUP BY standby_key),
            b AS (SELECT * FROM recorded UNION ALL SELECT * FROM paired)
       SELECT count(*) FILTER (WHERE b.digest IS NULL), count(*) FILTER (WHERE t.own_digest IS NULL), count(*)
         FROM (SELECT ${table.key.map((column) => `t.${name(column)}`).join(", ")}, ${tableDigest("t", table)} AS own_digest
                 FROM ${relationOf(table)} t) t
         FULL JOIN b ON ${keys} WHERE t.own_digest IS DISTINCT FROM b.digest`,
      [table.name],
    );
    const [added = 0, deleted = 0, all = 0] = (row ?? []).map(Number);
    return { added, deleted, changed: all - added - deleted };
  }

  async gaps(table: TableName): Promise<Spans | undefined> {
    const rows = await this.session.rows(
      `SELECT first_id, last_id FROM ${ownSchema}.gaps WHERE table_name = $1 ORDER BY 1 LIMIT ${mostGaps + 1}`,
      [table],
    );
    if (rows.length === 0 || rows.length > mostGaps) return undefined;
    const [first, last] = columnsOf(rows, 2);
    return { first: (first ?? []).map(String), last: (last ?? []).map(String) };
  }

  /**
   * The ids that a table did not hold at the sync, before its first and above its last too: whatever is new came by
   * one of them. A transaction still open at the sync may commit below the highest.
   */
  async recordGaps(table: Table, base: BaseTable): Promise<void> {
    const [key, ...others] = table.key;
    if (key === undefined || others.length > 0 || !isWholeNumber(findColumn(table, key))) return;
    const relation = baseRelation(base);
    await this.session.run(`DELETE FROM ${ownSchema}.gaps WHERE table_name = $1`, [table.name]);
    await this.session.run(
      `INSERT INTO ${ownSchema}.gaps
         SELECT $1, first, last FROM (
           SELECT coalesce(lag(k1::int8) OVER (ORDER BY k1) + 1, ${lowest}) AS first,
                  CASE WHEN k1::int8 > ${lowest} THEN k1::int8 - 1 ELSE k1::int8 END AS last FROM ${relation}
           UNION ALL
           SELECT CASE WHEN max(k1::int8) < ${highest} THEN max(k1::int8) + 1 ELSE coalesce(max(k1::int8), ${lowest}) END,
                  ${highest} FROM ${relation}) g
         WHERE first <= last ON CONFLICT DO NOTHING`,
      [table.name],
    );
  }

  async settle(table: Table, base: BaseTable, settled: readonly Settled[]): Promise<void> {
    const relation = baseRelation(base);
    const keys = baseKeys(table);
    const casts = table.key.map((column, at) => `k${at + 1}::${findColumn(table, column).type}`);
    const arrays = [...keys.map((_, at) => `$${at + 1}::text[]`)];
    const source = (extra: string): string => `unnest(${arrays.join(", ")}${extra})`;
    const gone = settled.filter((row) => row.digest === undefined);
    for (const batch of chunks(gone, batchSize))
      await this.session.run(
        `DELETE FROM ${relation} b USING (SELECT ${casts.map((cast, at) => `${cast} AS k${at + 1}`).join(", ")}
           FROM ${source("")} AS u(${keys.join(", ")})) k WHERE ${keys.map((key) => `b.${key} = k.${key}`).join(" AND ")}`,
        columnsOf(
          batch.map((row) => row.key),
          keys.length,
        ),
      );
    const shared = settled.flatMap((row) => (row.digest === undefined ? [] : [[...row.key, row.digest]]));
    for (const batch of chunks(shared, batchSize))
      await this.session.run(
        `INSERT INTO ${relation} (${keys.join(", ")}, digest)
           SELECT ${casts.join(", ")}, digest::int8 FROM ${source(`, $${keys.length + 1}::text[]`)} AS u(${keys.join(", ")}, digest)
           ON CONFLICT (${keys.join(", ")}) DO UPDATE SET digest = excluded.digest`,
        columnsOf(batch, keys.length + 1),
      );
  }

  async shared(table: Table, base: BaseTable, keys: readonly Key[]): Promise<ReadonlySet<RowId>> {
    const found = new Set<RowId>();
    const joined = table.key.map((_, at) => `b.k${at + 1} = k.k${at + 1}`).join(" AND ");
    const names = baseKeys(table).map((key) => `b.${key}`);
    for (const batch of chunks(keys, batchSize)) {
      const rows = await this.session.rows(
        `SELECT ${names.join(", ")} FROM ${baseRelation(base)} b JOIN ${unnestKeys(table)} ON ${joined}`,
        columnsOf(batch, table.key.length),
      );
      for (const row of rows) found.add(rowId(table.name, keyOf(row, 0, table.key.length)));
    }
    return found;
  }

  async writeRun(sourceId: string, settled: readonly Settled[]): Promise<string> {
    const [row] = await this.session.rows(
      `INSERT INTO ${ownSchema}.runs (at, source_id) VALUES (clock_timestamp(), $1) RETURNING run`,
      [sourceId],
    );
    const run = row?.[0] ?? "";
    for (const batch of chunks(settled, batchSize))
      await this.session.run(
        `INSERT INTO ${ownSchema}.ledger (run, table_name, key, digest, source_key, source_digest, relation, straggler)
           SELECT $1::int8, t, ${textArray("k")}, d::int8, ${textArray("sk")}, sd::int8, r, s
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
             AS u(t, k, d, sk, sd, r, s)`,
        [
          run,
          batch.map((each) => each.table),
          batch.map((each) => JSON.stringify(each.key)),
          batch.map((each) => each.digest ?? null),
          batch.map((each) => (each.origin === undefined ? null : JSON.stringify(each.origin.key))),
          batch.map((each) => each.origin?.digest ?? null),
          batch.map((each) => (each.origin === undefined ? null : relationText(each.origin))),
          batch.map((each) => each.origin?.straggler ?? null),
        ],
      );
    return run;
  }

  hasPairs = (): Promise<boolean> => hasPairs(this.session);
  pairs = (): Promise<readonly Pair[]> => readPairs(this.session);
  pair = (pairs: readonly Pair[]): Promise<void> => addPairs(this.session, pairs);
  unpair = (table: TableName, side: Side, keys: readonly Key[], only?: "alone"): Promise<void> =>
    dropPairs(this.session, table, side, keys, only);

  async runsAfter(run: string): Promise<readonly { run: string; sourceId: string }[]> {
    const rows = await this.session.rows(
      `SELECT run, source_id FROM ${ownSchema}.runs WHERE run > $1::int8 ORDER BY run`,
      [run],
      "runs",
    );
    return rows.map(([one, sourceId]) => ({ run: one ?? "", sourceId: sourceId ?? "" }));
  }

  async rowsOfRun(run: string): Promise<readonly Settled[]> {
    const rows = await this.session.rows(
      `SELECT table_name, to_json(key), digest, to_json(source_key), source_digest, relation, straggler
         FROM ${ownSchema}.ledger WHERE run = $1::int8`,
      [run],
    );
    return rows.map(settledOf);
  }

  async followed(ledgerId: string): Promise<string> {
    const [row] = await this.session.rows(
      `SELECT run FROM ${ownSchema}.followed WHERE ledger_id = $1`,
      [ledgerId],
      "followed",
    );
    return row?.[0] ?? "0";
  }

  async recordFollowed(ledgerId: string, run: string): Promise<void> {
    await this.session.run(
      `INSERT INTO ${ownSchema}.followed VALUES ($1, $2::int8) ON CONFLICT (ledger_id) DO UPDATE SET run = excluded.run`,
      [ledgerId, run],
    );
  }

  async seeds(): Promise<ReadonlyMap<string, RecordedSeed>> {
    if (!(await this.exists())) return new Map();
    const rows = await this.session.rows(
      `SELECT generator, highest, seed FROM ${ownSchema}.identities`,
      [],
      "seeds",
    );
    return seedsOf(rows);
  }

  async recordSeed(generator: string, seed: RecordedSeed): Promise<void> {
    await this.session.run(
      `INSERT INTO ${ownSchema}.identities VALUES ($1, $2::int8, $3::int8, clock_timestamp())
         ON CONFLICT (generator) DO UPDATE SET highest = excluded.highest, seed = excluded.seed, at = excluded.at`,
      [generator, seed.highest.toString(), seed.seed.toString()],
    );
  }

  async treatment(): Promise<string | undefined> {
    if (!(await this.knowsTreatments())) return undefined;
    const [row] = await this.session.rows(`SELECT treatment::text FROM ${ownSchema}.treatment`);
    return row?.[0] ?? undefined;
  }

  /** A standby that was set up by an earlier version has no such table yet. */
  private async knowsTreatments(): Promise<boolean> {
    if (this.foundTreatments) return true;
    const [row] = await this.session.rows("SELECT to_regclass($1) IS NOT NULL", [`${ownSchema}.treatment`]);
    this.foundTreatments = row?.[0] === "t";
    return this.foundTreatments;
  }

  async recordTreatment(treatment: string): Promise<void> {
    if (!(await this.knowsTreatments())) await this.make();
    await this.session.run(
      `INSERT INTO ${ownSchema}.treatment (treatment, at) VALUES ($1::jsonb, clock_timestamp())
         ON CONFLICT (one) DO UPDATE SET treatment = excluded.treatment, at = excluded.at`,
      [treatment],
    );
  }

  async policy(): Promise<OffsetPolicy | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(`SELECT policy FROM ${ownSchema}.policy`);
    return row === undefined ? undefined : offsetPolicy.parse(JSON.parse(row[0] ?? "null"));
  }

  async recordPolicy(policy: OffsetPolicy): Promise<void> {
    await this.ensure();
    await this.session.run(
      `INSERT INTO ${ownSchema}.policy (policy, at) VALUES ($1::jsonb, clock_timestamp())
         ON CONFLICT (one) DO UPDATE SET policy = excluded.policy, at = excluded.at`,
      [JSON.stringify(policy)],
    );
  }
}
