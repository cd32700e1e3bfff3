/**
 * What the tool itself keeps, in the schema `warm_standby`: on the standby the base, the identities' seeds and the
 * offset policy; on whichever side rows were brought to, the ledger of what was brought.
 */
import { randomInt } from "node:crypto";
import { z } from "zod";
import { chunks, groupBy } from "../../collections";
import type { Settled } from "../../decide";
import { findColumn, type Table, type TableName } from "../../model";
import { offsetPolicy, type OffsetPolicy } from "../../policy";
import { digestColumns, isWholeNumber, tableDigest } from "./digest";
import { ownSchema } from "./introspect";
import { batchSize, relationOf } from "./rows";
import type { Digested, Spans } from "./scan";
import type { Session } from "./session";
import { columnsOf, name } from "./sql";

const names = z.array(z.string());

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
  CREATE TABLE IF NOT EXISTS ${ownSchema}.runs (
    run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, source_id text NOT NULL);
  CREATE TABLE IF NOT EXISTS ${ownSchema}.ledger (
    run bigint NOT NULL REFERENCES ${ownSchema}.runs, table_name text NOT NULL, key text[] NOT NULL,
    digest bigint, PRIMARY KEY (run, table_name, key));
  CREATE TABLE IF NOT EXISTS ${ownSchema}.followed (ledger_id text PRIMARY KEY, run bigint NOT NULL)`;

/** Makes the schema and its tables where they are missing. */
export async function ensureStore(session: Session): Promise<void> {
  if (!(await hasStore(session))) await session.run(ddl);
}

export async function hasStore(session: Session): Promise<boolean> {
  const [row] = await session.rows("SELECT to_regclass($1) IS NOT NULL", [`${ownSchema}.followed`]);
  return row?.[0] === "t";
}

/** Names a database across servers: the cluster's own number and the database's. A physical copy has them too. */
export async function databaseId(session: Session): Promise<string> {
  const [row] = await session.rows(
    "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()",
  );
  return `${row?.[0] ?? ""}/${row?.[1] ?? ""}`;
}

/** Whether both sessions are in one database: an advisory lock of the first is then in the second's way. */
export async function isSameDatabase(one: Session, other: Session): Promise<boolean> {
  const key = String(randomInt(2 ** 31));
  await one.rows("SELECT pg_advisory_lock(hashtext('warm-standby same database'), $1)", [key]);
  try {
    const [row] = await other.rows(
      "SELECT pg_try_advisory_xact_lock(hashtext('warm-standby same database'), $1)",
      [key],
    );
    return row?.[0] !== "t";
  } finally {
    await one.rows("SELECT pg_advisory_unlock(hashtext('warm-standby same database'), $1)", [key]);
  }
}

export interface BaseTable {
  readonly id: number;
  readonly table: TableName;
  readonly keyColumns: readonly string[];
  readonly columns: readonly string[];
}

export interface Base {
  readonly at: string;
  readonly primaryId: string;
  readonly standbyId: string;
  readonly tables: ReadonlyMap<TableName, BaseTable>;
}

/** The base a database holds, undefined when it holds none. */
export async function readBase(session: Session): Promise<Base | undefined> {
  if (!(await hasStore(session))) return undefined;
  const [row] = await session.rows(
    `SELECT to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), primary_id, standby_id FROM ${ownSchema}.base`,
  );
  if (row === undefined) return undefined;
  return {
    at: row[0] ?? "",
    primaryId: row[1] ?? "",
    standbyId: row[2] ?? "",
    tables: await readTables(session),
  };
}

/** What the base covers, table by table. */
export async function readTables(session: Session): Promise<ReadonlyMap<TableName, BaseTable>> {
  const tables = await session.rows(
    `SELECT id, table_name, to_json(key_columns), to_json(columns) FROM ${ownSchema}.base_tables`,
  );
  return new Map(
    tables.map(([id, table, keys, columns]) => [
      table ?? "",
      {
        id: Number(id),
        table: table ?? "",
        keyColumns: names.parse(JSON.parse(keys ?? "[]")),
        columns: names.parse(JSON.parse(columns ?? "[]")),
      },
    ]),
  );
}

const baseRelation = (id: number): string => `${ownSchema}.base_${id}`;
const baseKeys = (table: Table): readonly string[] => table.key.map((_, at) => `k${at + 1}`);

export const digestedBase = (session: Session, table: Table, base: BaseTable): Digested => ({
  session,
  relation: baseRelation(base.id),
  keys: baseKeys(table),
  digest: "t.digest",
});

/** Whether the base's digests still mean what this table's would. */
export const fits = (table: Table, base: BaseTable): boolean =>
  base.columns.join() === digestColumns(table).join() && base.keyColumns.join() === table.key.join();

async function registerTable(session: Session, table: Table): Promise<number> {
  const [row] = await session.rows(
    `INSERT INTO ${ownSchema}.base_tables (table_name, key_columns, columns) VALUES ($1, $2, $3) RETURNING id`,
    [table.name, table.key, digestColumns(table)],
  );
  return Number(row?.[0]);
}

/** Records what a table holds now as what both sides share. Returns its number of rows. */
export async function recordTable(session: Session, table: Table): Promise<number> {
  const id = await registerTable(session, table);
  const keys = table.key.map((column, at) => `t.${name(column)} AS k${at + 1}`).join(", ");
  const rows = await session.run(
    `CREATE TABLE ${baseRelation(id)} AS SELECT ${keys}, ${tableDigest("t", table)} AS digest FROM ${relationOf(table)} t`,
  );
  await session.run(`ALTER TABLE ${baseRelation(id)} ADD PRIMARY KEY (${baseKeys(table).join(", ")})`);
  return rows;
}

/**
 * Records the ids that a table did not hold at the sync, before its first and above its last too: whatever is new came
 * by one of them. A transaction still open at the sync may commit below the highest.
 */
export async function recordGaps(session: Session, table: Table, base: BaseTable): Promise<void> {
  const [key, ...others] = table.key;
  if (key === undefined || others.length > 0 || !isWholeNumber(findColumn(table, key))) return;
  await session.run(`DELETE FROM ${ownSchema}.gaps WHERE table_name = $1`, [table.name]);
  await session.run(
    `INSERT INTO ${ownSchema}.gaps
       SELECT $1, first, last FROM (
         SELECT coalesce(lag(k1::int8) OVER (ORDER BY k1) + 1, ${lowest}) AS first,
                CASE WHEN k1::int8 > ${lowest} THEN k1::int8 - 1 ELSE k1::int8 END AS last FROM ${baseRelation(base.id)}
         UNION ALL
         SELECT CASE WHEN max(k1::int8) < ${highest} THEN max(k1::int8) + 1 ELSE coalesce(max(k1::int8), ${lowest}) END,
                ${highest} FROM ${baseRelation(base.id)}) g
       WHERE first <= last ON CONFLICT DO NOTHING`,
    [table.name],
  );
}

const lowest = "(-9223372036854775808)::int8";
const highest = "9223372036854775807::int8";
/** Beyond this many gaps, reading the whole table is as quick. */
const mostGaps = 20_000;

/** Where a table's new rows are to be looked for; undefined when they can be anywhere. */
export async function readGaps(session: Session, table: TableName): Promise<Spans | undefined> {
  const rows = await session.rows(
    `SELECT first_id, last_id FROM ${ownSchema}.gaps WHERE table_name = $1 ORDER BY 1 LIMIT ${mostGaps + 1}`,
    [table],
  );
  if (rows.length === 0 || rows.length > mostGaps) return undefined;
  const [first, last] = columnsOf(rows, 2);
  return { first: (first ?? []).map(String), last: (last ?? []).map(String) };
}

/** Writes the base's head: when, and which database is which. */
export async function recordHead(session: Session, primaryId: string, standbyId: string): Promise<void> {
  await session.run(
    `INSERT INTO ${ownSchema}.base (at, primary_id, standby_id) VALUES (clock_timestamp(), $1, $2)
       ON CONFLICT (one) DO UPDATE SET at = excluded.at`,
    [primaryId, standbyId],
  );
}

/** Brings the base up to what a run settled: rows that both sides now share, and rows gone from both. */
export async function settle(
  session: Session,
  tables: readonly Table[],
  base: Base,
  settled: readonly Settled[],
): Promise<void> {
  const groups = groupBy(settled, (row) => row.table);
  for (const table of tables) {
    const rows = groups.get(table.name);
    if (rows === undefined) continue;
    const known = base.tables.get(table.name);
    const id = known?.id ?? (await createEmpty(session, table));
    const keys = baseKeys(table);
    const casts = table.key.map((column, at) => `k${at + 1}::${findColumn(table, column).type}`);
    const arrays = [...keys.map((_, at) => `$${at + 1}::text[]`)];
    const source = (extra: string): string => `unnest(${arrays.join(", ")}${extra})`;
    const gone = rows.filter((row) => row.digest === undefined);
    for (const batch of chunks(gone, batchSize))
      await session.run(
        `DELETE FROM ${baseRelation(id)} b USING (SELECT ${casts.map((cast, at) => `${cast} AS k${at + 1}`).join(", ")}
           FROM ${source("")} AS u(${keys.join(", ")})) k WHERE ${keys.map((key) => `b.${key} = k.${key}`).join(" AND ")}`,
        columnsOf(
          batch.map((row) => row.key),
          keys.length,
        ),
      );
    const shared = rows.flatMap((row) => (row.digest === undefined ? [] : [[...row.key, row.digest]]));
    for (const batch of chunks(shared, batchSize))
      await session.run(
        `INSERT INTO ${baseRelation(id)} (${keys.join(", ")}, digest)
           SELECT ${casts.join(", ")}, digest::int8 FROM ${source(`, $${keys.length + 1}::text[]`)} AS u(${keys.join(", ")}, digest)
           ON CONFLICT (${keys.join(", ")}) DO UPDATE SET digest = excluded.digest`,
        columnsOf(batch, keys.length + 1),
      );
  }
}

/** Records a table as one of which nothing is shared yet. */
export async function createEmpty(session: Session, table: Table): Promise<number> {
  const id = await registerTable(session, table);
  const columns = table.key.map((column, at) => `t.${name(column)} AS k${at + 1}`).join(", ");
  await session.run(
    `CREATE TABLE ${baseRelation(id)} AS SELECT ${columns}, 0::int8 AS digest FROM ${relationOf(table)} t WITH NO DATA`,
  );
  await session.run(`ALTER TABLE ${baseRelation(id)} ADD PRIMARY KEY (${baseKeys(table).join(", ")})`);
  return id;
}

/** Writes a run into the ledger, in the transaction that brings its rows. */
export async function writeLedger(
  session: Session,
  sourceId: string,
  settled: readonly Settled[],
): Promise<void> {
  const [row] = await session.rows(
    `INSERT INTO ${ownSchema}.runs (at, source_id) VALUES (clock_timestamp(), $1) RETURNING run`,
    [sourceId],
  );
  const run = row?.[0] ?? "";
  for (const batch of chunks(settled, batchSize))
    await session.run(
      `INSERT INTO ${ownSchema}.ledger (run, table_name, key, digest)
         SELECT $1::int8, t, ARRAY(SELECT json_array_elements_text(k::json)), d::int8
         FROM unnest($2::text[], $3::text[], $4::text[]) AS u(t, k, d)`,
      [
        run,
        batch.map((each) => each.table),
        batch.map((each) => JSON.stringify(each.key)),
        batch.map((each) => each.digest ?? null),
      ],
    );
}

/**
 * Lets the base follow a ledger: takes over every run it does not know of yet. Doing it twice changes nothing, so a
 * run that was cut between the rows and the base is completed by the next one.
 */
export async function follow(
  ledger: Session,
  ledgerId: string,
  store: Session,
  tables: readonly Table[],
  base: Base,
): Promise<void> {
  if (!(await hasStore(ledger))) return;
  const [known] = await store.rows(`SELECT run FROM ${ownSchema}.followed WHERE ledger_id = $1`, [ledgerId]);
  const runs = await ledger.rows(`SELECT run FROM ${ownSchema}.runs WHERE run > $1::int8 ORDER BY run`, [
    known?.[0] ?? "0",
  ]);
  for (const [run] of runs) {
    const rows = await ledger.rows(
      `SELECT table_name, to_json(key), digest FROM ${ownSchema}.ledger WHERE run = $1::int8`,
      [run],
    );
    const settled = rows.map(([table, key, digest]): Settled => ({
      table: table ?? "",
      key: names.parse(JSON.parse(key ?? "[]")),
      digest: digest ?? undefined,
    }));
    await settle(store, tables, base, settled);
    await store.run(
      `INSERT INTO ${ownSchema}.followed VALUES ($1, $2::int8) ON CONFLICT (ledger_id) DO UPDATE SET run = excluded.run`,
      [ledgerId, run],
    );
  }
}

export interface RecordedSeed {
  readonly highest: bigint;
  readonly seed: bigint;
}

export async function readSeeds(session: Session): Promise<ReadonlyMap<string, RecordedSeed>> {
  if (!(await hasStore(session))) return new Map();
  const rows = await session.rows(`SELECT generator, highest, seed FROM ${ownSchema}.identities`);
  return new Map(
    rows.map(([generator, highest, seed]) => [
      generator ?? "",
      { highest: BigInt(highest ?? 0), seed: BigInt(seed ?? 0) },
    ]),
  );
}

export async function recordSeed(session: Session, generator: string, seed: RecordedSeed): Promise<void> {
  await session.run(
    `INSERT INTO ${ownSchema}.identities VALUES ($1, $2::int8, $3::int8, clock_timestamp())
       ON CONFLICT (generator) DO UPDATE SET highest = excluded.highest, seed = excluded.seed, at = excluded.at`,
    [generator, seed.highest.toString(), seed.seed.toString()],
  );
}

export async function readPolicy(session: Session): Promise<OffsetPolicy | undefined> {
  if (!(await hasStore(session))) return undefined;
  const [row] = await session.rows(`SELECT policy FROM ${ownSchema}.policy`);
  return row === undefined ? undefined : offsetPolicy.parse(JSON.parse(row[0] ?? "null"));
}

export async function recordPolicy(session: Session, policy: OffsetPolicy): Promise<void> {
  await ensureStore(session);
  await session.run(
    `INSERT INTO ${ownSchema}.policy (policy, at) VALUES ($1::jsonb, clock_timestamp())
       ON CONFLICT (one) DO UPDATE SET policy = excluded.policy, at = excluded.at`,
    [JSON.stringify(policy)],
  );
}

/** One run at a time in a database: a lock that ends with the session. */
export async function lockOnce(session: Session): Promise<boolean> {
  const [row] = await session.rows("SELECT pg_try_advisory_lock(hashtext('warm-standby'), 1)");
  return row?.[0] === "t";
}
