import { Client, DatabaseError, type CustomTypesConfig, type QueryArrayResult, type Submittable } from "pg";
import Cursor from "pg-cursor";
import { z } from "zod";
import { tlsOptions, type PostgresConnection } from "../../../connection";
import { outside, Fault } from "../../../fault";
import type { TextRow } from "../../port";
import { answering, blame, blamed } from "../blame";

/**
 * Whatever changes how a value prints or is read, pinned, so that digests made on two servers can be compared.
 * Row-level security fails loudly instead of hiding rows, which would then look deleted. The decisions are made for
 * read committed. The time a statement may wait for a lock is bounded: the other side is a live shop.
 */
const pinned = `
  SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1;
  SET bytea_output = 'hex'; SET xmloption = 'content'; SET client_encoding = 'UTF8'; SET lc_monetary = 'C';
  SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '15s';
  SET standard_conforming_strings = on; SET array_nulls = on; SET quote_all_identifiers = off; SET row_security = off;
  SET default_transaction_isolation = 'read committed'`;

/**
 * What only later versions have. A session waits while the other side works; and it ends with the run, whose locks it has:
 * a server that is at work looks whether anybody is still there (from 14 on, and not on every system).
 */
const later = `
  SELECT set_config(name, value, false)
    FROM (VALUES ('idle_session_timeout', '0'), ('transaction_timeout', '0'), ('client_connection_check_interval', '1s')) s(name, value)
    WHERE current_setting(name, true) IS NOT NULL AND (value = '0' OR version() LIKE '%linux%')`;

const asText: CustomTypesConfig = { getTypeParser: () => (value: string) => value };

const networkCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; check host, port and firewall",
  ENOTFOUND: "the host name is not known; check its spelling",
  EAI_AGAIN: "the host name could not be looked up; check the network",
  ETIMEDOUT: "no answer; check the network and the firewall",
  EHOSTUNREACH: "the host cannot be reached; check the network",
  ECONNRESET: "the connection was cut",
};

const serverCodes: Readonly<Record<string, string>> = {
  "28P01": "the password is wrong for this user, or there is no such user; check both",
  "28000": "the server does not let this user in; check the user, and sslmode",
  "3D000": "there is no such database on the server; check its name",
  "25006": "the database is read-only; is it a replica, or is default_transaction_read_only set?",
  "53100": "the server's disk is full; free some of it",
  "53300": "the server has no connection left",
  "57P01": "the connection was cut: somebody ended the session, or the server is shut down",
  "57P03": "the server is starting up or shutting down",
  "42501": "the user lacks a right, or row-level security would hide rows from it",
};

const shape = z.object({
  code: z.string().catch(""),
  message: z.string().catch(""),
  // Several addresses were tried: the first failure speaks for all.
  errors: z.array(z.object({ code: z.string().catch("") })).catch([]),
});

/** A failure's code and text; what is thrown is not always an Error of this realm. */
function readError(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message, errors } = shape.catch({ code: "", message: "", errors: [] }).parse(error);
  return { code: errors[0]?.code ?? code, message };
}

/** Turns what the driver throws into a message with host, port and advice; defects of ours pass through as they are. */
export function explain(error: unknown, asked: string): unknown {
  if (error instanceof Fault) return error;
  const label = blamed(error, asked);
  const { code, message } = readError(error);
  // What the driver says of a connection that is gone.
  const cut = /not queryable|terminated unexpectedly/i.test(message) ? "the connection was cut" : undefined;
  const known = networkCodes[code] ?? serverCodes[code] ?? cut;
  if (known !== undefined) {
    const detail = error instanceof DatabaseError && code === "42501" ? ` (${error.message})` : "";
    return outside(`${label}: ${known}${detail}; safe to run again`, { cause: error });
  }
  // Whoever greets first, as MySQL does, is taken for a server that talks out of turn.
  if (/message from backend|invalid response: |error establishing an SSL connection/i.test(message))
    return outside(`${label}: no PostgreSQL answers there; check the URL's scheme, host and port`, {
      cause: error,
    });
  if (error instanceof DatabaseError)
    return outside(`${label}: ${error.message} (SQLSTATE ${code})`, { cause: error });
  const ofConnection = /certificate|SSL|TLS|timeout|terminated|not queryable/i.test(message);
  const ofNode = code.startsWith("ERR_") && !/^ERR_(?:TLS|SSL)/.test(code);
  if (ofConnection || (code !== "" && !ofNode))
    return outside(`${label}: ${message}; check the network, and sslmode; safe to run again`, {
      cause: error,
    });
  return error;
}

/** Milliseconds that a server gets to answer, unless the caller is in a hurry. */
const patience = 15_000;

