/** Debian's PostgreSQL, for which its package `postgresql-comparator` has what the peer needs inside the server. */
import { appendFileSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Client } from "pg";
import { serverAccount } from "../../rehearsal/cloud/database/account";
import { startPostmaster } from "../../rehearsal/cloud/database/postmaster";
import { run } from "../../rehearsal/cloud/database/run";
import { freePort } from "../../rehearsal/cloud/free-port";

const versions = "/usr/lib/postgresql";
const settings = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = '512MB'
max_wal_size = '4GB'
fsync = off
full_page_writes = off
jit = off
`;

export interface Server {
  readonly port: number;
  createDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error naming the packages where they are not installed */
export async function startServer(): Promise<Server> {
  const version = (existsSync(versions) ? readdirSync(versions) : []).find((one) =>
    existsSync(path.join(versions, one, "lib/pgcmp.so")),
  );
  const bin = path.join(versions, version ?? "", "bin");
  if (version === undefined || !existsSync(path.join(bin, "initdb")))
    throw new Error("the peers are not installed: apt-get install postgresql postgresql-comparator");
  const account = serverAccount();
  const home = mkdtempSync(path.join(os.tmpdir(), "warm-standby-bench-"));
  if (account !== undefined) chownSync(home, account.uid, account.gid);
  const data = path.join(home, "data");
  await run(path.join(bin, "initdb"), ["-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8"], {
    account,
    cwd: home,
  });
  appendFileSync(path.join(data, "postgresql.conf"), settings);
  const port = await freePort();
  const logs = mkdtempSync(path.join(os.tmpdir(), "warm-standby-bench-log-"));
  mkdirSync(logs, { recursive: true });
  const program = path.join(bin, "postgres");
  const postmaster = await startPostmaster({
    program,
    data,
    home,
    port,
    account,
    log: path.join(logs, "log"),
  });
  const query = async (database: string, sql: string): Promise<void> => {
    const client = new Client({ host: "127.0.0.1", port, user: "shop", database });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  return {
    port,
    createDatabase: async (name) => {
      await query("postgres", `CREATE DATABASE ${name}`);
      await query(name, "CREATE EXTENSION pgcmp");
    },
    stop: async () => {
      await postmaster.stop();
      for (const folder of [home, logs]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
