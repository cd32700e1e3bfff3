import type { SqlServerConnection } from "../../../connection";
import { refusal } from "../../../fault";
import type { Table } from "../../model";
import type { TextRow } from "../../port";
import { answering, blame } from "../blame";
import { readCatalogue } from "./catalogue";
import type { ColumnInfo } from "./columns";
import { openTedious, type Driver, type DriverRow, type OpenDriver } from "./driver";
import { explain, isPassing, TransactionGone } from "./faults";

/**
 * Whatever changes how a value prints, is read or compared, pinned. A failed statement takes the whole transaction with
 * it (XACT_ABORT) unless it is one that writes and has savepoints, so that nothing is ever half done. The time a
 * statement may wait for a lock is bounded: the other side is a live shop. The settings in the first line are what
 * indexes on computed columns demand.
 */
const pinned = `SET ANSI_NULLS ON; SET ANSI_PADDING ON; SET ANSI_WARNINGS ON; SET ARITHABORT ON;
SET CONCAT_NULL_YIELDS_NULL ON; SET QUOTED_IDENTIFIER ON; SET NUMERIC_ROUNDABORT OFF; SET ANSI_NULL_DFLT_ON ON;
SET LANGUAGE us_english; SET DATEFORMAT ymd; SET DATEFIRST 7; SET TEXTSIZE 2147483647; SET ROWCOUNT 0;
SET IMPLICIT_TRANSACTIONS OFF; SET CURSOR_CLOSE_ON_COMMIT OFF; SET NOCOUNT ON; SET XACT_ABORT ON;
SET DEADLOCK_PRIORITY LOW; SET LOCK_TIMEOUT 15000; SET TRANSACTION ISOLATION LEVEL READ COMMITTED;`;

/** Milliseconds that a server gets to answer, unless the caller is in a hurry. */
const patience = 15_000;
/** How often, and how many milliseconds apart, a database is tried that says it will be there soon. */
const tries = 4;
const pause = 15_000;

export interface Server {
  readonly major: number;
  /** Azure's, whose version says nothing. */
  readonly azure: boolean;
  /** `SQL Server 15.0.4153.1` */
  readonly shown: string;
}

/** One connection, on which every value comes and goes as text. One statement at a time: others wait for their turn. */
export class Session {
  private turn: Promise<void> = Promise.resolve();
  private catalogue: ReadonlyMap<string, ReadonlyMap<string, ColumnInfo>> | undefined;
  private milliseconds = 0;
  private inTransaction = false;
  private brokenOff = false;

  private constructor(
    private readonly driver: Driver,
    readonly label: string,
    readonly database: string,
    readonly encrypted: boolean,
    readonly server: Server,
  ) {}