/** One connection, on which every value comes and goes as text. */
export class Session {
  /** Resolves when the connection is no more. */
  private readonly gone: Promise<void>;

  private constructor(
    private readonly client: Client,
    readonly label: string,
  ) {
    this.gone = new Promise((resolve) => client.once("end", resolve));
  }

  /** Connects with pinned settings. Fault with exit 3 naming host and port when the server cannot be reached. */
  static async open(
    connection: PostgresConnection,
    purpose: string,
    milliseconds = patience,
  ): Promise<Session> {
    const client = await connect(connection, purpose, milliseconds);
    const session = new Session(client, connection.label);
    await session.run(`${pinned};${later}`);
    return session;
  }

  /** Submits a COPY, which is a stream. */
  copy<Copy extends Submittable & NodeJS.EventEmitter>(stream: Copy): Copy {
    stream.on("error", (error) => blame(error, this.label));
    return this.client.query(stream);
  }

  private answered<T>(action: () => Promise<T>): Promise<T> {
    return answering(this.label, action);
  }

  /** @param name where a session may ask so again: the server then plans it once, which can take it the longest */
  async rows(sql: string, values: readonly unknown[] = [], name?: string): Promise<readonly TextRow[]> {
    const query = {
      ...(name === undefined ? {} : { name }),
      text: sql,
      values: [...values],
      rowMode: "array" as const,
      types: asText,
    };
    const result = await this.answered(() => this.client.query<(string | null)[]>(query));
    return result.rows;
  }

  /** What those of several statements that have an answer answer with, in one round trip. */
  async answers(...statements: readonly string[]): Promise<readonly (readonly TextRow[])[]> {
    const query = { text: statements.join(";\n"), rowMode: "array" as const, types: asText };
    type Result = QueryArrayResult<(string | null)[]>;
    const results: Result | Result[] = await this.answered(() => this.client.query<(string | null)[]>(query));
    return [results].flat().flatMap(({ fields, rows }) => (fields.length > 0 ? [rows] : []));
  }

  /** Returns the number of rows the statement touched. */
  async run(sql: string, values?: readonly unknown[]): Promise<number> {
    const result = await this.answered(() =>
      values === undefined ? this.client.query(sql) : this.client.query(sql, [...values]),
    );
    return result.rowCount ?? 0;
  }

  /** Reads a result in runs of rows, so that memory does not grow with it. */
  async *stream(sql: string, values: readonly unknown[] = []): AsyncGenerator<readonly TextRow[]> {
    const cursor = this.client.query(
      new Cursor<(string | null)[]>(sql, [...values], { rowMode: "array", types: asText }),
    );
    try {
      for (;;) {
        const rows = await this.answered(() => this.unlessCut(cursor.read(5000)));
        if (rows.length === 0) return;
        yield rows;
      }
    } finally {
      // The driver waits for the server's word, for which there is nobody where the connection was cut.
      await Promise.race([cursor.close(), this.gone]);
    }
  }

  /**
   * Waits for a cursor, which keeps silent where the connection is cut between its last row and the server's last word.
   * (A race with a promise that lives as long as the connection would hold on to all rows until then.)
   */
  private unlessCut<T>(action: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cut = (): void => reject(new Error("Connection terminated unexpectedly"));
      this.client.once("end", cut);
      void action.then(resolve, reject).finally(() => this.client.off("end", cut));
    });
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

async function connect(
  connection: PostgresConnection,
  purpose: string,
  milliseconds: number,
): Promise<Client> {
  const tls = tlsOptions(connection);
  try {
    return await dial(connection, purpose, tls, milliseconds);
  } catch (error) {
    const clear =
      connection.sslMode === "prefer" && readError(error).message.includes("does not support SSL");
    if (!clear) throw explain(error, connection.label);
  }
  try {
    return await dial(connection, purpose, false, milliseconds);
  } catch (error) {
    throw explain(error, connection.label);
  }
}

async function dial(
  connection: PostgresConnection,
  purpose: string,
  tls: ReturnType<typeof tlsOptions>,
  milliseconds: number,
): Promise<Client> {
  const client = new Client({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    ...(connection.password === undefined ? {} : { password: connection.password }),
    ssl: tls,
    application_name: `standby ${purpose}`,
    connectionTimeoutMillis: milliseconds,
    keepAlive: true,
  });
  // A connection lost between two statements is reported by the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** Opens a session for the time of an action; what the driver throws comes out explained. */
export async function withSession<T>(
  connection: PostgresConnection,
  purpose: string,
  action: (session: Session) => Promise<T>,
  milliseconds?: number,
): Promise<T> {
  const session = await Session.open(connection, purpose, milliseconds);
  try {
    return await action(session);
  } catch (error) {
    throw explain(error, connection.label);
  } finally {
    await session.close();
  }
}
