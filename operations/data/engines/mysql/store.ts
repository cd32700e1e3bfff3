/**
 * What the tool itself keeps: on the standby the base, the identities' seeds and the offset policy; on whichever side
 * rows were brought to, the ledger of what was brought.
 *
 * MySQL has no schemas within a database, and many hosts give one database only; so these are tables beside the shop's,
 * whose names begin with `warm_standby_`. The base of all tables is one table: making one ends a transaction here, and
 * what a run records has to stand or fall with its rows.
 */
import { digestColumns, rowId, type Key, type RowId, type Table, type TableName } from "../../model";
import { offsetPolicy, type OffsetPolicy } from "../../policy";
import type { Base, BaseTable, Digested, RecordedSeed, Spans, Store, TextRow } from "../../port";
import type { Pair, Settled, Side } from "../../settled";
import { baseTablesOf, countPaired, readKey, seedsOf, settledOf } from "../recorded";
import { baseRows, isNumber, keyTextOf, numberOf, onBase, placeOf, placeOfKey } from "./base-rows";
import { digestOf } from "./columns";
import { MysqlDigested } from "./digested";
import { relationOf, runsOf } from "./keys";
import { definitions, own, ownPrefix } from "./own";
import { addPairs, dropPairs, hasPairs, ledgerColumns, ledgerRow, pairedOnStandby, readPairs } from "./pairs";
import type { MysqlReading } from "./reading";
import { missingRight, readError, type Session } from "./session";
import { literal, statements } from "./sql";

/** Beyond this many gaps, reading the whole table is as quick. */
const mostGaps = 20_000;

const selfQuery = `SELECT id FROM ${own("self")}`;
/** Whoever may not read it is told so, with all else that is missing, when the tables are known. */
function unlessForbidden(error: unknown): readonly TextRow[] {
  if (missingRight.has(readError(error).errno)) return [];
  throw error;
}

export class MysqlStore implements Store {
  readonly place = `tables ${ownPrefix}*`;

  private found = false;

  constructor(
    private readonly session: Session,
    private readonly reading: MysqlReading,
    /** Names the server and the database, where nothing is recorded yet. */
    private readonly computeId: () => Promise<string>,
  ) {}

  async ensure(): Promise<void> {
    if (await this.exists()) return;
    const id = await this.computeId();
    for (const statement of definitions) await this.session.run(statement);
    await this.session.run(`INSERT IGNORE INTO ${own("self")} VALUES (1, ${literal(id)})`);
  }

  /** Made in no transaction, it is there from then on. */
  async exists(): Promise<boolean> {
    if (this.found) return true;
    const rows = await this.session.rows(
      `SELECT 1 FROM information_schema.TABLES
         WHERE TABLE_SCHEMA = ${literal(this.session.database)} AND TABLE_NAME = ${literal(`${ownPrefix}self`)}`,
    );
    this.found = rows.length > 0;
    return this.found;
  }

  /** A server's own number changes when it fails over to its replica; what was recorded once stays. */
  async id(): Promise<string> {
    const recorded = (await this.exists()) ? await this.session.rows(selfQuery).catch(unlessForbidden) : [];
    return recorded[0]?.[0] ?? this.computeId();
  }

