/**
 * A real MariaDB server for one test file, and as many fresh databases in it as its tests like:
 *
 *     const describeMariadb = mariadbOrSkip();
 *     describeMariadb("…", () => {
 *       const mariadb = withMariadb();
 *       test("…", async () => {
 *         const url = await mariadb.database(); // mysql://shop:…@127.0.0.1:PORT/test_1?ssl-mode=DISABLED
 *       });
 *     });
 *
 * The server takes a second or two to make and start, a database some milliseconds. The URL's user has all rights to
 * its databases and none beside them, as with a shared host. Where no MariaDB is installed the tests are skipped, and
 * say so.
 */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { isMysql, password, programs, startMariadb, user, type Server } from "./mariadb-server";

export { isMysql };

export interface TestMariadb {
  /** Makes an empty database, named by the caller or by a counter, and returns its URL. */
  database(name?: string): Promise<string>;
  /** The URL of a database by name, whether it exists or not. */
  url(name: string): string;
  /** Runs statements as the host's own administrator. */
  asHost(sql: string): Promise<void>;
  /** Kills the server as a machine that runs out of memory would, and waits until it is there again. */
  crash(): Promise<void>;
  /** Cuts every connection of the URLs' user. */
  cutAll(): Promise<void>;
  /** How many transactions wait for a lock in the whole server. */
  waiting(): Promise<number>;
}

const idsShape = z.array(z.object({ id: z.number() }));

/** `describe` where a MariaDB is installed, else `describe.skip`. */
export function mariadbOrSkip(): jest.Describe {
  if (programs.server !== undefined && programs.install !== undefined) return describe;
  console.warn(
    "MariaDB is not installed (mariadbd, mariadb-install-db), so these tests are skipped; on Debian: apt-get install mariadb-server",
  );
  return describe.skip;
}

/**
 * Call at the top of a `describe`: starts a server before its tests and stops it after them.
 *
 * @param options.tls refuse clear text; URLs then say `ssl-mode=REQUIRED`, since the certificate is self-signed.
 */
export function withMariadb(options: { readonly tls?: boolean } = {}): TestMariadb {
  const tls = options.tls ?? false;
  let server: Server | undefined;
  let made = 0;

  beforeAll(async () => {
    server = await startMariadb(tls);
  });
  afterAll(() => server?.stop());

  const running = (): Server => {
    if (server === undefined) throw new Error("withMariadb: the server runs only while tests do");
    return server;
  };
  const url = (name: string): string =>
    `mysql://${user}:${password}@127.0.0.1:${String(running().port)}/${name}?ssl-mode=${tls ? "REQUIRED" : "DISABLED"}`;
  return {
    url,
    asHost: async (sql) => {
      await running().asHost(sql);
    },
    crash: () => running().crash(),
    cutAll: async () => {
      const found = await running().asHost(
        `SELECT id AS id FROM information_schema.PROCESSLIST WHERE user = '${user}'`,
      );
      for (const { id } of idsShape.parse(found))
        await running()
          .asHost(`KILL ${id}`)
          // Some have ended by themselves in between.
          .catch((error: unknown) => {
            if (!/Unknown thread id/.test(String(error))) throw error;
          });
    },
    waiting: async () => {
      // InnoDB shows what it showed last as long as it is asked again within a tenth of a second.
      await delay(200);
      const found = await running().asHost(
        "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'",
      );
      return Array.isArray(found) ? found.length : 0;
    },
    database: async (name = `test_${String(++made)}`) => {
      await running().asHost(
        `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4; GRANT ALL ON \`${name.replaceAll("_", "\\_")}\`.* TO '${user}'@'%'`,
      );
      return url(name);
    },
  };
}
