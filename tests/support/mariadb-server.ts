/** A MariaDB server of its own, in a folder of its own, which goes with the process that started it. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createConnection, type Connection } from "mysql2/promise";
import { freePort } from "../../rehearsal/cloud/free-port";
import { selfSigned } from "./certificate";

export const user = "shop";
export const password = "for-tests-only";
const host = { user: "host", password: "hosts-own" } as const;

const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"];
const find = (program: string): string | undefined =>
  folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
/** MySQL's own server, where a whole run of these tests is to meet it instead: `MYSQLD=/usr/sbin/mysqld npx jest …`. */
const mysqld = process.env["MYSQLD"];
export const isMysql = mysqld !== undefined;
export const programs = isMysql
  ? { server: mysqld, install: mysqld }
  : { server: find("mariadbd"), install: find("mariadb-install-db") };

export interface Server {
  readonly port: number;
  /** A file from which the server's own programs read user and password. */
  readonly clientFile: string;
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
  "$1" --defaults-file="$2/my.cnf" --port="$3" --init-file="$2/users.sql" 3<&- &
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

const portTries = 5;

/** @param tls refuse clear text; @throws Error with what the server says where it does not start */
export async function startMariadb(tls: boolean): Promise<Server> {
  for (let tries = 1; ; tries++) {
    try {
      return await start(tls);
    } catch (error) {
      if (tries === portTries || !String(error).includes("Address already in use")) throw error;
    }
  }
}

async function start(tls: boolean): Promise<Server> {
  const { server = "", install = "" } = programs;
  const folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-mariadb-"));
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
      "[mysqld]",
      ...root,
      `datadir=${inFolder("data")}`,
      // A server that starts deletes what looks like temporary tables there: other tests' servers have theirs elsewhere.
      `tmpdir=${inFolder("tmp")}`,
      `socket=${inFolder("socket")}`,
      `pid-file=${inFolder("pid")}`,
      "bind-address=127.0.0.1",
      "skip-name-resolve",
      "character-set-server=utf8mb4",
      ...(isMysql
        ? ["innodb-redo-log-capacity=32M", "mysqlx=OFF", "disable-log-bin", "secure-file-priv=NULL"]
        : ["innodb-log-file-size=16M"]),
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
    `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';
     CREATE USER IF NOT EXISTS '${host.user}'@'127.0.0.1' IDENTIFIED BY '${host.password}';
     GRANT ALL ON *.* TO '${host.user}'@'127.0.0.1' WITH GRANT OPTION;\n`,
  );
  writeFileSync(inFolder("client.cnf"), `[client]\nuser=${user}\npassword=${password}\n`, { mode: 0o600 });
  const installed = spawnSync(
    install,
    [
      `--defaults-file=${inFolder("my.cnf")}`,
      ...(isMysql
        ? ["--initialize-insecure"]
        : ["--auth-root-authentication-method=normal", "--skip-test-db"]),
    ],
    { encoding: "utf8" },
  );
  if (installed.status !== 0) throw new Error(`${install}: ${installed.stdout}${installed.stderr}`);
  const port = await freePort();
  const child = spawn("/bin/sh", ["-c", guardScript, "mariadb-guard", server, folder, String(port)], {
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
    clientFile: inFolder("client.cnf"),
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
