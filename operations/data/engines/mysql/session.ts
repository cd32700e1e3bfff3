import type { Connection, QueryOptions, TypeCastField } from "mysql2";
import { z } from "zod";
import { tlsOptions, type MysqlConnection } from "../../../connection";
import { Fault, outside, refusal } from "../../../fault";
import type { Table } from "../../model";
import type { TextRow } from "../../port";
import { answering, blame, blamed } from "../blame";
import type { ColumnInfo } from "./columns";
import { literal, name } from "./sql";

export type Flavour = "mysql" | "mariadb";

/**
 * Whatever changes how a value prints or is read, pinned, so that digests made on two servers can be compared. Dates
 * that are none are let through as they are; nothing else is bent to fit. The decisions are made for read committed. The
 * time a statement may wait for a lock is bounded, since the other side is a live shop; that a connection may wait is
 * not, since it does while the other side works.
 */
const pinned = [
  "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
  `SET SESSION time_zone = '+00:00', autocommit = 1, foreign_key_checks = 1, unique_checks = 1, sql_safe_updates = 0,
    sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION',
    sql_select_limit = DEFAULT, lock_wait_timeout = 15, innodb_lock_wait_timeout = 15, wait_timeout = 2073600,
    net_read_timeout = 3600, net_write_timeout = 3600, div_precision_increment = 4`,
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
];
const pinnedBy: Readonly<Record<Flavour, string>> = {
  // MySQL keeps the next id of a table for a day otherwise, as statistics.
  mysql:
    "SET SESSION information_schema_stats_expiry = 0, max_execution_time = 0, range_optimizer_max_mem_size = 0",
  // MariaDB turns long lists of keys into a table of their own otherwise, and then reads all rows.
  mariadb: "SET SESSION max_statement_time = 0, in_predicate_conversion_threshold = 0",
};

const networkCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; check host, port and firewall",
  ENOTFOUND: "the host name is not known; check its spelling",
  EAI_AGAIN: "the host name could not be looked up; check the network",
  ETIMEDOUT: "no answer, or none that MySQL would give; check the port, the network and the firewall",
  EHOSTUNREACH: "the host cannot be reached; check the network",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  PROTOCOL_CONNECTION_LOST: "the connection was cut",
};

/** Errors of the server, by MySQL's numbers, which MariaDB shares for these. */
const serverCodes: Readonly<Record<number, string>> = {
  1021: "the server's disk is full; free some of it",
  1040: "the server has no connection left",
  1044: "the user has no right to this database, or there is none of that name; grant it, or check the name",
  1045: "the password is wrong for this user, or it may not come from this host; check both, and ssl-mode",
  1049: "there is no such database on the server; check its name",
  1114: "a table is full, or the server's disk; free some of it",
  1129: "the server blocks this host after too many failed connections; run FLUSH HOSTS there",
  1205: "somebody held a row or a table for too long; look for long transactions, then run again",
  1290: "the server is set to be read-only; is it a replica?",
  1785:
    "it takes no rows of a table without transactions beside others (enforce_gtid_consistency); give such tables " +
    "ENGINE=InnoDB on both sides, or leave them out (tables.exclude in standby.tables.yaml)",
  1836: "the server is set to be read-only; is it a replica?",
  3159: "the server demands TLS; add ssl-mode=REQUIRED to the URL",
};
export const missingRight: ReadonlySet<number> = new Set([1142, 1143, 1227, 1370, 1410]);

const shape = z.object({
  code: z.string().catch(""),
  errno: z.number().catch(0),
  message: z.string().catch(""),
  sqlState: z.string().catch(""),
  sqlMessage: z.string().optional().catch(undefined),
  errors: z.array(z.object({ code: z.string().catch("") })).catch([]),
});

export interface ServerError {
  readonly code: string;
  readonly errno: number;
  readonly message: string;
  /** Whether the server itself said so. */
  readonly fromServer: boolean;
}

