/**
 * Stands in for the driver: keeps what it is asked, and answers with rows of the shapes that tedious gives
 * (https://tediousjs.github.io/tedious/api-datatypes.html): text as string, bigint as string, int as number, bit as boolean.
 */
import type { SqlServerConnection } from "../../../../operations/connection";
import { SqlServerDatabase } from "../../../../operations/data/engines/sqlserver/database";
import type { DriverRow, OpenDriver } from "../../../../operations/data/engines/sqlserver/driver";
import { Session } from "../../../../operations/data/engines/sqlserver/session";
import type { TextRow } from "../../../../operations/data/port";

export const connection: SqlServerConnection = {
  engine: "sqlserver",
  host: "db.example",
  port: 1433,
  database: "shop]s",
  user: "shop",
  password: "word",
  sslMode: "verify-full",
  sslRootCertificate: undefined,
  azureIdentity: false,
  label: "shop@db.example:1433/shop]s",
};

/** What a statement is answered with: rows, an error, or either from the statement itself. */
export type Answer = readonly DriverRow[] | Error | ((sql: string) => readonly DriverRow[] | Error);

export interface Recorded {
  readonly statements: string[];
  /** Rows that were loaded, by the table they went to. */
  readonly loaded: Map<string, TextRow[]>;
}

/** An error as the driver throws what the server says. */
export const serverError = (number: number, message = `error ${number}`): Error =>
  Object.assign(new Error(message), { code: "EREQUEST", number });

const usual: readonly (readonly [RegExp, Answer])[] = [
  [/SERVERPROPERTY\(N'ProductVersion'\)/, [["13.0.5026.0", "3"]]],
  [/ROWCOUNT_BIG/, [["1"]]],
  [/XACT_STATE/, [["1"]]],
  [/snapshot_isolation_state/, [["1"]]],
  [/'UNMASK'/, [[1, 1]]],
  [/SCOPE_IDENTITY/, [["7"]]],
];

/** The first answer whose pattern a statement matches; no rows without one. */
export function recorder(answers: readonly (readonly [RegExp, Answer])[]): Recorded & { open: OpenDriver } {
  const statements: string[] = [];
  const loaded = new Map<string, TextRow[]>();
  const known = [...answers, ...usual];
  const open: OpenDriver = () =>
    Promise.resolve({
      async *batch(sql) {
        statements.push(sql);
        const answer = known.find(([pattern]) => pattern.test(sql))?.[1] ?? [];
        const rows = typeof answer === "function" ? answer(sql) : answer;
        await Promise.resolve();
        if (rows instanceof Error) throw rows;
        if (rows.length > 0) yield rows;
      },
      async bulk(table, width, rows) {
        statements.push(
          `insert bulk ${table}(${Array.from({ length: width }, (_, at) => `[c${at + 1}] nvarchar(max)`).join(", ")}) with (KEEP_NULLS)`,
        );
        const all = loaded.get(table) ?? [];
        for await (const row of rows) all.push(row);
        loaded.set(table, all);
      },
      close: () => Promise.resolve(),
    });
  return { statements, loaded, open };
}

/** A database whose other end is recorded; what opening it asked is left out. */
export async function recorded(
  answers: readonly (readonly [RegExp, Answer])[],
): Promise<Recorded & { database: SqlServerDatabase }> {
  const { statements, loaded, open } = recorder(answers);
  const database = new SqlServerDatabase(await Session.open(connection, "test", undefined, open));
  statements.length = 0;
  return { statements, loaded, database };
}
