import { createHash } from "node:crypto";
import type { MysqlConnection } from "../../../connection";
import type { Schema, Table } from "../../model";
import type { Database, MissingRight, ServerProbe, TransactionKind, Use } from "../../port";
import { inSavepoint } from "../trial";
import { MysqlBulk } from "./bulk";
import { MysqlGenerators } from "./generators";
import { introspect } from "./introspect";
import { relationOf } from "./keys";
import { ownPrefix } from "./own";
import { MysqlReading } from "./reading";
import { missingRights } from "./rights";
import { explain, readError, Session, shownServer } from "./session";
import { literal, name } from "./sql";
import { MysqlStore } from "./store";
import { MysqlWriting } from "./writing";

/** A deadlock; and, on MariaDB with innodb_snapshot_isolation, a row that changed under the snapshot. */
const again: ReadonlySet<number> = new Set([1213, 1020]);

/** Duplicates, references, required values, checks of MySQL and MariaDB, and what a trigger signals. */
const constraints: ReadonlySet<number> = new Set([
  1048, 1062, 1169, 1451, 1452, 1586, 1644, 1761, 1762, 3819, 4025,
]);

/** MySQL 8.0 and MariaDB 10.6, and later. */
export class MysqlDatabase implements Database {
  readonly label: string;
  readonly read: MysqlReading;
  readonly write: MysqlWriting;
  readonly bulk: MysqlBulk;
  readonly generators: MysqlGenerators;
  readonly store: MysqlStore;
  readonly schemaChangesCommit = true;
  readonly endsWithClient = false;

  constructor(private readonly session: Session) {
    this.label = session.label;
    this.read = new MysqlReading(session);
    this.write = new MysqlWriting(session, this.read);
    this.bulk = new MysqlBulk(session, this.write);
    this.generators = new MysqlGenerators(session);
    this.store = new MysqlStore(session, this.read, () => this.computeId());
  }

  id(): Promise<string> {
    return this.store.id();
  }

  /** MySQL's servers have a number of their own; MariaDB's are known by where they keep their data. */
  private async computeId(): Promise<string> {
    const own =
      this.session.flavour === "mysql"
        ? "@@server_uuid"
        : "SHA1(CONCAT_WS(' ', @@hostname, @@port, @@datadir))";
    const [row] = await this.session.rows(`SELECT ${own}`);
    return `${row?.[0] ?? ""}/${this.session.database}`;
  }

  async tryLock(lock: string): Promise<boolean> {
    const [row] = await this.session.rows(`SELECT GET_LOCK(${this.lockName(lock)}, 0)`);
    return row?.[0] === "1";
  }

  async unlock(lock: string): Promise<void> {
    await this.session.rows(`SELECT RELEASE_LOCK(${this.lockName(lock)})`);
  }

  /** Locks are the server's, of all its databases together, and have 64 characters at most. */
  private lockName(lock: string): string {
    const digest = createHash("sha256").update(`${this.session.database}\0${lock}`).digest("hex");
    return literal(`warm-standby ${digest.slice(0, 40)}`);
  }

  /** Digests are made of what the session shows, which is UTF-8 whatever a column is kept in. */
  encoding(): Promise<{ readonly name: string; readonly fix: string }> {
    return Promise.resolve({ name: "utf8mb4", fix: "" });
  }

  introspect = () => introspect(this.session);
  quoted = name;

  async missingRights(
    schema: Pick<Schema, "tables" | "generators">,
    use: Use,
  ): Promise<readonly MissingRight[]> {
    return missingRights(this.session, schema, use, await this.store.exists());
  }

  async probe(): Promise<ServerProbe> {
    const [cipher] = await this.session.rows("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    const [counted] = await this.session.rows(
      `SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${literal(this.session.database)}
         AND TABLE_TYPE = 'BASE TABLE' AND LEFT(TABLE_NAME, ${ownPrefix.length}) <> ${literal(ownPrefix)}`,
    );
    return {
      server: shownServer(this.session),
      encrypted: (cipher?.[1] ?? "") !== "",
      tables: Number(counted?.[0] ?? 0),
    };
  }

  /** Whatever comes before the last dot is the database, which is the connection's own. */
  async countRows(table: string): Promise<number> {
    const [row] = await this.session.rows(
      `SELECT COUNT(*) FROM ${name(table.slice(table.lastIndexOf(".") + 1))}`,
    );
    return Number(row?.[0]);
  }

  async begin(kind: TransactionKind): Promise<void> {
    if (kind === "snapshot") {
      await this.session.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      await this.session.run("START TRANSACTION WITH CONSISTENT SNAPSHOT");
      return;
    }
    await this.session.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    await this.session.run("START TRANSACTION");
  }

  async commit(): Promise<void> {
    await this.session.run("COMMIT");
    await this.write.dropStages("the beginning");
  }

  async rollback(): Promise<void> {
    await this.session.run("ROLLBACK");
    await this.session.run("SET @warm_standby = NULL");
    await this.write.dropStages("the beginning");
  }

  async save(): Promise<void> {
    await this.session.run("SAVEPOINT attempt");
    this.write.keepStages();
  }

  async rollbackToSave(): Promise<void> {
    await this.session.run("ROLLBACK TO SAVEPOINT attempt");
    await this.write.dropStages("the savepoint");
  }

  trial<T>(action: () => Promise<T>): Promise<T> {
    return inSavepoint((sql) => this.session.run(sql), action);
  }

  /**
   * A lock of whole tables would end the transaction. Reading them keeps their definitions as they are; of rows, none
   * that a run writes can change unseen, since it locks what it decides on and never writes over a row in the way.
   */
  async keepWritersOut(tables: readonly Table[]): Promise<void> {
    for (const table of tables) await this.session.rows(`SELECT 1 FROM ${relationOf(table)} LIMIT 1`);
  }

  async refreshStatistics(tables: readonly Table[]): Promise<void> {
    if (tables.length > 0)
      await this.session.rows(`ANALYZE NO_WRITE_TO_BINLOG TABLE ${tables.map(relationOf).join(", ")}`);
  }

  /** MySQL limits reading statements alone; MariaDB all, in seconds. */
  async limitStatements(milliseconds: number): Promise<void> {
    await this.session.run(
      this.session.flavour === "mysql"
        ? `SET SESSION max_execution_time = ${milliseconds}`
        : `SET SESSION max_statement_time = ${milliseconds / 1000}`,
    );
  }

  asksForAnother(error: unknown): boolean {
    return again.has(readError(error).errno);
  }

  constraintFault(error: unknown): string | undefined {
    const { errno, message } = readError(error);
    // Without the value, which may be nobody's business.
    return constraints.has(errno)
      ? message.replace(/^Duplicate entry '.*' for key/s, "Duplicate entry for key")
      : undefined;
  }

  explain(error: unknown): unknown {
    return explain(error, this.label);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

export const openMysql = async (
  connection: MysqlConnection,
  purpose: string,
  milliseconds?: number,
): Promise<MysqlDatabase> => {
  try {
    return new MysqlDatabase(await Session.open(connection, purpose, milliseconds));
  } catch (error) {
    throw explain(error, connection.label);
  }
};