/** A failure's code, number and text; what is thrown is not always an Error of this realm. */
export function readError(error: unknown): ServerError {
  const { code, errno, message, sqlMessage, errors } = shape
    .catch({ code: "", errno: 0, message: "", sqlState: "", sqlMessage: undefined, errors: [] })
    .parse(error);
  return {
    code: errors[0]?.code ?? code,
    errno,
    message: sqlMessage ?? message,
    fromServer: sqlMessage !== undefined,
  };
}

/** Turns what the driver throws into a message with host, port and advice; defects of ours pass through as they are. */
export function explain(error: unknown, asked: string): unknown {
  if (error instanceof Fault) return error;
  const label = blamed(error, asked);
  const { code, errno, message, fromServer } = readError(error);
  const cut = /closed state/i.test(message) ? "the connection was cut" : undefined;
  const known = networkCodes[code] ?? serverCodes[errno] ?? cut;
  if (known !== undefined) return outside(`${label}: ${known}; safe to run again`, { cause: error });
  if (missingRight.has(errno))
    return outside(`${label}: the user lacks a right (${message}); grant it; safe to run again`, {
      cause: error,
    });
  if (fromServer) return outside(`${label}: ${message} (error ${errno})`, { cause: error });
  const ofConnection = /certificate|SSL|TLS|secure connection|timeout|handshake/i.test(message);
  if (ofConnection || /^(?:HANDSHAKE|PROTOCOL|E[A-Z]+$)/.test(code))
    return outside(`${label}: ${message}; check the network, and ssl-mode; safe to run again`, {
      cause: error,
    });
  return error;
}

// Loaded where there is such a database, which most have none of.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const mysql2 = () => require("mysql2") as typeof import("mysql2");

/** Milliseconds that a server gets to answer, unless the caller is in a hurry. */
const patience = 15_000;

/** Everything is asked for as text: numbers, dates, and bytes as hexadecimal digits. */
const asText = (field: TypeCastField): string | null => field.buffer()?.toString("utf8") ?? null;

const isRows = (result: unknown): result is readonly TextRow[] => Array.isArray(result);
const header = z.object({ affectedRows: z.number(), insertId: z.union([z.number(), z.string()]) });

/** One connection, on which every value comes and goes as text. */
export class Session {
  private catalogue: ReadonlyMap<string, ReadonlyMap<string, ColumnInfo>> | undefined;
  private indexes: ReadonlyMap<string, string> | undefined;

  private constructor(
    private readonly driver: Connection,
    readonly label: string,
    readonly database: string,
    readonly flavour: Flavour,
    /** As the server tells it, such as `8.0.40` or `10.11.6`. */
    readonly version: string,
  ) {}

  /** Connects with pinned settings. Fault with exit 3 naming host and port when the server cannot be reached. */
  static async open(connection: MysqlConnection, purpose: string, milliseconds = patience): Promise<Session> {
    const driver = await connect(connection, purpose, milliseconds);
    try {
      const found = await queryRows(driver, "SELECT VERSION()");
      const text = found[0]?.[0] ?? "";
      const flavour: Flavour = /mariadb/i.test(text) ? "mariadb" : "mysql";
      const version = /^\d+\.\d+(?:\.\d+)?/.exec(text.replace(/^5\.5\.5-/, ""))?.[0] ?? text;
      refuseOld(connection.label, flavour, version);
      for (const sql of [...pinned, pinnedBy[flavour]]) await query(driver, sql);
      return new Session(driver, connection.label, connection.database, flavour, version);
    } catch (error) {
      driver.destroy();
      throw error;
    }
  }

  rows(sql: string): Promise<readonly TextRow[]> {
    return answering(this.label, () => queryRows(this.driver, sql));
  }

  /** Returns the number of rows the statement found, changed or not. */
  async run(sql: string): Promise<number> {
    const result = header.safeParse(await answering(this.label, () => query(this.driver, sql)));
    return result.success ? result.data.affectedRows : 0;
  }

