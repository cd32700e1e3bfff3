import { outside, usage } from "../../../fault";

/** One connection to a SQL Server, as much of it as is needed here. */
export interface SqlClient {
  /** Rows by column name. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

export type OpenSql = (url: string, milliseconds: number) => Promise<SqlClient>;

/** Where a `sqlserver://user:password@host:1433/database?encrypt=true` leads; TLS is verified unless it says otherwise. */
export function sqlConfig(url: string, milliseconds: number) {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw usage("the standby's database: not a URL; use sqlserver://user:password@host:1433/database", {
      cause,
    });
  }
  const option = (name: string): string | null => parsed.searchParams.get(name);
  return {
    server: parsed.hostname,
    port: parsed.port === "" ? 1433 : Number(parsed.port),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    connectionTimeout: milliseconds,
    requestTimeout: milliseconds,
    pool: { min: 0, max: 1 },
    options: {
      encrypt: option("encrypt") !== "false",
      trustServerCertificate: option("trustServerCertificate") === "true",
    },
  };
}

/** What the driver throws, with the host and without the password. */
function explained(error: unknown, server: string): Error {
  const message = error instanceof Error ? error.message : "it failed";
  return outside(`${server}: ${message}; check the network and the firewall; safe to run again`, {
    cause: error,
  });
}

/** Connects by the driver, which is loaded only then. @throws Fault (3) naming the host */
export const openSql: OpenSql = async (url, milliseconds) => {
  const config = sqlConfig(url, milliseconds);
  const { ConnectionPool } = (await import("mssql")).default;
  const pool = new ConnectionPool(config);
  // A connection that is lost while nothing is asked is told of by the next question.
  pool.on("error", () => undefined);
  try {
    await pool.connect();
  } catch (error) {
    await pool.close().catch(() => undefined);
    throw explained(error, config.server);
  }
  return {
    rows: async (sql) => {
      try {
        const { recordset } = await pool.request().query<Record<string, unknown>>(sql);
        // A statement without a result has no rows at all.
        return Array.isArray(recordset) ? [...recordset] : [];
      } catch (error) {
        throw explained(error, config.server);
      }
    },
    close: () => pool.close(),
  };
};