  /** Connects with pinned settings. Fault with exit 3 naming host and port when the server cannot be reached. */
  static async open(
    connection: SqlServerConnection,
    purpose: string,
    milliseconds = patience,
    open: OpenDriver = openTedious,
    wait: (milliseconds: number) => Promise<void> = sleep,
  ): Promise<Session> {
    const driver = await dial(connection, purpose, milliseconds, open, wait);
    try {
      await collect(driver, pinned, milliseconds);
      const [row] = await collect(
        driver,
        `SELECT CONVERT(nvarchar(128), SERVERPROPERTY(N'ProductVersion')), CONVERT(varchar(10), SERVERPROPERTY(N'EngineEdition')),
          CONVERT(varchar(10), SERVERPROPERTY(N'Babelfish'))`,
        milliseconds,
      );
      const server = serverOf(row?.[0] ?? "", row?.[1] ?? "");
      if (row?.[2] === "1") throw refusal(`${connection.label}: ${noBabelfish}`);
      refuseOld(connection.label, server);
      const { label, database, sslMode } = connection;
      return new Session(driver, label, database, sslMode !== "disable", server);
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  async rows(sql: string): Promise<readonly TextRow[]> {
    const all: TextRow[] = [];
    for await (const run of this.stream(sql)) all.push(...run);
    return all;
  }

  /** Runs what answers nothing; a trigger may, with values of any kind. */
  async exec(sql: string): Promise<void> {
    const all = this.results(sql);
    while ((await all.next()).done !== true);
  }

  /** Runs one statement that writes, and returns how many rows it touched: a trigger's own rows count elsewhere. */
  async run(sql: string): Promise<number> {
    let last: DriverRow = [];
    for await (const run of this.results(`${sql};\nSELECT CONVERT(varchar(20), ROWCOUNT_BIG())`))
      last = run.at(-1) ?? last;
    return Number(last[0] ?? 0);
  }

  /** Reads a result in runs of rows, so that memory does not grow with it. */
  async *stream(sql: string): AsyncGenerator<readonly TextRow[]> {
    for await (const run of this.results(sql)) yield run.map(textRow);
  }

  private async *results(sql: string): AsyncGenerator<readonly DriverRow[]> {
    const done = await this.takeTurn();
    let over = false;
    try {
      if (this.brokenOff) throw new TransactionGone("a result was not read to its end");
      yield* this.driver.batch(sql, this.milliseconds);
      over = true;
    } catch (error) {
      over = true;
      blame(error, this.label);
      throw error;
    } finally {
      if (!over) this.brokenOff = this.inTransaction;
      done();
    }
  }

  /**
   * Around a transaction. Whoever leaves a result unread cancels it, which rolls the transaction back (XACT_ABORT); what
   * came after that would be read at some other moment, so it is refused.
   */
  transaction(state: "open" | "over"): void {
    this.inTransaction = state === "open";
    this.brokenOff = false;
  }

  async bulk(table: string, width: number, rows: AsyncIterable<TextRow> | Iterable<TextRow>): Promise<void> {
    const done = await this.takeTurn();
    try {
      await answering(this.label, () => this.driver.bulk(table, width, rows));
    } finally {
      done();
    }
  }

  private async takeTurn(): Promise<() => void> {
    const before = this.turn;
    let done: () => void = () => undefined;
    this.turn = new Promise((resolve) => (done = resolve));
    await before;
    return done;
  }

  /** Every statement from now on gets so long. */
  async limit(milliseconds: number): Promise<void> {
    this.milliseconds = milliseconds;
    await this.exec(`SET LOCK_TIMEOUT ${milliseconds}`);
  }

  /** The columns of a table of this database, by name. */
  async columns(table: Pick<Table, "name">): Promise<ReadonlyMap<string, ColumnInfo>> {
    this.catalogue ??= await readCatalogue(this);
    const found = this.catalogue.get(table.name);
    if (found === undefined) throw new Error(`there is no table ${table.name}`);
    return found;
  }

  /** What was read of tables may have changed. */
  forgetTables(): void {
    this.catalogue = undefined;
  }

  close(): Promise<void> {
    return this.driver.close();
  }
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A paused database on Azure refuses the first login and resumes; whoever is in a hurry is told at once. */
async function dial(
  connection: SqlServerConnection,
  purpose: string,
  milliseconds: number,
  open: OpenDriver,
  wait: (milliseconds: number) => Promise<void>,
): Promise<Driver> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(connection, purpose, milliseconds);
    } catch (error) {
      if (!isPassing(error) || milliseconds < patience || attempt >= tries)
        throw explain(error, connection.label);
      await wait(pause);
    }
  }
}

async function collect(driver: Driver, sql: string, milliseconds: number): Promise<readonly TextRow[]> {
  const all: TextRow[] = [];
  for await (const run of driver.batch(sql, milliseconds)) all.push(...run.map(textRow));
  return all;
}

const textRow = (row: DriverRow): TextRow => row.map(asText);

/** Statements ask for text; what the driver makes a number or a truth value of is as good. */
function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && Number.isSafeInteger(value)) return value.toString();
  throw new Error("a statement asked for a value that is not text");
}

/** By EngineEdition: learn.microsoft.com, t-sql/functions: SERVERPROPERTY. All of them say that they are version 12. */
const clouds: Readonly<Record<string, string>> = {
  "5": "Azure SQL Database",
  "8": "Azure SQL Managed Instance",
  "12": "SQL database in Fabric",
};

function serverOf(version: string, edition: string): Server {
  const cloud = clouds[edition];
  return {
    major: Number(version.split(".")[0]),
    azure: cloud !== undefined,
    shown: cloud ?? `SQL Server ${version}`,
  };
}

/** It takes hints and does not heed them (babelfishpg.org), and a live target is safe by locks that they ask for. */
const noBabelfish =
  "this is Babelfish, which does not take the locks that it is asked for; this needs SQL Server, or Azure's";

/** @throws Fault (1) for a server that is too old */
function refuseOld(label: string, server: Server): void {
  if (server.azure || server.major >= 13) return;
  throw refusal(
    `${label}: ${server.shown} is too old; this needs SQL Server 2016 (13) or Azure SQL: ask the host for a newer server`,
  );
}
