/** What the tests of crashes ask of a server: what the tool is doing there, and to end it. */
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import { z } from "zod";
import type { Engine } from "../campaign/shape";

type Rows = readonly (readonly (string | null)[])[];
const texts = z.array(z.array(z.union([z.string(), z.number(), z.bigint()]).nullable()));
const asTexts = (rows: unknown): Rows =>
  texts.parse(rows).map((row) => row.map((value) => (value === null ? null : String(value))));

interface Line {
  ask(sql: string): Promise<Rows>;
  end(): Promise<unknown>;
}
/** One connection a database, kept: a look has to be quick to see a run in its middle. */
const lines = new Map<string, Line>();

/** Runs statements; waits where the server is just starting again. */
export async function ask(engine: Engine, url: string, sql: string): Promise<Rows> {
  for (let tries = 0; ; tries++) {
    try {
      const line = lines.get(url) ?? (await (engine === "postgres" ? dialPostgres(url) : dialMariadb(url)));
      lines.set(url, line);
      return await line.ask(sql);
    } catch (error) {
      // Gone with a crash, or not yet there: what is asked for here changes nothing when asked twice.
      const lost = /ECONN|terminat|starting up|recovery|shut|closed|crash|not yet accepting|not queryable/i;
      if (!lost.test(String(error)) || tries > 400) throw error;
      lines.delete(url);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

export async function hangUp(): Promise<void> {
  for (const line of lines.values()) await line.end();
  lines.clear();
}

async function dialPostgres(connectionString: string): Promise<Line> {
  const client = new Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  return {
    ask: async (text) => {
      const result = await client.query<unknown[]>({ text, rowMode: "array" });
      const last = Array.isArray(result) ? (result.at(-1) as typeof result) : result;
      return asTexts(last.rows);
    },
    end: () => client.end(),
  };
}

async function dialMariadb(url: string): Promise<Line> {
  const client = await createConnection({ uri: url.replace(/\?.*/, ""), multipleStatements: true });
  client.on("error", () => undefined);
  return {
    ask: async (sql) => {
      const [result] = await client.query({ sql, rowsAsArray: true });
      const isList = Array.isArray(result);
      const several = isList && result.some((one: unknown) => !Array.isArray(one) || Array.isArray(one[0]));
      const last: unknown = several ? result.at(-1) : result;
      return Array.isArray(last) ? asTexts(last) : [];
    },
    end: () => client.end(),
  };
}

/** A session of the tool: `writing` once its transaction has changed something. */
export interface ToolSession {
  readonly id: string;
  readonly writing: boolean;
}

const sessionsQuery: Readonly<Record<Engine, string>> = {
  postgres: `SELECT pid::text, (backend_xid IS NOT NULL)::int FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'standby%' ORDER BY 2 DESC`,
  mysql: `SELECT p.id, COALESCE(t.trx_rows_modified > 0, 0) OR COALESCE(p.INFO REGEXP '^[[:space:]]*(INSERT|UPDATE|DELETE|CREATE TEMP)', 0) FROM information_schema.PROCESSLIST p
    LEFT JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.id
    WHERE p.db = DATABASE() AND p.id <> CONNECTION_ID() ORDER BY 2 DESC`,
};

export const sessionsOf = async (engine: Engine, url: string): Promise<readonly ToolSession[]> =>
  (await ask(engine, url, sessionsQuery[engine])).map(([id, writing]) => ({
    id: id ?? "",
    writing: writing === "1",
  }));

export const cut = (engine: Engine, url: string, id: string): Promise<unknown> =>
  ask(engine, url, engine === "postgres" ? `SELECT pg_terminate_backend(${id})::text` : `KILL ${id}`).catch(
    (error: unknown) => {
      // Ended by itself in between.
      if (!/Unknown thread/i.test(String(error))) throw error;
    },
  );

/** Kills the process of a PostgreSQL session. */
export function killBackend(id: string): void {
  try {
    process.kill(Number(id), "SIGKILL");
  } catch (error) {
    // Ended by itself in between.
    if (!/ESRCH/.test(String(error))) throw error;
  }
}