  async base(): Promise<Base | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(`SELECT at, primary_id, standby_id FROM ${own("base")}`);
    if (row === undefined) return undefined;
    return {
      at: `${(row[0] ?? "").replace(" ", "T")}Z`,
      primaryId: row[1] ?? "",
      standbyId: row[2] ?? "",
      tables: await this.tables(),
    };
  }

  async tables(): Promise<ReadonlyMap<TableName, BaseTable>> {
    const rows = await this.session.rows(
      `SELECT id, table_name, key_columns, columns FROM ${own("base_tables")}`,
    );
    return baseTablesOf(rows);
  }

  async recordHead(primaryId: string, standbyId: string): Promise<void> {
    await this.session.run(
      `INSERT INTO ${own("base")} VALUES (1, UTC_TIMESTAMP(3), ${literal(primaryId)}, ${literal(standbyId)})
         ON DUPLICATE KEY UPDATE at = VALUES(at)`,
    );
  }

  async recordTable(table: Table, empty = false): Promise<{ table: BaseTable; rows: number }> {
    const columns = digestColumns(table);
    const before = (await this.tables()).get(table.name);
    if (before !== undefined) {
      await this.session.run(`DELETE FROM ${baseRows} WHERE table_id = ${before.id}`);
      await this.session.run(`DELETE FROM ${own("base_tables")} WHERE id = ${before.id}`);
    }
    const id = await this.session.insert(
      `INSERT INTO ${own("base_tables")} (table_name, key_columns, columns)
         VALUES (${literal(table.name)}, ${literal(JSON.stringify(table.key))}, ${literal(JSON.stringify(columns))})`,
    );
    const base = { id: Number(id), table: table.name, keyColumns: table.key, columns };
    if (empty) return { table: base, rows: 0 };
    const infos = await this.session.columns(table);
    const { number, hash } = placeOf(table, "t", infos);
    const rows = await this.session.run(
      `INSERT INTO ${baseRows} SELECT ${base.id}, ${number}, ${hash}, ${keyTextOf(table, "t", infos)},
         ${digestOf("t", table, infos)} FROM ${relationOf(table)} t`,
    );
    return { table: base, rows };
  }

  digested(table: Table, base: BaseTable): Digested {
    const number = numberOf(table);
    const from = baseRows;
    const where = `t.table_id = ${base.id}`;
    return new MysqlDigested(this.session, () =>
      Promise.resolve({
        from: `${from} t`,
        where,
        first:
          number === undefined
            ? undefined
            : {
                value: number.unsigned ? "CAST(t.number AS UNSIGNED)" : "CAST(t.number AS SIGNED)",
                column: "t.number",
                unsigned: number.unsigned,
              },
        keys: isNumber(table) ? { columns: "t.number" } : { list: "t.key_text" },
        hash: "t.hash",
        digest: "t.digest",
        estimate: `SELECT COUNT(*) FROM ${from} t WHERE ${where}`,
      }),
    );
  }

  async changes(table: Table, base: BaseTable): Promise<{ added: number; changed: number; deleted: number }> {
    const infos = await this.session.columns(table);
    const { number, hash } = placeOf(table, "t", infos);
    const digest = digestOf("t", table, infos);
    const [row] = await this.session.rows(
      `SELECT COALESCE(SUM(b.digest IS NULL), 0), COALESCE(SUM(b.digest <> ${digest}), 0), COUNT(b.digest),
              (SELECT COUNT(*) FROM ${baseRows} WHERE table_id = ${base.id})
         FROM ${relationOf(table)} t LEFT JOIN ${baseRows} b
           ON b.table_id = ${base.id} AND b.number = ${number} AND b.hash = ${hash}`,
    );
    const [added = 0, changed = 0, matched = 0, recorded = 0] = (row ?? []).map(Number);
    const found = { added, changed, deleted: recorded - matched };
    const paired = await pairedOnStandby(this.session, table.name);
    if (paired.length === 0) return found;
    const digests = await this.reading.digests(
      table,
      paired.map((pair) => pair.key),
      "none",
    );
    countPaired(found, table.name, paired, digests);
    return found;
  }

  async shared(table: Table, base: BaseTable, keys: readonly Key[]): Promise<ReadonlySet<RowId>> {
    const found = new Set<RowId>();
    for (const batch of runsOf(keys)) {
      const rows = await this.session.rows(
        `SELECT number, key_text FROM ${baseRows} WHERE table_id = ${base.id} AND (${onBase(table, batch)})`,
      );
      for (const [number, key] of rows)
        found.add(rowId(table.name, isNumber(table) ? [number ?? ""] : readKey(key)));
    }
    return found;
  }

  hasPairs = (): Promise<boolean> => hasPairs(this.session);
  pairs = (): Promise<readonly Pair[]> => readPairs(this.session);
  pair = (pairs: readonly Pair[]): Promise<void> => addPairs(this.session, pairs);
  unpair = (table: TableName, side: Side, keys: readonly Key[], only?: "alone"): Promise<void> =>
    dropPairs(this.session, table, side, keys, only);

  async gaps(table: TableName): Promise<Spans | undefined> {
    const rows = await this.session.rows(
      `SELECT first_id, last_id FROM ${own("gaps")} WHERE table_name = ${literal(table)}
         ORDER BY 1 LIMIT ${mostGaps + 1}`,
    );
    if (rows.length === 0 || rows.length > mostGaps) return undefined;
    return { first: rows.map((row) => row[0] ?? ""), last: rows.map((row) => row[1] ?? "") };
  }

  /**
   * The ids that a table did not hold at the sync, before its first and above its last too: whatever is new came by
   * one of them. A transaction still open at the sync may commit below the highest.
   */
  async recordGaps(table: Table, base: BaseTable): Promise<void> {
    const number = numberOf(table);
    if (number === undefined || !isNumber(table)) return;
    const [lowest, highest] = number.unsigned
      ? ["0", "18446744073709551615"]
      : ["-9223372036854775808", "9223372036854775807"];
    const rows = `${baseRows} WHERE table_id = ${base.id}`;
    await this.session.run(`DELETE FROM ${own("gaps")} WHERE table_name = ${literal(table.name)}`);
    await this.session.run(
      `INSERT IGNORE INTO ${own("gaps")} SELECT ${literal(table.name)}, first, last FROM (
         SELECT COALESCE(LAG(number) OVER (ORDER BY number) + 1, ${lowest}) AS first, number - 1 AS last FROM ${rows}
         UNION ALL SELECT COALESCE(MAX(number) + 1, ${lowest}), ${highest} FROM ${rows}) g WHERE first <= last`,
    );
  }

  async settle(table: Table, base: BaseTable, settled: readonly Settled[]): Promise<void> {
    const gone = settled.filter((row) => row.digest === undefined);
    for (const batch of runsOf(gone))
      await this.session.run(
        `DELETE FROM ${baseRows} WHERE table_id = ${base.id} AND (${onBase(
          table,
          batch.map((row) => row.key),
        )})`,
      );
    const shared = settled.flatMap(({ key, digest }) =>
      digest === undefined
        ? []
        : [
            `(${base.id}, ${placeOfKey(table, key).join(", ")}, ` +
              `${isNumber(table) ? "NULL" : literal(JSON.stringify(key))}, ${digest})`,
          ],
    );
    for (const values of statements(shared))
      await this.session.run(
        `INSERT INTO ${baseRows} VALUES ${values} ON DUPLICATE KEY UPDATE digest = VALUES(digest)`,
      );
  }

  async writeRun(sourceId: string, settled: readonly Settled[]): Promise<string> {
    const run = await this.session.insert(
      `INSERT INTO ${own("runs")} (at, source_id) VALUES (UTC_TIMESTAMP(3), ${literal(sourceId)})`,
    );
    for (const values of statements(settled.map((row) => `(${run}, ${ledgerRow(row)})`)))
      await this.session.run(`INSERT INTO ${own("ledger")} (run, ${ledgerColumns}) VALUES ${values}`);
    return run;
  }

  async runsAfter(run: string): Promise<readonly { run: string; sourceId: string }[]> {
    const rows = await this.session.rows(
      `SELECT run, source_id FROM ${own("runs")} WHERE run > ${BigInt(run)} ORDER BY run`,
    );
    return rows.map(([one, sourceId]) => ({ run: one ?? "", sourceId: sourceId ?? "" }));
  }

  async rowsOfRun(run: string): Promise<readonly Settled[]> {
    const rows = await this.session.rows(
      `SELECT ${ledgerColumns} FROM ${own("ledger")} WHERE run = ${BigInt(run)} ORDER BY entry`,
    );
    return rows.map(settledOf);
  }

  async followed(ledgerId: string): Promise<string> {
    const [row] = await this.session.rows(
      `SELECT run FROM ${own("followed")} WHERE ledger_id = ${literal(ledgerId)}`,
    );
    return row?.[0] ?? "0";
  }

  async recordFollowed(ledgerId: string, run: string): Promise<void> {
    await this.session.run(
      `INSERT INTO ${own("followed")} VALUES (${literal(ledgerId)}, ${BigInt(run)})
         ON DUPLICATE KEY UPDATE run = VALUES(run)`,
    );
  }

  async seeds(): Promise<ReadonlyMap<string, RecordedSeed>> {
    if (!(await this.exists())) return new Map();
    const rows = await this.session.rows(`SELECT generator, highest, seed FROM ${own("identities")}`);
    return seedsOf(rows);
  }

  async recordSeed(generator: string, seed: RecordedSeed): Promise<void> {
    await this.session.run(
      `INSERT INTO ${own("identities")} VALUES (${literal(generator)}, ${seed.highest}, ${seed.seed}, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE highest = VALUES(highest), seed = VALUES(seed), at = VALUES(at)`,
    );
  }

  /** Beside the policy, in a row of its own: making a table would end the transaction. */
  async treatment(): Promise<string | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(`SELECT policy FROM ${own("policy")} WHERE one = 2`);
    return row?.[0] ?? undefined;
  }

  async recordTreatment(treatment: string): Promise<void> {
    await this.session.run(
      `INSERT INTO ${own("policy")} VALUES (2, ${literal(treatment)}, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE policy = VALUES(policy), at = VALUES(at)`,
    );
  }

  async policy(): Promise<OffsetPolicy | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(`SELECT policy FROM ${own("policy")} WHERE one = 1`);
    return row === undefined ? undefined : offsetPolicy.parse(JSON.parse(row[0] ?? "null"));
  }

  async recordPolicy(policy: OffsetPolicy): Promise<void> {
    await this.ensure();
    await this.session.run(
      `INSERT INTO ${own("policy")} VALUES (1, ${literal(JSON.stringify(policy))}, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE policy = VALUES(policy), at = VALUES(at)`,
    );
  }
}
