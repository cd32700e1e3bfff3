/**
 * What the tool itself keeps, in the schema `warm_standby`: on the standby the base, the identities' seeds and the
 * offset policy; on whichever side rows were brought to, the ledger of what was brought.
 */
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
import type { Base, BaseTable, Digested, RecordedSeed, Spans, Store, TextRow } from "../../port";
import type { Pair, Settled, Side } from "../../settled";
import { baseTablesOf, countPaired, readKey, seedsOf, settledOf } from "../recorded";
import { digestOf, isWholeNumber, keyHash, keyHashOf, keyListOf } from "./columns";
import { SqlServerDigested } from "./digested";
import { missingRight, readError } from "./faults";
import { relationOf, runsOf } from "./keys";
import { definitions, own, ownSchema } from "./own";
import { addPairs, dropPairs, hasPairs, ledgerColumns, ledgerRow, pairedOnStandby, readPairs } from "./pairs";
import type { SqlServerReading } from "./reading";
import type { Session } from "./session";
import { literal, name, statements } from "./sql";

const noHash = `0x${"00".repeat(16)}`;
const [lowest, highest] = ["-9223372036854775808", "9223372036854775807"];
/** Beyond this many gaps, reading the whole table is as quick. */
const mostGaps = 20_000;
const number = (value: string): string => `CONVERT(varchar(40), ${value})`;

/** The first column of the key where it is a whole number. */
const numberOf = (table: Table): string | undefined => {
  const [column] = table.key;
  return column !== undefined && isWholeNumber(findColumn(table, column)) ? column : undefined;
};
const isNumber = (table: Table): boolean => table.key.length === 1 && numberOf(table) !== undefined;

const selfQuery = `SELECT id FROM ${own("self")}`;
/** Whoever may not read it is told so, with all else that is missing, when the tables are known. */
function unlessForbidden(error: unknown): readonly TextRow[] {
  if (missingRight.has(readError(error).number)) return [];
  throw error;
}

export class SqlServerStore implements Store {
  readonly place = `schema ${ownSchema}`;

  constructor(
    private readonly session: Session,
    private readonly reading: SqlServerReading,
    /** Names the server and the database, where nothing is recorded yet. */
    private readonly computeId: () => Promise<string>,
  ) {}

  async ensure(): Promise<void> {
    if (await this.exists()) return;
    const id = await this.computeId();
    for (const statement of definitions) await this.session.exec(statement);
    await this.upsert("self", "one", "1", { id: literal(id) }, []);
  }

  async exists(): Promise<boolean> {
    const [row] = await this.session.rows(
      `SELECT CASE WHEN OBJECT_ID(N'${own("self")}', N'U') IS NULL THEN '0' ELSE '1' END`,
    );
    return row?.[0] === "1";
  }

  /** A server's name changes when it fails over to its replica; what was recorded once stays. */
  async id(): Promise<string> {
    const recorded = (await this.exists()) ? await this.session.rows(selfQuery).catch(unlessForbidden) : [];
    return recorded[0]?.[0] ?? this.computeId();
  }

  /** In two statements, of which no other run can come between: one of them works on a database at a time. */
  private async upsert(
    table: string,
    key: string,
    value: string,
    columns: Readonly<Record<string, string>>,
    updated: readonly string[],
  ): Promise<void> {
    const names = Object.keys(columns);
    const sets = updated.map((column) => `${column} = ${columns[column] ?? "NULL"}`).join(", ");
    const found =
      updated.length === 0
        ? (await this.session.rows(`SELECT '1' FROM ${own(table)} WHERE ${key} = ${value}`)).length
        : await this.session.run(`UPDATE ${own(table)} SET ${sets} WHERE ${key} = ${value}`);
    if (found === 0)
      await this.session.exec(
        `INSERT INTO ${own(table)} (${[key, ...names].join(", ")}) VALUES (${[value, ...Object.values(columns)].join(", ")})`,
      );
  }