  /** Returns the id that the inserted row was given. */
  async insert(sql: string): Promise<string> {
    const result = await answering(this.label, () => query(this.driver, sql));
    return String(header.parse(result).insertId);
  }

  /** Reads a result in runs of rows, so that memory does not grow with it. */
  async *stream(sql: string): AsyncGenerator<readonly TextRow[]> {
    let held: TextRow[] = [];
    for await (const row of this.streamRows(sql)) {
      held.push(row);
      if (held.length < 1000) continue;
      yield held;
      held = [];
    }
    if (held.length > 0) yield held;
  }

  streamRows(sql: string): AsyncIterable<TextRow> {
    // The driver tells nobody that a stream of a closed connection has no rows to come.
    if (lost.has(this.driver)) {
      const error = Object.assign(new Error("the connection was cut"), { code: "PROTOCOL_CONNECTION_LOST" });
      blame(error, this.label);
      throw error;
    }
    const stream = this.driver.query(options(sql)).stream({ highWaterMark: 1000 });
    stream.on("error", (error) => blame(error, this.label));
    // Nor does it tell a stream in whose middle the connection is cut.
    const cut = (error: Error): unknown => stream.destroy(error);
    this.driver.once("error", cut);
    stream.once("close", () => this.driver.off("error", cut));
    return stream;
  }

  /** The columns of a table of this database, by name. */
  async columns(table: Pick<Table, "relation">): Promise<ReadonlyMap<string, ColumnInfo>> {
    this.catalogue ??= await this.readCatalogue();
    const found = this.catalogue.get(table.relation);
    if (found === undefined) throw new Error(`there is no table ${table.relation}`);
    return found;
  }

  /** The unique index behind a table's key, quoted: whoever reads rows to lock them must touch no others. */
  async keyIndex(table: Pick<Table, "relation" | "key">): Promise<string> {
    this.indexes ??= await this.readIndexes();
    const found = this.indexes.get(JSON.stringify([table.relation, ...table.key]));
    if (found === undefined) throw new Error(`${table.relation} has no index on (${table.key.join(", ")})`);
    return name(found);
  }

  /** What was read of tables may have changed. */
  forgetTables(): void {
    this.catalogue = undefined;
    this.indexes = undefined;
  }

  /** Unique indexes by table and columns; the primary key goes before others of the same columns. */
  private async readIndexes(): Promise<ReadonlyMap<string, string>> {
    const columns = new Map<string, { index: string; path: string[] }>();
    const rows = await this.rows(
      `SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS
         WHERE TABLE_SCHEMA = ${literal(this.database)} AND NON_UNIQUE = 0
         ORDER BY TABLE_NAME, INDEX_NAME = 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`,
    );
    for (const [table, index, column] of rows) {
      const id = JSON.stringify([table, index]);
      const found = columns.get(id) ?? { index: index ?? "", path: [table ?? ""] };
      found.path.push(column ?? "");
      columns.set(id, found);
    }
    return new Map([...columns.values()].map(({ index, path }) => [JSON.stringify(path), index]));
  }

  private async readCatalogue(): Promise<ReadonlyMap<string, ReadonlyMap<string, ColumnInfo>>> {
    const tables = new Map<string, Map<string, ColumnInfo>>();
    const rows = await this.rows(
      `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, GENERATION_EXPRESSION,
              EXTRA
         FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${literal(this.database)}`,
    );
    for (const [table, column, dataType, declared, charset, collation, expression, extra] of rows) {
      const columns = tables.get(table ?? "") ?? new Map<string, ColumnInfo>();
      tables.set(
        table ?? "",
        columns.set(column ?? "", {
          name: column ?? "",
          dataType: (dataType ?? "").toLowerCase(),
          declared: declared ?? "",
          charset: charset ?? undefined,
          collation: collation ?? undefined,
          // MySQL prints it with its quotes escaped.
          expression:
            expression === null || expression === "" ? undefined : expression?.replaceAll("\\'", "'"),
          followsClock: /on update/i.test(extra ?? ""),
        }),
      );
    }
    return tables;
  }

