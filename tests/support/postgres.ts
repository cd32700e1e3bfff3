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
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { DatabaseServer } from "../../rehearsal/cloud/contracts";
import { startDatabaseServer } from "../../rehearsal/cloud/database";
import { selfSigned } from "./certificate";

export interface TestPostgres {
  /** Makes an empty database, named by the caller or by a counter, and returns its URL. */
  database(name?: string): Promise<string>;
  /** The URL of a database by name, whether it exists or not. */
  url(name: string): string;
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
  let folder: string | undefined;
  let made = 0;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
    server = await startDatabaseServer({
      name: "test",
      adminUser: user,
      adminPassword: password,
      certificate: await selfSigned("localhost"),
      parameters: { ...options.parameters, require_secure_transport: tls ? "on" : "off" },
      folder,
    });
  });

  afterAll(async () => {
    // A pool's end does not wait for its sockets: a server stopped in between would make its clients fail.
    if (server !== undefined) await sessionsGone(url("postgres"));
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const running = (): DatabaseServer => {
    if (server === undefined) throw new Error("withPostgres: the server runs only while tests do");
    return server;
  };
  const url = (name: string): string =>
    `postgres://${user}:${password}@127.0.0.1:${String(running().port)}/${name}?sslmode=${tls ? "no-verify" : "disable"}`;
  return {
    url,
    database: async (name = `test_${String(++made)}`) => {
      await running().createDatabase(name);
      return url(name);
    },
  };
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
