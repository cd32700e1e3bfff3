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
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createConnection, type Connection } from "mysql2/promise";
import { freePort } from "../../rehearsal/cloud/free-port";
import { selfSigned } from "./certificate";

export interface TestMariadb {
  /** Makes an empty database, named by the caller or by a counter, and returns its URL. */
  database(name?: string): Promise<string>;
  /** The URL of a database by name, whether it exists or not. */
  url(name: string): string;
  /** Runs statements as the host's own administrator. */
  asHost(sql: string): Promise<void>;
  /** Kills the server as a machine that runs out of memory would, and waits until it is there again. */
  crash(): Promise<void>;
  /** How many transactions wait for a lock in the whole server. */
  waiting(): Promise<number>;
}

const user = "shop";
const password = "for-tests-only";
const host = { user: "host", password: "hosts-own" } as const;

const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"];
const find = (program: string): string | undefined =>
  folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
const programs = { server: find("mariadbd"), install: find("mariadb-install-db") };

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
    server = await start(tls);
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

interface Server {
  readonly port: number;
  asHost(sql: string): Promise<unknown>;
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Ends the server when the other end of stdin is closed, which also happens when the test's process is killed; starts
 * it again when it was killed itself.
 */
const guardScript = `
exec 3<&0 </dev/null
code=137
while [ "$code" = 137 ]; do
  "$1" --defaults-file="$2/my.cnf" 3<&- &
  server=$!
  (read -r _; kill -TERM "$server" 2>/dev/null) <&3 >/dev/null 2>&1 &
  guard=$!
  wait "$server"
  code=$?
  kill "$guard" 2>/dev/null
done
cd /
rm -rf "$2"
exit "$code"
`;

async function start(tls: boolean): Promise<Server> {
  const { server = "", install = "" } = programs;
  const folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-mariadb-"));
  const port = await freePort();
  const inFolder = (name: string): string => path.join(folder, name);
  mkdirSync(inFolder("tmp"));
  if (tls) {
    const certificate = await selfSigned("localhost");
    writeFileSync(inFolder("server.crt"), certificate.chain);
    writeFileSync(inFolder("server.key"), certificate.key, { mode: 0o600 });
  }
  const root = process.getuid?.() === 0 ? ["user=root"] : [];
  // A test's server need not outlast the machine, but what it has committed outlasts its own end.
  writeFileSync(
    inFolder("my.cnf"),
    [
      "[mariadbd]",
      ...root,
      `datadir=${inFolder("data")}`,
      // A server that starts deletes what looks like temporary tables there: other tests' servers have theirs elsewhere.
      `tmpdir=${inFolder("tmp")}`,
      `socket=${inFolder("socket")}`,
      `pid-file=${inFolder("pid")}`,
      `init-file=${inFolder("users.sql")}`,
      "bind-address=127.0.0.1",
      `port=${String(port)}`,
      "skip-name-resolve",
      "character-set-server=utf8mb4",
      "innodb-log-file-size=16M",
      "innodb-buffer-pool-size=64M",
      "innodb-flush-log-at-trx-commit=2",
      "performance-schema=OFF",
      ...(tls
        ? [
            `ssl-cert=${inFolder("server.crt")}`,
            `ssl-key=${inFolder("server.key")}`,
            "require-secure-transport=ON",
          ]
        : []),
      "",
    ].join("\n"),
  );
  writeFileSync(
    inFolder("users.sql"),
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}';
     CREATE USER '${host.user}'@'127.0.0.1' IDENTIFIED BY '${host.password}';
     GRANT ALL ON *.* TO '${host.user}'@'127.0.0.1' WITH GRANT OPTION;\n`,
  );
  const installed = spawnSync(
    install,
    [`--defaults-file=${inFolder("my.cnf")}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
    { encoding: "utf8" },
  );
  if (installed.status !== 0) throw new Error(`mariadb-install-db: ${installed.stdout}${installed.stderr}`);
  const child = spawn("/bin/sh", ["-c", guardScript, "mariadb-guard", server, folder], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
  });
  const log: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  child.stdin.on("error", () => undefined);
  const dial = (): Promise<Connection> =>
    createConnection({
      host: "127.0.0.1",
      port,
      ...host,
      multipleStatements: true,
      ...(tls ? { ssl: { rejectUnauthorized: false } } : {}),
    });
  await reached(child, dial, () => log.join("").slice(-4000));
  return {
    port,
    asHost: async (sql) => {
      const client = await dial();
      try {
        const [result] = await client.query(sql);
        return result;
      } finally {
        await client.end();
      }
    },
    crash: async () => {
      process.kill(Number(readFileSync(inFolder("pid"), "utf8")), "SIGKILL");
      // Whoever dials now may still meet the one that is about to end.
      await delay(50);
      await reached(child, dial, () => log.join("").slice(-4000));
    },
    stop: async () => {
      const ended = once(child, "exit");
      child.stdin.end();
      if (child.exitCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const patience = 30_000;

/** Waits until the server takes connections. */
async function reached(
  child: ChildProcess,
  dial: () => Promise<Connection>,
  log: () => string,
): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      await (await dial()).end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the MariaDB server does not start: ${log()}`, { cause: error });
      await delay(50);
    }
  }
}
