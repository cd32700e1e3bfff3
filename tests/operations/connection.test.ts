import { parseDatabase, parseDatabaseUrl, tlsOptions, type SiteResolver } from "../../operations/connection";
import { withSession } from "../../operations/data/engines/postgres/session";
import { withPostgres } from "../support/postgres";

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
  ["sqlserver://shop@h/d", "--from: sqlserver:// comes later"],
  ["mysql://shop@h/d", "--from: mysql:// comes later"],
  ["primry", '--from: "primry" is not a database; use primary, standby, env:NAME'],
  ["postgres://h/d", "--from: the URL needs a user, a host and a database"],
  ["postgres://a@h/d?sslmode=full", "--from: sslmode=full is not known"],
])("refuses %s as a fault of usage, without its password", async (argument, message) => {
  const fault: unknown = await parse(argument).catch((error: unknown) => error);
  expect(fault).toMatchObject({ exitCode: 2 });
  expect(String(fault)).toContain(message);
  expect(String(fault)).not.toContain("secret");
});

test("sslmode has libpq's meaning", () => {
  const options = (mode: string) => tlsOptions(parseDatabaseUrl("t", `postgres://a@h/d?sslmode=${mode}`));
  expect(options("disable")).toBe(false);
  expect(options("require")).toMatchObject({ rejectUnauthorized: false });
  expect(options("verify-full")).toMatchObject({ rejectUnauthorized: true });
});

describe("on a server that refuses clear text", () => {
  const server = withPostgres({ tls: true });
  const connect = (url: string): Promise<unknown> =>
    withSession(parseDatabaseUrl("t", url), "test", (session) =>
      session.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"),
    );

  test("require and the default encrypt; verify-full refuses a certificate nobody vouches for", async () => {
    const url = await server.database();
    const as = (mode: string): string => url.replace(/sslmode=.*/, mode);
    expect(await connect(as("sslmode=require"))).toEqual([["t"]]);
    expect(await connect(as(""))).toEqual([["t"]]);
    await expect(connect(as("sslmode=verify-full"))).rejects.toMatchObject({ exitCode: 3 });
    await expect(connect(as("sslmode=disable"))).rejects.toMatchObject({ exitCode: 3 });
  });

  test("what is wrong is said with host and port, and never with the password", async () => {
    const url = await server.database();
    const wrong = await connect(url.replace("for-tests-only", "hunter2")).catch(String);
    expect(wrong).toMatch(/shop@127\.0\.0\.1:\d+\/test_\d+: the password is wrong/);
    expect(wrong).not.toContain("hunter2");
    expect(await connect(server.url("nowhere")).catch(String)).toContain("no such database");
    expect(await connect("postgres://a:hunter2@127.0.0.1:1/d").catch(String)).toMatch(
      /a@127\.0\.0\.1:1\/d: nothing listens there; check host, port and firewall; safe to run again/,
    );
  });
});
