import { parseDatabaseUrl, type PostgresConnection } from "../../../operations/connection";
import { Session } from "../../../operations/data/engines/postgres/session";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";

const server = withPostgres();
const numbers = "SELECT n FROM generate_series(1, 20000) n";

async function connection(): Promise<PostgresConnection> {
  const parsed = parseDatabaseUrl("test", await server.database());
  if (parsed.engine !== "postgres") throw new Error("the test's server is PostgreSQL");
  return parsed;
}

test.each(["read on", "given up"])("a stream whose connection is cut ends when it is %s", async (how) => {
  const to = await connection();
  const session = await Session.open(to, "test");
  const [own] = await session.rows("SELECT pg_backend_pid()");
  const stream = session.stream(numbers);
  expect((await stream.next()).value).toHaveLength(5000);
  await query(server.url(to.database), `SELECT pg_terminate_backend(${own?.[0] ?? ""})`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  if (how === "read on") await expect(stream.next()).rejects.toThrow(/terminat/);
  else expect(await stream.return(undefined)).toEqual({ done: true, value: undefined });
  await session.close();
});

test("a stream that is given up leaves its session as it was", async () => {
  const session = await Session.open(await connection(), "test");
  const stream = session.stream(numbers);
  await stream.next();
  await stream.return(undefined);
  expect(await session.rows("SELECT 1")).toEqual([["1"]]);
  await session.close();
});

test("a statement that fails ends its stream, and the session goes on", async () => {
  const session = await Session.open(await connection(), "test");
  await expect(session.stream("SELECT 1 / (n - 3) FROM generate_series(1, 5) n").next()).rejects.toThrow(
    /division by zero/,
  );
  expect(await session.rows("SELECT 1")).toEqual([["1"]]);
  await session.close();
});
