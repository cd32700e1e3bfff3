/**
 * A real PostgreSQL server for one test file, and as many fresh databases in it as its tests like:
 *
 *     const postgres = withPostgres();
 *     test("…", async () => {
 *       const url = await postgres.database(); // postgres://shop:…@127.0.0.1:PORT/test_1?sslmode=disable
 *     });
 *
 * The server takes about a third of a second to start, a database some tens of milliseconds. The URL's user owns its
 * databases and may create others, but is no superuser, as on a managed server. Connections are in clear text on
 * 127.0.0.1; `url(name)` and `withPostgres({ tls: true })` are there for tests that are about the connection itself.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { DatabaseServer } from "../../rehearsal/cloud/contracts";
import { platformUser } from "../../rehearsal/cloud/database/template";
import { startDatabaseServer } from "../../rehearsal/cloud/database";
import { selfSigned } from "./certificate";

export interface TestPostgres {
  /** Makes an empty database, named by the caller or by a counter, and returns its URL. */
  database(name?: string): Promise<string>;
  /** The URL of a database by name, whether it exists or not. */
  url(name: string): string;
  /** Runs statements as the platform's own superuser. */
  asHost(sql: string): Promise<void>;
  /** Where the server keeps its files. */
  folder(): Promise<string>;
}

const user = "shop";
const password = "for-tests-only";

/**
 * Call at the top of a test file or of a `describe`: starts a server before its tests and stops it after them.
 *
 * @param options.tls refuse clear text; URLs then say `sslmode=no-verify`, since the certificate is self-signed.
 * @param options.parameters server parameters, such as `{ max_connections: "20" }`.
 */
export function withPostgres(
  options: { readonly tls?: boolean; readonly parameters?: Readonly<Record<string, string>> } = {},
): TestPostgres {
  const tls = options.tls ?? false;
  let server: DatabaseServer | undefined;
  let home: string | undefined;
  let made = 0;

  beforeAll(async () => {
    home = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
    server = await startDatabaseServer({
      name: "test",
      adminUser: user,
      adminPassword: password,
      certificate: await selfSigned("localhost"),
      parameters: { ...options.parameters, require_secure_transport: tls ? "on" : "off" },
      folder: home,
    });
  });

  afterAll(async () => {
    // A pool's end does not wait for its sockets: a server stopped in between would make its clients fail.
    if (server !== undefined) await sessionsGone(url("postgres"));
    await server?.stop();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  });

  const running = (): DatabaseServer => {
    if (server === undefined) throw new Error("withPostgres: the server runs only while tests do");
    return server;
  };
  const folder = async (): Promise<string> => {
    const [row] = await ask(url("postgres"), "SHOW data_directory");
    return String(row?.["data_directory"]);
  };
  let host: Promise<void> | undefined;
  const url = (name: string): string =>
    `postgres://${user}:${password}@127.0.0.1:${String(running().port)}/${name}?sslmode=${tls ? "no-verify" : "disable"}`;
  return {
    url,
    folder,
    asHost: async (sql) => {
      host ??= letHostIn(await folder(), running().port);
      await host;
      await ask(hostUrl(running().port), sql);
    },
    database: async (name = `test_${String(++made)}`) => {
      await running().createDatabase(name);
      return url(name);
    },
  };
}

const hostUrl = (port: number): string =>
  `postgres://${platformUser}@127.0.0.1:${String(port)}/postgres?sslmode=disable`;

async function ask(connectionString: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The platform's password is nobody's: the server's own rules let it in without, from this machine. */
async function letHostIn(data: string, port: number): Promise<void> {
  const rules = path.join(data, "pg_hba.conf");
  writeFileSync(rules, `host all ${platformUser} 127.0.0.1/32 trust\n${readFileSync(rules, "utf8")}`);
  process.kill(Number(readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n")[0]), "SIGHUP");
  const deadline = Date.now() + patience;
  for (;;)
    try {
      await ask(hostUrl(port), "SELECT 1");
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(pollMilliseconds);
    }
}

const pollMilliseconds = 20;
const patience = 5_000;

/** Waits until nobody else is connected; a test that forgot to close a session is not waited for for ever. */
async function sessionsGone(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  const deadline = Date.now() + patience;
  try {
    while (Date.now() < deadline) {
      const { rowCount } = await client.query(
        "select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
      );
      if (rowCount === 0) return;
      await delay(pollMilliseconds);
    }
  } finally {
    await client.end();
  }
}
