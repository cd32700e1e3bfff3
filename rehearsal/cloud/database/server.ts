import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Client, escapeIdentifier, escapeLiteral } from "pg";
import type { DatabaseServer, DatabaseServerSettings } from "../contracts";
import { freePort } from "../free-port";
import { reaches, serverAccount, type ServerAccount } from "./account";
import { findBinaries } from "./binaries";
import { hostAccess, serverConfiguration } from "./configuration";
import { PortTaken, startPostmaster, type Postmaster } from "./postmaster";
import { run } from "./run";
import { makeDataFolder, platformUser } from "./template";

/** A server's settings, and where it may keep its files. */
export interface DatabaseServerOptions extends DatabaseServerSettings {
  /** An existing folder for the data, which is removed when the server stops, and for `<name>.log`. */
  readonly folder: string;
  /** Called should the server end without having been told to. */
  readonly onLost?: ((why: Error) => void) | undefined;
}

const portTries = 5;

/** Names that Azure refuses for the administrator: they are the platform's. */
const reservedUsers =
  /^(azure_superuser|azuresu|azure_pg_admin|admin|administrator|root|guest|public|pg_.*)$/i;

/**
 * Starts a PostgreSQL server on 127.0.0.1 as a managed one looks from outside: TLS only, passwords only, and an
 * administrator without superuser rights.
 *
 * @throws Error with the end of the server's log when it does not start.
 */
export async function startDatabaseServer(options: DatabaseServerOptions): Promise<DatabaseServer> {
  if (reservedUsers.test(options.adminUser))
    throw new Error(
      `database server ${options.name}: administratorLogin ${JSON.stringify(options.adminUser)} is reserved by ` +
        "Azure; choose another name",
    );
  const account = serverAccount();
  const binaries = await findBinaries(account);
  const program = path.join(binaries.bin, "postgres");
  const platformPassword = randomBytes(24).toString("base64url");

  const attempt = async (): Promise<{ postmaster: Postmaster; port: number; home: string }> => {
    const home = makeHome(options, account);
    try {
      const data = path.join(home, "data");
      await makeDataFolder(data, binaries, account);
      writeFiles(data, options, account);
      await createRoles(program, data, account, options, platformPassword);
      const port = await freePort();
      const log = path.join(options.folder, `${options.name}.log`);
      const { onLost } = options;
      const postmaster = await startPostmaster({ program, data, home, port, account, log, onLost });
      return { postmaster, port, home };
    } catch (error) {
      rmSync(home, { recursive: true, force: true });
      throw error;
    }
  };

  let started = await attempt().catch(whenPortTaken);
  for (let tries = 1; started === undefined && tries < portTries; tries++)
    started = await attempt().catch(whenPortTaken);
  if (started === undefined)
    throw new Error(`database server ${options.name}: ${String(portTries)} ports in a row were taken`);
  const { postmaster, port, home } = started;

  /** One statement as the platform. The certificate is checked against itself: its names are public ones. */
  const asPlatform = async (statement: string): Promise<void> => {
    const client = new Client({
      host: "127.0.0.1",
      port,
      user: platformUser,
      password: platformPassword,
      database: "postgres",
      ssl: { ca: options.certificate.chain, checkServerIdentity: () => undefined },
    });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };

  let stopping: Promise<void> | undefined;
  return {
    port,
    createDatabase: (name) =>
      asPlatform(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${escapeIdentifier(options.adminUser)}`),
    dropDatabase: (name) => asPlatform(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`),
    stop: () =>
      (stopping ??= postmaster.stop().finally(() => rmSync(home, { recursive: true, force: true }))),
  };
}

function whenPortTaken(error: unknown): undefined {
  if (!(error instanceof PortTaken)) throw error;
}

/** A folder for one attempt: in the caller's, or in the system's for temporary files if that is closed to the server. */
function makeHome(options: DatabaseServerOptions, account: ServerAccount | undefined): string {
  mkdirSync(options.folder, { recursive: true });
  const parent = reaches(account, options.folder) ? options.folder : os.tmpdir();
  const home = mkdtempSync(path.join(parent, `${options.name}-`));
  if (account !== undefined) chownSync(home, account.uid, account.gid);
  return home;
}

function writeFiles(data: string, options: DatabaseServerOptions, account: ServerAccount | undefined): void {
  const put = (name: string, content: string): string => {
    const file = path.join(data, name);
    writeFileSync(file, content, { mode: 0o600 });
    if (account !== undefined) chownSync(file, account.uid, account.gid);
    return file;
  };
  const certificate = put("server.crt", options.certificate.chain);
  const key = put("server.key", options.certificate.key);
  put("postgresql.conf", serverConfiguration(options.parameters, { certificate, key }));
  put("pg_hba.conf", hostAccess(options.parameters));
}

/**
 * Made in single-user mode, before anyone can connect; the statements go through stdin, so that no password shows
 * among the processes. The administrator gets what Azure's `azure_pg_admin` holds, and no superuser rights.
 */
async function createRoles(
  program: string,
  data: string,
  account: ServerAccount | undefined,
  settings: DatabaseServerSettings,
  platformPassword: string,
): Promise<void> {
  if (/[\r\n\0]/.test(settings.adminPassword))
    throw new Error(`database server ${settings.name}: administratorLoginPassword is more than one line`);
  const admin = escapeIdentifier(settings.adminUser);
  const statements = [
    `ALTER ROLE ${platformUser} PASSWORD ${escapeLiteral(platformPassword)}`,
    "CREATE ROLE azure_pg_admin NOLOGIN CREATEDB CREATEROLE",
    "GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO azure_pg_admin WITH ADMIN OPTION",
    `CREATE ROLE ${admin} LOGIN CREATEDB CREATEROLE PASSWORD ${escapeLiteral(settings.adminPassword)}`,
    `GRANT azure_pg_admin TO ${admin}`,
  ];
  const output = await run(program, ["--single", "-D", data, "-c", "log_min_messages=error", "postgres"], {
    account,
    cwd: data,
    input: `${statements.join(";\n")};\n`,
  });
  // Single-user mode ends with 0 whatever became of its statements.
  const fault = /^.*(?:ERROR|FATAL|PANIC):\s+(.*)$/m.exec(output);
  if (fault !== null)
    throw new Error(`database server ${settings.name}: its roles could not be made: ${String(fault[1])}`);
}