  /**
   * Ends in good order, or at once where the connection is gone. What the session holds is let go of first: the server
   * does that by itself only some time after the connection has ended, and whoever comes next would be turned away.
   */
  close(): Promise<void> {
    if (lost.has(this.driver)) {
      this.driver.destroy();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const patience = setTimeout(() => {
        this.driver.destroy();
        resolve();
      }, 2000);
      const whatever = (): undefined => undefined;
      this.driver.query("ROLLBACK", whatever);
      this.driver.query("DO RELEASE_ALL_LOCKS()", whatever);
      this.driver.end(() => {
        clearTimeout(patience);
        this.driver.destroy();
        resolve();
      });
    });
  }
}

/** Window functions, expressions in indexes, ids that a restart does not lower, JSON of either kind: since these. */
const oldest: Readonly<Record<Flavour, readonly number[]>> = { mysql: [8, 0, 13], mariadb: [10, 6] };
const names: Readonly<Record<Flavour, string>> = { mysql: "MySQL", mariadb: "MariaDB" };
export const shownServer = (session: Session): string => `${names[session.flavour]} ${session.version}`;

/** @throws Fault (1) for a server that is too old */
export function refuseOld(label: string, flavour: Flavour, version: string): void {
  const parts = version.split(".").map(Number);
  for (const [at, least] of oldest[flavour].entries()) {
    const part = parts[at] ?? 0;
    if (part > least) return;
    if (part === least) continue;
    throw refusal(
      `${label}: ${names[flavour]} ${version} is too old; this needs MySQL 8.0.13 or MariaDB 10.6: ` +
        "ask the host for a newer server",
    );
  }
}

/** Connections that are gone: nobody answers a farewell there. */
const lost = new WeakSet<Connection>();

const options = (sql: string): QueryOptions => ({ sql, rowsAsArray: true, typeCast: asText });

const query = (driver: Connection, sql: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    driver.query(options(sql), (error, result) => {
      if (error === null) {
        resolve(result);
        return;
      }
      if (error.fatal) lost.add(driver);
      reject(error);
    });
  });

async function queryRows(driver: Connection, sql: string): Promise<readonly TextRow[]> {
  const result = await query(driver, sql);
  return isRows(result) ? result : [];
}

async function connect(
  connection: MysqlConnection,
  purpose: string,
  milliseconds: number,
): Promise<Connection> {
  const tls = tlsOptions(connection);
  try {
    return await dial(connection, purpose, tls, milliseconds);
  } catch (error) {
    const clear = connection.sslMode === "prefer" && readError(error).code === "HANDSHAKE_NO_SSL_SUPPORT";
    if (!clear) throw explain(error, connection.label);
  }
  try {
    return await dial(connection, purpose, false, milliseconds);
  } catch (error) {
    throw explain(error, connection.label);
  }
}

function dial(
  connection: MysqlConnection,
  purpose: string,
  tls: ReturnType<typeof tlsOptions>,
  milliseconds: number,
): Promise<Connection> {
  const driver = mysql2().createConnection({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    ...(connection.password === undefined ? {} : { password: connection.password }),
    ...(tls === false
      ? {}
      : {
          ssl: {
            ...(typeof tls.ca === "string" ? { ca: tls.ca } : {}),
            rejectUnauthorized: tls.rejectUnauthorized !== false,
            verifyIdentity: connection.sslMode === "verify-full",
          },
        }),
    charset: "utf8mb4",
    connectTimeout: milliseconds,
    connectAttributes: { program_name: `standby ${purpose}` },
  });
  // A connection lost between two statements is reported by the next one.
  driver.on("error", () => lost.add(driver));
  return new Promise((resolve, reject) => {
    driver.connect((error) => {
      if (error === null) {
        resolve(driver);
        return;
      }
      driver.destroy();
      reject(error);
    });
  });
}
