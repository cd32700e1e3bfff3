/** Where a database argument of the command line leads, and how its connection is secured. */
import { readFileSync } from "node:fs";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { usage, type Fault } from "./fault";

/** How much of TLS the URL asks for: `sslmode` with libpq's meaning of the word, `ssl-mode` with that of MySQL's client. */
export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

interface ServerConnection {
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
export interface PostgresConnection extends ServerConnection {
  readonly engine: "postgres";
}
/** SQL Server or Azure SQL. */
export interface SqlServerConnection extends ServerConnection {
  readonly engine: "sqlserver";
  /** Signs in with the token of the Azure identity that this runs as, without a password. */
  readonly azureIdentity: boolean;
}
/** MySQL or MariaDB: which of them, the server says. */
export interface MysqlConnection extends ServerConnection {
  readonly engine: "mysql";
}
export type Connection = PostgresConnection | MysqlConnection | SqlServerConnection;

/** Finds the URL of a site's own database; faults say which setting is missing. */
export type SiteResolver = (site: "primary" | "standby") => Promise<string>;

const advice =
  "use primary, standby, env:NAME (a URL in that environment variable), postgres://…, sqlserver://… or mysql://…";

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
  switch (scheme) {
    case "postgres":
    case "postgresql":
      return {
        engine: "postgres",
        ...parseServer(option, url, "postgres", 5432, environment["PGPASSWORD"]),
        sslMode: sslModeOf(option, url.searchParams.get("sslmode")),
        sslRootCertificate: url.searchParams.get("sslrootcert") ?? undefined,
      };
    case "mysql":
    case "mariadb":
      return {
        engine: "mysql",
        ...parseServer(option, url, "mysql", 3306, environment["MYSQL_PWD"]),
        sslMode: mysqlSslModeOf(option, url.searchParams),
        sslRootCertificate:
          url.searchParams.get("ssl-ca") ?? url.searchParams.get("sslrootcert") ?? undefined,
      };
    case "sqlserver":
    case "mssql": {
      const azureIdentity = azureIdentityOf(option, url.searchParams.get("authentication"));
      const named = azureIdentity && url.username === "" ? withUser(url, "azure-identity") : url;
      return {
        engine: "sqlserver",
        ...parseServer(option, named, "sqlserver", 1433, environment["SQLCMDPASSWORD"]),
        sslMode: sqlServerSslModeOf(option, url.searchParams),
        sslRootCertificate: url.searchParams.get("sslrootcert") ?? undefined,
        azureIdentity,
      };
    }
    default:
      throw usage(`${option}: ${scheme}:// is not a database this works with; ${advice}`);
  }
}

function parseServer(
  option: string,
  url: URL,
  scheme: string,
  usualPort: number,
  passwordElsewhere: string | undefined,
): Omit<ServerConnection, "sslMode" | "sslRootCertificate"> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const user = decodeURIComponent(url.username);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (host === "" || user === "" || database === "")
    throw usage(
      `${option}: the URL needs a user, a host and a database: ${scheme}://user@host:${usualPort}/database`,
    );
  const port = url.port === "" ? usualPort : Number(url.port);
  return {
    host,
    port,
    database,
    user,
    password: url.password === "" ? passwordElsewhere : decodeURIComponent(url.password),
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

const mysqlSslModes: Readonly<Record<string, SslMode>> = {
  DISABLED: "disable",
  PREFERRED: "prefer",
  REQUIRED: "require",
  VERIFY_CA: "verify-ca",
  VERIFY_IDENTITY: "verify-full",
};

/** `ssl-mode` as MySQL's own client has it; `sslmode` is understood too. */
function mysqlSslModeOf(option: string, parameters: URLSearchParams): SslMode {
  const value = parameters.get("ssl-mode");
  if (value === null) return sslModeOf(option, parameters.get("sslmode"));
  const mode = mysqlSslModes[value.toUpperCase()];
  if (mode !== undefined) return mode;
  throw usage(`${option}: ssl-mode=${value} is not known; use ${Object.keys(mysqlSslModes).join(", ")}`);
}

/** TLS, and checked, unless the URL says otherwise by the driver's own two words. */
function sqlServerSslModeOf(option: string, parameters: URLSearchParams): SslMode {
  const flag = (name: string, usual: boolean): boolean => {
    const value = parameters.get(name)?.toLowerCase();
    if (value === undefined) return usual;
    if (value === "true" || value === "yes") return true;
    if (value === "false" || value === "no") return false;
    throw usage(`${option}: ${name}=${value} is not known; use true or false`);
  };
  const trusted = flag("trustServerCertificate", false);
  if (!flag("encrypt", true)) return "disable";
  return trusted ? "require" : "verify-full";
}

function azureIdentityOf(option: string, value: string | null): boolean {
  if (value === null || value === "SqlPassword") return false;
  if (/^ActiveDirectory(?:Default|ManagedIdentity|MSI|ServicePrincipal)$/i.test(value)) return true;
  throw usage(`${option}: authentication=${value} is not known; use ActiveDirectoryDefault, or leave it out`);
}

function withUser(url: URL, user: string): URL {
  const named = new URL(url);
  named.username = user;
  return named;
}

/**
 * TLS options of a connection; false is clear text. `verify-full` checks chain and name against the system's roots
 * (with NODE_EXTRA_CA_CERTS) or `sslrootcert`; `require` encrypts without checking, as libpq does without a root.
 */
export function tlsOptions(connection: Connection): ConnectionOptions | false {
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
  usage(
    `${file}: the root certificate named in the URL cannot be read; give the path of a PEM file, or leave it out`,
    {
      cause,
    },
  );