  async base(): Promise<Base | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(
      `SELECT CONVERT(varchar(27), b.at, 126), b.primary_id, b.standby_id FROM ${own("base")} b`,
    );
    if (row === undefined) return undefined;
    return {
      at: `${row[0] ?? ""}Z`,
      primaryId: row[1] ?? "",
      standbyId: row[2] ?? "",
      tables: await this.tables(),
    };
  }

  async tables(): Promise<ReadonlyMap<TableName, BaseTable>> {
    const rows = await this.session.rows(
      `SELECT ${number("b.id")}, b.table_name, b.key_columns, b.columns FROM ${own("base_tables")} b`,
    );
    return baseTablesOf(rows);
  }

  async recordHead(primaryId: string, standbyId: string): Promise<void> {
    const columns = {
      at: "SYSUTCDATETIME()",
      primary_id: literal(primaryId),
      standby_id: literal(standbyId),
    };
    await this.upsert("base", "one", "1", columns, ["at"]);
  }

  /** Inserts one row, and returns the id it was given. */
  private async inserted(statement: string): Promise<string> {
    const rows = await this.session.rows(`${statement};\nSELECT CONVERT(varchar(20), SCOPE_IDENTITY())`);
    return rows.at(-1)?.[0] ?? "";
  }

  async recordTable(table: Table, empty = false): Promise<{ table: BaseTable; rows: number }> {
    const columns = digestColumns(table);
    const before = (await this.tables()).get(table.name);
    if (before !== undefined) {
      await this.session.exec(`DELETE FROM ${own("base_rows")} WHERE table_id = ${before.id}`);
      await this.session.exec(`DELETE FROM ${own("base_tables")} WHERE id = ${before.id}`);
    }
    const id = await this.inserted(
      `INSERT INTO ${own("base_tables")} (table_name, key_columns, columns)
         VALUES (${literal(table.name)}, ${literal(JSON.stringify(table.key))}, ${literal(JSON.stringify(columns))})`,
    );
    const base = { id: Number(id), table: table.name, keyColumns: table.key, columns };
    if (empty) return { table: base, rows: 0 };
    const infos = await this.session.columns(table);
    const { number: key, hash } = await this.keyed(table, "t");
    const rows = await this.session.run(
      `INSERT INTO ${own("base_rows")} (table_id, number, hash, key_text, digest) SELECT ${base.id}, ${key}, ${hash},
         ${isNumber(table) ? "NULL" : keyListOf("t", table, infos)}, ${digestOf("t", table, infos)}
         FROM ${relationOf(table)} t`,
    );
    return { table: base, rows };
  }

  /** How a row of a table is found in the base. */
  private async keyed(table: Table, alias: string): Promise<{ number: string; hash: string }> {
    const first = numberOf(table);
    return {
      number: first === undefined ? "0" : `${alias}.${name(first)}`,
      hash: isNumber(table) ? noHash : keyHashOf(alias, table, await this.session.columns(table)),
    };
  }

  digested(table: Table, base: BaseTable): Digested {
    const from = `${own("base_rows")} t`;
    const where = `t.table_id = ${base.id}`;
    return new SqlServerDigested(this.session, () =>
      Promise.resolve({
        from,
        where,
        first: numberOf(table) === undefined ? undefined : { column: "t.number", type: "bigint" },
        keys: isNumber(table) ? { columns: number("t.number") } : { list: "t.key_text" },
        hash: "t.hash",
        digest: "t.digest",
        estimate: `SELECT ${number("COUNT_BIG(*)")} FROM ${from} WHERE ${where}`,
      }),
    );
  }

  async changes(table: Table, base: BaseTable): Promise<{ added: number; changed: number; deleted: number }> {
    const { number: key, hash } = await this.keyed(table, "t");
    const digest = digestOf("t", table, await this.session.columns(table));
    const sum = (condition: string): string =>
      number(`COALESCE(SUM(CONVERT(bigint, CASE WHEN ${condition} THEN 1 ELSE 0 END)), 0)`);
    const [row] = await this.session.rows(
      `SELECT ${sum("d.recorded IS NULL")}, ${sum("d.recorded <> d.digest")}, ${number("COUNT_BIG(d.recorded)")},
              (SELECT ${number("COUNT_BIG(*)")} FROM ${own("base_rows")} r WHERE r.table_id = ${base.id})
         FROM (SELECT b.digest AS recorded, ${digest} AS digest FROM ${relationOf(table)} t
           LEFT JOIN ${own("base_rows")} b ON b.table_id = ${base.id} AND b.number = ${key} AND b.hash = ${hash}) d`,
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
        `SELECT ${number("b.number")}, b.key_text FROM ${own("base_rows")} b JOIN ${places(table, batch)}
           ON b.number = v.number AND b.hash = v.hash WHERE b.table_id = ${base.id}`,
      );
      for (const [value, key] of rows)
        found.add(rowId(table.name, isNumber(table) ? [value ?? ""] : readKey(key)));
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
      `SELECT TOP (${mostGaps + 1}) ${number("g.first_id")}, ${number("g.last_id")} FROM ${own("gaps")} g
         WHERE g.table_name = ${literal(table)} ORDER BY g.first_id`,
    );
    if (rows.length === 0 || rows.length > mostGaps) return undefined;
    return { first: rows.map((row) => row[0] ?? ""), last: rows.map((row) => row[1] ?? "") };
  }

  /**
   * The ids that a table did not hold at the sync, before its first and above its last too: whatever is new came by
   * one of them. A transaction still open at the sync may commit below the highest.
   */
  async recordGaps(table: Table, base: BaseTable): Promise<void> {
    if (!isNumber(table)) return;
    const value = "CONVERT(decimal(20, 0), b.number)";
    const rows = `${own("base_rows")} b WHERE b.table_id = ${base.id}`;
    await this.session.exec(`DELETE FROM ${own("gaps")} WHERE table_name = ${literal(table.name)}`);
    await this.session.exec(
      `INSERT INTO ${own("gaps")} (table_name, first_id, last_id) SELECT ${literal(table.name)}, g.first_id, g.last_id
         FROM (SELECT COALESCE(LAG(${value}) OVER (ORDER BY b.number) + 1, ${lowest}) AS first_id, ${value} - 1 AS last_id
                 FROM ${rows}
               UNION ALL SELECT COALESCE(MAX(${value}) + 1, ${lowest}), ${highest} FROM ${rows}) g
         WHERE g.first_id <= g.last_id`,
    );
  }

  async settle(table: Table, base: BaseTable, settled: readonly Settled[]): Promise<void> {
    // The last word about a row counts, as it would if they came one by one.
    const last = [...new Map(settled.map((row) => [JSON.stringify(row.key), row])).values()];
    for (const batch of runsOf(last))
      await this.session.exec(
        `DELETE b FROM ${own("base_rows")} b JOIN ${places(
          table,
          batch.map((row) => row.key),
        )} ON b.number = v.number AND b.hash = v.hash WHERE b.table_id = ${base.id}`,
      );
    const shared = last.flatMap(({ key, digest }) =>
      digest === undefined
        ? []
        : [
            `(${base.id}, ${placeOf(table, key).join(", ")}, ` +
              `${isNumber(table) ? "NULL" : literal(JSON.stringify(key))}, ${digest})`,
          ],
    );
    for (const values of statements(shared))
      await this.session.exec(
        `INSERT INTO ${own("base_rows")} (table_id, number, hash, key_text, digest) VALUES ${values}`,
      );
  }

  async writeRun(sourceId: string, settled: readonly Settled[]): Promise<string> {
    const run = await this.inserted(
      `INSERT INTO ${own("runs")} (at, source_id) VALUES (SYSUTCDATETIME(), ${literal(sourceId)})`,
    );
    for (const values of statements(settled.map((row) => `(${run}, ${ledgerRow(row)})`)))
      await this.session.exec(`INSERT INTO ${own("ledger")} (run, ${ledgerColumns}) VALUES ${values}`);
    return run;
  }

  async runsAfter(run: string): Promise<readonly { run: string; sourceId: string }[]> {
    const rows = await this.session.rows(
      `SELECT ${number("r.run")}, r.source_id FROM ${own("runs")} r WHERE r.run > ${BigInt(run)} ORDER BY r.run`,
    );
    return rows.map(([one, sourceId]) => ({ run: one ?? "", sourceId: sourceId ?? "" }));
  }

  async rowsOfRun(run: string): Promise<readonly Settled[]> {
    const rows = await this.session.rows(
      `SELECT l.table_name, l.row_key, ${number("l.digest")}, l.source_key, ${number("l.source_digest")}, l.relation,
              l.straggler
         FROM ${own("ledger")} l WHERE l.run = ${BigInt(run)} ORDER BY l.entry`,
    );
    return rows.map(settledOf);
  }

  async followed(ledgerId: string): Promise<string> {
    const [row] = await this.session.rows(
      `SELECT ${number("f.run")} FROM ${own("followed")} f WHERE f.ledger_id = ${literal(ledgerId)}`,
    );
    return row?.[0] ?? "0";
  }

  async recordFollowed(ledgerId: string, run: string): Promise<void> {
    await this.upsert("followed", "ledger_id", literal(ledgerId), { run: String(BigInt(run)) }, ["run"]);
  }

  async seeds(): Promise<ReadonlyMap<string, RecordedSeed>> {
    if (!(await this.exists())) return new Map();
    const rows = await this.session.rows(
      `SELECT i.generator, ${number("i.highest")}, ${number("i.seed")} FROM ${own("identities")} i`,
    );
    return seedsOf(rows);
  }

  async recordSeed(generator: string, seed: RecordedSeed): Promise<void> {
    const columns = { highest: String(seed.highest), seed: String(seed.seed), at: "SYSUTCDATETIME()" };
    await this.upsert("identities", "generator", literal(generator), columns, ["highest", "seed", "at"]);
  }

  /** Beside the policy, in a row of its own: a table more would keep whoever looks for it waiting. */
  async treatment(): Promise<string | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(`SELECT p.policy FROM ${own("policy")} p WHERE p.one = 2`);
    return row?.[0] ?? undefined;
  }

  async recordTreatment(treatment: string): Promise<void> {
    const columns = { policy: literal(treatment), at: "SYSUTCDATETIME()" };
    await this.upsert("policy", "one", "2", columns, ["policy", "at"]);
  }

  async policy(): Promise<OffsetPolicy | undefined> {
    if (!(await this.exists())) return undefined;
    const [row] = await this.session.rows(`SELECT p.policy FROM ${own("policy")} p WHERE p.one = 1`);
    return row === undefined ? undefined : offsetPolicy.parse(JSON.parse(row[0] ?? "null"));
  }

  async recordPolicy(policy: OffsetPolicy): Promise<void> {
    await this.ensure();
    const columns = { policy: literal(JSON.stringify(policy)), at: "SYSUTCDATETIME()" };
    await this.upsert("policy", "one", "1", columns, ["policy", "at"]);
  }
}

/** A key's number and hash in the base. */
function placeOf(table: Table, key: Key): readonly [string, string] {
  const value = numberOf(table) === undefined ? 0n : BigInt(key[0] ?? 0);
  return [String(value), isNumber(table) ? noHash : `0x${keyHash(key)}`];
}

/** The places of keys, as something to join. */
const places = (table: Table, keys: readonly Key[]): string =>
  `(SELECT CONVERT(bigint, p.number) AS number, p.hash
      FROM (VALUES ${keys.map((key) => `(${placeOf(table, key).join(", ")})`).join(", ")}) p(number, hash)) v`;
