import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { SqlServerConnection } from "../../../connection";
import { refusal } from "../../../fault";
import type { Schema, Table } from "../../model";
import type { Database, MissingRight, ServerProbe, TransactionKind, Use } from "../../port";
import { theirs } from "./catalogue";
import { asksForAnother, constraintFault, explain, TransactionGone } from "./faults";
import { SqlServerGenerators } from "./generators";
import { introspect } from "./introspect";
import { relationOf } from "./keys";
import { SqlServerReading } from "./reading";
import { missingRights } from "./rights";
import { Session } from "./session";
import { literal, name, quoted } from "./sql";
import { SqlServerStore } from "./store";
import { SqlServerWriting } from "./writing";

/** SQL Server 2016 and later, Azure SQL Database and Managed Instance. */
export class SqlServerDatabase implements Database {
  readonly label: string;
  readonly read: SqlServerReading;
  readonly write: SqlServerWriting;
  readonly generators: SqlServerGenerators;
  readonly store: SqlServerStore;
  /** A change of a definition could be rolled back, but would keep every reader of it waiting to the end of the run. */
  readonly schemaChangesCommit = true;
  readonly endsWithClient = false;
  /** What the database minded last: after it, the transaction is gone. */
  private minded = "no reason is told";
  private readonly locks = new Set<string>();

  constructor(private readonly session: Session) {
    this.label = session.label;
    this.read = new SqlServerReading(session);
    this.write = new SqlServerWriting(session);
    this.generators = new SqlServerGenerators(session);
    this.store = new SqlServerStore(session, this.read, () => this.computeId());
  }

  id(): Promise<string> {
    return this.store.id();
  }

  /** The server's name, the database's, and a number that a database keeps from when it was made. */
  private async computeId(): Promise<string> {
    const [row] = await this.session.rows(
      `SELECT CONVERT(nvarchar(128), SERVERPROPERTY(N'ServerName')), d.name, CONVERT(varchar(36), d.service_broker_guid)
         FROM sys.databases d WHERE d.name = DB_NAME()`,
    );
    return `${row?.[0] ?? ""}/${row?.[1] ?? ""}/${row?.[2] ?? ""}`;
  }

  async tryLock(lock: string): Promise<boolean> {
    const rows = await this.session.rows(
      `DECLARE @answer int;
EXEC @answer = sys.sp_getapplock @Resource = ${lockName(lock)}, @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 0;
SELECT CONVERT(varchar(10), @answer)`,
    );
    const got = Number(rows.at(-1)?.[0] ?? -1) >= 0;
    if (got) this.locks.add(lock);
    return got;
  }

  async unlock(lock: string): Promise<void> {
    await this.session.exec(
      `EXEC sys.sp_releaseapplock @Resource = ${lockName(lock)}, @LockOwner = N'Session'`,
    );
    this.locks.delete(lock);
  }

  /** Digests are made of UTF-16, whatever a column is kept in. */
  encoding(): Promise<{ readonly name: string; readonly fix: string }> {
    return Promise.resolve({ name: "UTF-16", fix: "" });
  }

  quoted = name;
  introspect = () => introspect(this.session);
  missingRights = (
    schema: Pick<Schema, "tables" | "generators">,
    use: Use,
  ): Promise<readonly MissingRight[]> => missingRights(this.session, schema, use);

  async probe(): Promise<ServerProbe> {
    const [row] = await this.session.rows(
      `SELECT CONVERT(varchar(20), COUNT_BIG(*)) FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id
         WHERE ${theirs}`,
    );
    const { server, encrypted } = this.session;
    return { server: server.shown, encrypted, tables: Number(row?.[0] ?? 0) };
  }

  async countRows(table: string): Promise<number> {
    const [row] = await this.session.rows(`SELECT CONVERT(varchar(20), COUNT_BIG(*)) FROM ${quoted(table)}`);
    return Number(row?.[0]);
  }

  async begin(kind: TransactionKind): Promise<void> {
    if (kind === "snapshot") await this.refuseWithoutSnapshots();
    await this.session.exec(
      kind === "snapshot"
        ? "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION"
        : // A row that is refused is to cost what came after the last savepoint, and no more.
          "SET XACT_ABORT OFF; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION",
    );
    this.session.transaction("open");
  }

