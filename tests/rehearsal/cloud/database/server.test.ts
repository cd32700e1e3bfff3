import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { DatabaseServer, IssuedCertificate } from "../../../../rehearsal/cloud/contracts";
import { startDatabaseServer } from "../../../../rehearsal/cloud/database";
import { selfSigned } from "../../../support/certificate";

const adminPassword = 'it\'s \\ a "secret"';
const root = path.join(__dirname, "../../../..");
let folder: string;
let certificate: IssuedCertificate;
let server: DatabaseServer;

const settings = (over: Partial<Parameters<typeof startDatabaseServer>[0]> = {}) => ({
  name: "psql-test",
  adminUser: "shopadmin",
  adminPassword,
  certificate,
  parameters: {},
  folder,
  ...over,
});

const client = (database: string, over: object = {}): Client =>
  new Client({
    host: "127.0.0.1",
    port: server.port,
    user: "shopadmin",
    password: adminPassword,
    database,
    ssl: { ca: certificate.chain, servername: "psql-test.postgres.database.azure.com" },
    ...over,
  });

async function query(database: string, text: string): Promise<unknown[]> {
  const connection = client(database);
  await connection.connect();
  try {
    return (await connection.query<Record<string, unknown>>(text)).rows;
  } finally {
    await connection.end();
  }
}

const refuses = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => resolve(true));
  });

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
  certificate = await selfSigned("psql-test.postgres.database.azure.com");
  server = await startDatabaseServer(
    settings({ parameters: { work_mem: "8MB", "azure.extensions": "CITEXT" } }),
  );
  await server.createDatabase("shop");
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("serves the declared database over TLS under its own certificate, with the declared parameters", async () => {
  expect(
    await query(
      "shop",
      `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('work_mem') AS work_mem,
         current_setting('azure.extensions') AS extensions,
         (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls`,
    ),
  ).toEqual([{ version: 18, work_mem: "8MB", extensions: "CITEXT", tls: true }]);
});

test("lets the administrator make tables and databases, but gives no superuser rights", async () => {
  await query("shop", "CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)");
  await query("postgres", "CREATE DATABASE another");
  expect(
    await query(
      "shop",
      "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user",
    ),
  ).toEqual([{ rolsuper: false, rolcreatedb: true, rolcreaterole: true }]);
  await expect(query("shop", "SET session_replication_role = replica")).rejects.toThrow(
    'permission denied to set parameter "session_replication_role"',
  );
  await expect(query("shop", "COPY customers TO PROGRAM 'cat'")).rejects.toThrow(
    "permission denied to COPY to or from an external program",
  );
});

test("refuses clear text", async () => {
  await expect(client("shop", { ssl: false }).connect()).rejects.toThrow(
    /no pg_hba.conf entry for host "127.0.0.1".*no encryption/,
  );
});

test("refuses a wrong password and leaves no way in as the platform", async () => {
  await expect(client("shop", { password: "wrong" }).connect()).rejects.toThrow(
    'password authentication failed for user "shopadmin"',
  );
  await expect(client("shop", { user: "azuresu", password: "azuresu" }).connect()).rejects.toThrow(
    'password authentication failed for user "azuresu"',
  );
});

test("drops a database that is still in use", async () => {
  await server.createDatabase("busy");
  const connection = client("busy");
  const dropped = new Promise<Error>((resolve) => connection.on("error", resolve));
  await connection.connect();
  await server.dropDatabase("busy");
  expect((await dropped).message).toMatch(/terminat/);
  expect(await query("shop", "SELECT 1 FROM pg_database WHERE datname = 'busy'")).toEqual([]);
});

test("refuses an administrator's name that Azure keeps for itself", async () => {
  await expect(startDatabaseServer(settings({ adminUser: "azure_superuser" }))).rejects.toThrow(
    'database server psql-test: administratorLogin "azure_superuser" is reserved by Azure; choose another name',
  );
});

test("says which parameter PostgreSQL refuses, and leaves nothing behind", async () => {
  const own = path.join(folder, "refused");
  await expect(
    startDatabaseServer(settings({ folder: own, parameters: { no_such_thing: "1" } })),
  ).rejects.toThrow(/unrecognized configuration parameter "no_such_thing"/);
  expect(readdirSync(own).filter((name) => !name.endsWith(".log"))).toEqual([]);
  await expect(
    startDatabaseServer(settings({ folder: own, parameters: { work_mem: "1\nfsync=on" } })),
  ).rejects.toThrow("server parameter work_mem: a value is one line");
});

test("is gone after stop, data and all, also when it is called twice", async () => {
  const own = path.join(folder, "stopped");
  const short = await startDatabaseServer(settings({ folder: own, name: "short" }));
  await Promise.all([short.stop(), short.stop()]);
  expect(await refuses(short.port)).toBe(true);
  expect(readdirSync(own)).toEqual(["short.log"]);
});

test("says so when it ends without having been told to", async () => {
  const own = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
  chmodSync(own, 0o755);
  try {
    let tell: ((why: Error) => void) | undefined;
    const lost = new Promise<Error>((resolve) => (tell = resolve));
    const doomed = await startDatabaseServer(settings({ folder: own, onLost: (why) => tell?.(why) }));
    const data = readdirSync(own).find((name) => name.startsWith("psql-test-")) ?? "";
    const [pid] = readFileSync(path.join(own, data, "data", "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGKILL");
    expect((await lost).message).toMatch(/^PostgreSQL ended by itself; the end of its log:\n.*ready/s);
    await doomed.stop();
    expect(readdirSync(own)).toEqual(["psql-test.log"]);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});

test("takes clear text where require_secure_transport was declared off", async () => {
  const plain = await startDatabaseServer(
    settings({ name: "plain", parameters: { require_secure_transport: "OFF" } }),
  );
  try {
    const connection = client("postgres", { port: plain.port, ssl: false });
    await connection.connect();
    expect((await connection.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await connection.end();
  } finally {
    await plain.stop();
  }
});

test("does not outlive a parent that is killed", async () => {
  const own = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
  // Open to the server's user, so that its files are here and not in the system's temporary folder.
  chmodSync(own, 0o755);
  const program = path.join(own, "parent.ts");
  const modulePath = JSON.stringify(path.join(root, "rehearsal/cloud/database"));
  writeFileSync(
    program,
    `import { startDatabaseServer } from ${modulePath};
     void startDatabaseServer(${JSON.stringify(settings({ folder: own }))}).then((server) => console.log(server.port));`,
  );
  const parent = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => parent.once("close", resolve));
  try {
    const port = Number(
      await new Promise<string>((resolve, reject) => {
        parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
        void ended.then(() => reject(new Error("the parent ended before it had a server")));
      }),
    );
    const data = readdirSync(own).find((name) => name.startsWith("psql-test-")) ?? "";
    const pidFile = path.join(own, data, "data", "postmaster.pid");
    expect(readFileSync(pidFile, "utf8")).toContain(String(port));
    expect(await refuses(port)).toBe(false);

    parent.kill("SIGKILL");
    await ended;
    // Until the test's own limit: the server must go, and its data after it.
    while (!(await refuses(port)) || existsSync(path.dirname(pidFile))) await sleep(20);
  } finally {
    parent.kill("SIGKILL");
    rmSync(own, { recursive: true, force: true });
  }
});
