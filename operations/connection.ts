/** Where a database argument of the command line leads, and how its connection is secured. */
import { readFileSync } from "node:fs";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { usage, type Fault } from "./fault";

/** How much of TLS the URL's `sslmode` asks for, with libpq's meaning of the word. */
export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

export interface PostgresConnection {
  readonly engine: "postgres";
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly sslMode: SslMode;
  readonly sslRootCertificate: string | undefined;
  /** For messages: `shop@db.example:5432/shop`, never a password. */
  readonly label: string;
}
export type Connection = PostgresConnection;

/** Finds the URL of a site's own database; faults say which setting is missing. */
export type SiteResolver = (site: "primary" | "standby") => Promise<string>;

const advice = "use primary, standby, env:NAME (a URL in that environment variable) or postgres://…";

/**
 * Reads a `--from` or `--to`. A URL given on the command line must not hold a password: others on the machine can
 * read it there.
 */
export async function parseDatabase(
  option: string,
  argument: string,
  resolve: SiteResolver,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Connection> {
  if (argument === "primary" || argument === "standby")
    return parseDatabaseUrl(`${option} ${argument}`, await resolve(argument));
  if (argument.startsWith("env:")) {
    const name = argument.slice("env:".length);
    const url = environment[name];
    if (url === undefined || url === "")
      throw usage(
        `${option} ${argument}: the environment variable ${name} is not set; put the database's URL there`,
      );
    return parseDatabaseUrl(`${option} ${argument}`, url);
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(argument))
    throw usage(`${option}: ${JSON.stringify(argument)} is not a database; ${advice}`);
  if (/^[^/?#]*:\/\/[^/?#]*:[^/?#]*@/.test(argument) || /[?&]password=/i.test(argument))
    throw usage(
      `${option}: the URL holds a password, which others on this machine can read on the command line; ` +
        "put the URL into an environment variable and give env:NAME",
    );
  return parseDatabaseUrl(option, argument, environment);
}

/** Parses a database URL from a trusted place (an environment variable, a stack output). Never prints it. */
export function parseDatabaseUrl(
  option: string,
  text: string,
  environment: NodeJS.ProcessEnv = process.env,
): Connection {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw usage(`${option}: not a URL; ${advice}`);
  }
  const scheme = url.protocol.slice(0, -1);
  if (scheme === "sqlserver" || scheme === "mysql")
    throw usage(`${option}: ${scheme}:// comes later; this version works with postgres:// alone`);
  if (scheme !== "postgres" && scheme !== "postgresql")
    throw usage(`${option}: ${scheme}:// is not a database this works with; ${advice}`);
  return parsePostgres(option, url, environment);
}

function parsePostgres(option: string, url: URL, environment: NodeJS.ProcessEnv): PostgresConnection {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const user = decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (host === "" || user === "" || database === "")
    throw usage(`${option}: the URL needs a user, a host and a database: postgres://user@host:5432/database`);
  const password = url.password === "" ? environment["PGPASSWORD"] : decodeURIComponent(url.password);
  const port = url.port === "" ? 5432 : Number(url.port);
  return {
    engine: "postgres",
    host,
    port,
    database,
    user,
    password,
    sslMode: sslModeOf(option, url.searchParams.get("sslmode")),
    sslRootCertificate: url.searchParams.get("sslrootcert") ?? undefined,
    label: `${user}@${host}:${port}/${database}`,
  };
}

function sslModeOf(option: string, value: string | null): SslMode {
  switch (value) {
    case null:
    case "prefer":
      return "prefer";
    case "disable":
    case "allow":
      return "disable";
    case "require":
    case "no-verify":
      return "require";
    case "verify-ca":
    case "verify-full":
      return value;
    default:
      throw usage(
        `${option}: sslmode=${value} is not known; use disable, prefer, require, verify-ca or verify-full`,
      );
  }
}

/**
 * TLS options of a connection; false is clear text. `verify-full` checks chain and name against the system's roots
 * (with NODE_EXTRA_CA_CERTS) or `sslrootcert`; `require` encrypts without checking, as libpq does without a root.
 */
export function tlsOptions(connection: PostgresConnection): ConnectionOptions | false {
  const root = connection.sslRootCertificate;
  const ca = root === undefined || root === "system" ? {} : { ca: readRoot(root) };
  switch (connection.sslMode) {
    case "disable":
      return false;
    case "prefer":
      return { rejectUnauthorized: false };
    case "require":
      return root === undefined ? { rejectUnauthorized: false } : { ...ca, checkServerIdentity: anyName };
    case "verify-ca":
      return { ...ca, rejectUnauthorized: true, checkServerIdentity: anyName };
    case "verify-full":
      return { ...ca, rejectUnauthorized: true, checkServerIdentity };
  }
}

const anyName = (): undefined => undefined;

function readRoot(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw noRoot(file, error);
  }
}

const noRoot = (file: string, cause: unknown): Fault =>
  usage(`sslrootcert=${file}: the file cannot be read; give the path of a PEM file, or leave it out`, {
    cause,
  });
