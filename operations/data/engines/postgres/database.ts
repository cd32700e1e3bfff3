import { DatabaseError } from "pg";
import type { PostgresConnection } from "../../../connection";
import type { Schema, Table } from "../../model";
import type { Database, MissingRight, ServerProbe, TransactionKind, Use } from "../../port";
import { inSavepoint } from "../trial";
import { PostgresGenerators } from "./generators";
import { PostgresBulk } from "./bulk";
import { introspect, ownSchema } from "./introspect";
import { PostgresReading } from "./reading";
import { missingRights } from "./rights";
import { relationOf } from "./rows";
import { explain, Session } from "./session";
import { name } from "./sql";
import { PostgresStore } from "./store";
import { PostgresWriting } from "./writing";

/** Deadlock, serialization: the database asks for the transaction to be run again. */
const again: ReadonlySet<string> = new Set(["40P01", "40001"]);

/** PostgreSQL 12 and later. */
export class PostgresDatabase implements Database {
  readonly label: string;
  readonly read: PostgresReading;
  readonly write: PostgresWriting;
  readonly bulk: PostgresBulk;
  readonly generators: PostgresGenerators;
  readonly store: PostgresStore;
  readonly schemaChangesCommit = false;
  readonly endsWithClient = true;

  constructor(private readonly session: Session) {
    this.label = session.label;
    this.read = new PostgresReading(session);
    this.write = new PostgresWriting(session);
    this.bulk = new PostgresBulk(session, this.write);
    this.generators = new PostgresGenerators(session);
    this.store = new PostgresStore(session);
  }

  /** The cluster's own number and the database's. */
  async id(): Promise<string> {
    const [row] = await this.session.rows(
      "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()",
    );
    return `${row?.[0] ?? ""}/${row?.[1] ?? ""}`;
  }

  async tryLock(name: string): Promise<boolean> {
    const [row] = await this.session.rows("SELECT pg_try_advisory_lock(hashtext($1), 1)", [name]);
    return row?.[0] === "t";
  }

  async unlock(name: string): Promise<void> {
    await this.session.rows("SELECT pg_advisory_unlock(hashtext($1), 1)", [name]);
  }

  async encoding(): Promise<{ readonly name: string; readonly fix: string }> {
    const [row] = await this.session.rows("SHOW server_encoding");
    const name = row?.[0] ?? "?";
    return { name, fix: `make the target's database anew with ENCODING '${name}' TEMPLATE template0` };
  }

  introspect = () => introspect(this.session);
  quoted = name;
  missingRights = (
    schema: Pick<Schema, "tables" | "generators">,
    use: Use,
  ): Promise<readonly MissingRight[]> => missingRights(this.session, schema, use);

  async probe(): Promise<ServerProbe> {
    const [row] = await this.session.rows(
      `SELECT current_setting('server_version'),
              (SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
              (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'
                  AND n.nspname NOT IN ('information_schema', $1))`,
      [ownSchema],
    );
    return {
      server: `PostgreSQL ${row?.[0] ?? "of an unknown version"}`,
      encrypted: row?.[1] === "true",
      tables: Number(row?.[2] ?? 0),
    };
  }

  async countRows(table: string): Promise<number> {
    const [row] = await this.session.rows(`SELECT count(*) FROM ${table.split(".").map(name).join(".")}`);
    return Number(row?.[0]);
  }

  async begin(kind: TransactionKind): Promise<void> {
    await this.session.run(kind === "snapshot" ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  }

  async commit(): Promise<void> {
    await this.session.run("COMMIT");
    this.store.ended("committed");
  }

  async rollback(): Promise<void> {
    await this.session.run("ROLLBACK");
    this.store.ended("undone");
  }

  async save(): Promise<void> {
    await this.session.run("SAVEPOINT attempt");
  }

  async rollbackToSave(): Promise<void> {
    await this.session.run("ROLLBACK TO SAVEPOINT attempt");
    this.store.ended("undone");
  }

  trial<T>(action: () => Promise<T>): Promise<T> {
    return inSavepoint((sql) => this.session.run(sql), action);
  }

  async keepWritersOut(tables: readonly Table[]): Promise<void> {
    await this.session.run(`LOCK TABLE ${tables.map(relationOf).join(", ")} IN SHARE ROW EXCLUSIVE MODE`);
  }

  /** The catalogue is left alone: it takes longer than a small shop's tables. */
  async refreshStatistics(tables: readonly Table[]): Promise<void> {
    const own = await this.session.rows(
      "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = $1",
      [ownSchema],
    );
    await this.session.run(
      `ANALYZE ${[...tables.map(relationOf), ...own.map(([relation]) => relation ?? "")].join(", ")}`,
    );
  }

  async limitStatements(milliseconds: number): Promise<void> {
    await this.session.run(`SET statement_timeout = ${milliseconds}`);
  }

  asksForAnother(error: unknown): boolean {
    return error instanceof DatabaseError && again.has(error.code ?? "");
  }

  /** Class 23: integrity constraint violation. P0001: what a trigger raises. */
  constraintFault(error: unknown): string | undefined {
    if (!(error instanceof DatabaseError)) return undefined;
    if (error.code === "P0001") return error.message;
    return error.code?.startsWith("23") === true ? `${error.table ?? ""}: ${error.message}` : undefined;
  }

  explain(error: unknown): unknown {
    return explain(error, this.label);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

export const openPostgres = async (
  connection: PostgresConnection,
  purpose: string,
  milliseconds?: number,
): Promise<PostgresDatabase> => {
  try {
    return new PostgresDatabase(await Session.open(connection, purpose, milliseconds));
  } catch (error) {
    throw explain(error, connection.label);
  }
};