  /** Any other way to one picture of the whole database would keep its writers out for as long as the run takes. */
  private async refuseWithoutSnapshots(): Promise<void> {
    const [row] = await this.session.rows(
      "SELECT CONVERT(varchar(1), d.snapshot_isolation_state) FROM sys.databases d WHERE d.name = DB_NAME()",
    );
    if (row?.[0] === "1") return;
    throw refusal(
      `${this.label} does not let itself be read in one snapshot, so orders that come in meanwhile would be seen in part; ` +
        `ALTER DATABASE ${name(this.session.database)} SET ALLOW_SNAPSHOT_ISOLATION ON (online; it waits for open ` +
        "transactions, and keeps old versions of changed rows in tempdb while somebody reads them), then run again",
    );
  }

  async commit(): Promise<void> {
    await this.session.exec("COMMIT TRANSACTION");
    this.session.transaction("over");
    await this.afterwards();
  }

  async rollback(): Promise<void> {
    this.session.transaction("over");
    await this.session.exec("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION");
    await this.afterwards();
  }

  private async afterwards(): Promise<void> {
    await this.session.exec("SET XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    await this.write.dropStages();
  }

  async save(): Promise<void> {
    await this.session.exec("SAVE TRANSACTION attempt");
  }

  async rollbackToSave(): Promise<void> {
    await this.refuseWithoutTransaction();
    await this.session.exec("ROLLBACK TRANSACTION attempt");
    await this.write.dropStages();
  }

  async trial<T>(action: () => Promise<T>): Promise<T> {
    await this.session.exec("SAVE TRANSACTION trial");
    try {
      return await action();
    } catch (error) {
      this.constraintFault(error);
      await this.refuseWithoutTransaction();
      await this.session.exec("ROLLBACK TRANSACTION trial");
      throw error;
    }
  }

  /** What a trigger minds takes the whole transaction along, whatever was set: then all of it is run again. */
  private async refuseWithoutTransaction(): Promise<void> {
    const [row] = await this.session.rows("SELECT CONVERT(varchar(2), XACT_STATE())");
    if (row?.[0] !== "1") throw new TransactionGone(this.minded);
  }

  /** A shared lock of each table, which is there to stay: readers go on. */
  async keepWritersOut(tables: readonly Table[]): Promise<void> {
    for (const table of tables)
      await this.session.exec(`SELECT TOP (1) '1' FROM ${relationOf(table)} WITH (TABLOCK, HOLDLOCK)`);
  }

  async refreshStatistics(tables: readonly Table[]): Promise<void> {
    for (const table of tables) await this.session.exec(`UPDATE STATISTICS ${relationOf(table)}`);
  }

  limitStatements(milliseconds: number): Promise<void> {
    return this.session.limit(milliseconds);
  }

  asksForAnother = asksForAnother;

  constraintFault(error: unknown): string | undefined {
    const fault = constraintFault(error);
    if (fault !== undefined) this.minded = fault;
    return fault;
  }

  explain(error: unknown): unknown {
    return explain(error, this.label);
  }

  /** Locks are let go of first: the server does that by itself only some time after the connection has ended. */
  async close(): Promise<void> {
    this.session.transaction("over");
    const release = async (): Promise<void> => {
      if (this.locks.size > 0) await this.session.exec("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION");
      for (const lock of this.locks) await this.unlock(lock);
    };
    const patience = new AbortController();
    await Promise.race([
      release().catch(() => undefined),
      delay(2000, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    await this.session.close();
  }
}

/** Locks are the database's own, and have 255 characters at most. */
const lockName = (lock: string): string =>
  literal(`warm-standby ${createHash("sha256").update(lock).digest("hex").slice(0, 40)}`);

export const openSqlServer = async (
  connection: SqlServerConnection,
  purpose: string,
  milliseconds?: number,
): Promise<SqlServerDatabase> => {
  try {
    return new SqlServerDatabase(await Session.open(connection, purpose, milliseconds));
  } catch (error) {
    throw explain(error, connection.label);
  }
};
