import { parseDatabase, parseDatabaseUrl, tlsOptions, type SiteResolver } from "../../operations/connection";
import { withDatabase } from "../../operations/data/runs/with-database";
import { describeServers } from "../support/servers";

const none: SiteResolver = (site) => Promise.reject(new Error(`no ${site}`));
const parse = (argument: string, environment: NodeJS.ProcessEnv = {}) =>
  parseDatabase("--from", argument, none, environment);

test("takes a site from the resolver, a name from the environment, a URL as it is", async () => {
  const sites: SiteResolver = (site) => Promise.resolve(`postgres://shop:secret@${site}.example/shop`);
  expect((await parseDatabase("--to", "standby", sites)).label).toBe("shop@standby.example:5432/shop");
  expect((await parse("env:SHOP", { SHOP: "postgres://a:b%40c@h:6000/d" })).password).toBe("b@c");
  expect((await parse("postgresql://a@h/d", { PGPASSWORD: "from-environment" })).password).toBe(
    "from-environment",
  );
});

test.each([
  ["env:SHOP", "--from env:SHOP: the environment variable SHOP is not set"],
  ["postgres://shop:secret@h/d", "--from: the URL holds a password"],
  ["postgres://shop@h/d?password=secret", "--from: the URL holds a password"],
  ["sqlserver://shop:secret@h/d", "--from: the URL holds a password"],
  [
    "sqlserver://h/d",
    "--from: the URL needs a user, a host and a database: sqlserver://user@host:1433/database",
  ],
  ["sqlserver://a@h/d?encrypt=perhaps", "--from: encrypt=perhaps is not known; use true or false"],
  ["sqlserver://a@h/d?authentication=Windows", "--from: authentication=Windows is not known"],
  ["mysql://shop:secret@h/d", "--from: the URL holds a password"],
  ["mysql://shop@h", "--from: the URL needs a user, a host and a database: mysql://user@host:3306/database"],
  [
    "mysql://a@h/d?ssl-mode=full",
    "--from: ssl-mode=full is not known; use DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY",
  ],
  ["primry", '--from: "primry" is not a database; use primary, standby, env:NAME'],
  ["postgres://h/d", "--from: the URL needs a user, a host and a database"],
  ["postgres://a@h/d?sslmode=full", "--from: sslmode=full is not known"],
])("refuses %s as a fault of usage, without its password", async (argument, message) => {
  const fault: unknown = await parse(argument).catch((error: unknown) => error);
  expect(fault).toMatchObject({ exitCode: 2 });
  expect(String(fault)).toContain(message);
  expect(String(fault)).not.toContain("secret");
});

test("a MySQL URL has its own port, password and ways to ask for TLS", async () => {
  const found = await parse("mysql://shop@h/d?ssl-mode=verify_identity", { MYSQL_PWD: "from-environment" });
  expect(found).toMatchObject({
    engine: "mysql",
    label: "shop@h:3306/d",
    password: "from-environment",
    sslMode: "verify-full",
  });
  expect(parseDatabaseUrl("t", "mariadb://a@h/d")).toMatchObject({ engine: "mysql", sslMode: "prefer" });
  expect(parseDatabaseUrl("t", "mysql://a@h/d?sslmode=require")).toMatchObject({ sslMode: "require" });
});

test("a SQL Server URL is encrypted and checked unless it says otherwise in so many words", async () => {
  const found = await parse("sqlserver://shop@h/d", { SQLCMDPASSWORD: "from-environment" });
  expect(found).toMatchObject({
    engine: "sqlserver",
    label: "shop@h:1433/d",
    password: "from-environment",
    sslMode: "verify-full",
    azureIdentity: false,
  });
  expect(parseDatabaseUrl("t", "sqlserver://a@h/d?trustServerCertificate=true")).toMatchObject({
    sslMode: "require",
  });
  expect(parseDatabaseUrl("t", "mssql://a@h:1500/d?encrypt=false")).toMatchObject({
    sslMode: "disable",
    port: 1500,
  });
  expect(parseDatabaseUrl("t", "sqlserver://h/d?authentication=ActiveDirectoryDefault")).toMatchObject({
    azureIdentity: true,
    label: "azure-identity@h:1433/d",
  });
});

test("sslmode has libpq's meaning", () => {
  const options = (mode: string) => tlsOptions(parseDatabaseUrl("t", `postgres://a@h/d?sslmode=${mode}`));
  expect(options("disable")).toBe(false);
  expect(options("require")).toMatchObject({ rejectUnauthorized: false });
  expect(options("verify-full")).toMatchObject({ rejectUnauthorized: true });
});

describeServers("on a server that refuses clear text", ({ engine, start }) => {
  const server = start({ tls: true });
  const connect = (url: string): Promise<boolean> =>
    withDatabase(parseDatabaseUrl("t", url), "test", async (database) => (await database.probe()).encrypted);

  test("require and the default encrypt; verify-full refuses a certificate nobody vouches for", async () => {
    const url = await server.database();
    const as = (mode: string): string => url.replace(/\?.*/, mode);
    expect(await connect(as("?sslmode=require"))).toBe(true);
    expect(await connect(as(""))).toBe(true);
    await expect(connect(as("?sslmode=verify-full"))).rejects.toMatchObject({ exitCode: 3 });
    await expect(connect(as("?sslmode=disable"))).rejects.toMatchObject({ exitCode: 3 });
  });

  test("what is wrong is said with host and port, and never with the password", async () => {
    const url = await server.database();
    const wrong = await connect(url.replace("for-tests-only", "hunter2")).catch(String);
    expect(wrong).toMatch(/shop@127\.0\.0\.1:\d+\/test_\d+: the password is wrong/);
    expect(wrong).not.toContain("hunter2");
    expect(await connect(server.url("nowhere")).catch(String)).toMatch(
      /no such database|there is none of that name/,
    );
    expect(await connect(`${engine}://a:hunter2@127.0.0.1:1/d`).catch(String)).toMatch(
      /a@127\.0\.0\.1:1\/d: nothing listens there; check host, port and firewall; safe to run again/,
    );
  });
});
