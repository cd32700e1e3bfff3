/** The driver as the adapter sees it: one connection, batches of text in, rows out. Everything above can be tested beside it. */
import type { Connection as Tedious, ConnectionConfiguration } from "tedious";
import { azureCredential } from "../../../azure-credential";
import { outside } from "../../../fault";
import { tlsOptions, type SqlServerConnection } from "../../../connection";
import type { TextRow } from "../../port";
import { readError } from "./faults";

export type DriverRow = readonly unknown[];

export interface Driver {
  /** Runs a batch and gives the rows of all its results, in runs; throws what the server says at the end. */
  batch(sql: string, milliseconds: number): AsyncGenerator<readonly DriverRow[]>;
  /** Loads rows of text into a temporary table whose columns are `c1`, `c2`, … nvarchar(max). */
  bulk(table: string, width: number, rows: AsyncIterable<TextRow> | Iterable<TextRow>): Promise<void>;
  close(): Promise<void>;
}

export type OpenDriver = (
  connection: SqlServerConnection,
  purpose: string,
  milliseconds: number,
) => Promise<Driver>;

// Loaded where there is such a database, which most have none of.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const tedious = () => require("tedious") as typeof import("tedious");

/** Rows that are held before the server is asked to wait. */
const held = 1000;

class TediousDriver implements Driver {
  constructor(private readonly connection: Tedious) {}

  async *batch(sql: string, milliseconds: number): AsyncGenerator<readonly DriverRow[]> {
    let rows: DriverRow[] = [];
    let over = false;
    let failure: Error | undefined;
    let wake: () => void = () => undefined;
    const request = new (tedious().Request)(sql, (error) => {
      over = true;
      failure = error ?? undefined;
      wake();
    });
    if (milliseconds > 0) request.setTimeout(milliseconds);
    request.on("row", (columns: readonly { readonly value: unknown }[]) => {
      rows.push(columns.map((column) => column.value));
      if (rows.length >= held) request.pause();
      wake();
    });
    const something = (): Promise<void> => new Promise((resolve) => (wake = resolve));
    const isOver = (): boolean => over;
    this.connection.execSqlBatch(request);
    try {
      for (;;) {
        if (rows.length > 0) {
          const run = rows;
          rows = [];
          request.resume();
          yield run;
        } else if (isOver()) break;
        else await something();
      }
    } finally {
      if (!isOver()) {
        this.connection.cancel();
        while (!isOver()) await something();
      }
    }
    if (failure !== undefined) throw failure;
  }

  /** How many there were is not asked of the server: with NOCOUNT it does not count. */
  bulk(table: string, width: number, rows: AsyncIterable<TextRow> | Iterable<TextRow>): Promise<void> {
    return new Promise((resolve, reject) => {
      const load = this.connection.newBulkLoad(table, { keepNulls: true }, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
      const { NVarChar } = tedious().TYPES;
      for (let at = 1; at <= width; at++)
        load.addColumn(`c${at}`, NVarChar, { nullable: true, length: Infinity });
      this.connection.execBulkLoad(load, copied(rows));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      const patience = setTimeout(resolve, 2000);
      this.connection.once("end", () => {
        clearTimeout(patience);
        resolve();
      });
      this.connection.close();
    });
  }
}

/** The driver takes lists that may be changed. */
async function* copied(rows: AsyncIterable<TextRow> | Iterable<TextRow>): AsyncGenerator<unknown[]> {
  for await (const row of rows) yield [...row];
}

/** How the connection signs in: by the token of an identity on Azure, where the URL asks for that, else by a login. */
async function authenticationOf(
  connection: SqlServerConnection,
): Promise<NonNullable<ConnectionConfiguration["authentication"]>> {
  if (!connection.azureIdentity)
    return { type: "default", options: { userName: connection.user, password: connection.password ?? "" } };
  const token = await (await azureCredential()).getToken("https://database.windows.net/.default");
  if (token === null)
    throw outside(
      `${connection.label}: Azure gave no token for the database; sign in (az login), then run again`,
    );
  return { type: "azure-active-directory-access-token", options: { token: token.token } };
}

export const openTedious: OpenDriver = async (connection, purpose, milliseconds) => {
  const authentication = await authenticationOf(connection);
  const tls = tlsOptions(connection);
  const driver = new (tedious().Connection)({
    server: connection.host,
    authentication,
    options: {
      port: connection.port,
      database: connection.database,
      appName: `standby ${purpose}`,
      encrypt: tls !== false,
      trustServerCertificate: connection.sslMode !== "verify-full",
      ...(tls !== false && typeof tls.ca === "string" ? { cryptoCredentialsDetails: { ca: tls.ca } } : {}),
      connectTimeout: milliseconds,
      cancelTimeout: milliseconds,
      requestTimeout: 0,
      // What is worth another try is tried by the session, which knows how long to wait.
      maxRetriesOnTransientErrors: 0,
      rowCollectionOnRequestCompletion: false,
    },
  });
  // The last of several says the least: "login failed" comes behind the reason why.
  let number = 0;
  const note = (told: { readonly number: number }): void => {
    if (number === 0) number = told.number;
  };
  driver.on("errorMessage", note);
  // A connection lost between two statements is reported by the next one.
  driver.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    driver.connect((error) => {
      driver.off("errorMessage", note);
      if (error === undefined) {
        resolve();
        return;
      }
      driver.close();
      reject(readError(error).number === 0 ? Object.assign(error, { number }) : error);
    });
  });
  return new TediousDriver(driver);
};
