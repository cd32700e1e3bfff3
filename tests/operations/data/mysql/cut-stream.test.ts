/** A connection that is cut while rows come in. */
import { parseDatabaseUrl, type MysqlConnection } from "../../../../operations/connection";
import { Session } from "../../../../operations/data/engines/mysql/session";
import { mariadbOrSkip, withMariadb } from "../../../support/mariadb";

mariadbOrSkip()("a stream of MariaDB", () => {
  const server = withMariadb();
  // More than is held on the way, and so much that the server is still at it when it is cut.
  const numbers = "SELECT seq, REPEAT('x', 1000) FROM seq_1_to_20000";

  async function connection(): Promise<MysqlConnection> {
    const parsed = parseDatabaseUrl("test", await server.database());
    if (parsed.engine !== "mysql") throw new Error("the test's server is MariaDB");
    return parsed;
  }

  test.each(["read on", "given up"])("ends when its connection is cut and it is %s", async (how) => {
    const session = await Session.open(await connection(), "test");
    const [own] = await session.rows("SELECT CONNECTION_ID()");
    const stream = session.stream(numbers);
    expect((await stream.next()).value).toHaveLength(1000);
    await server.asHost(`KILL ${own?.[0] ?? ""}`);
    if (how === "given up") expect(await stream.return(undefined)).toEqual({ done: true, value: undefined });
    else
      await expect(
        (async () => {
          for await (const rows of stream) expect(rows.length).toBeGreaterThan(0);
        })(),
      ).rejects.toThrow(/lost|closed|cut|ECONNRESET/i);
    await session.close();
  });

  test("ends when its connection is cut before its first row", async () => {
    const session = await Session.open(await connection(), "test");
    const [own] = await session.rows("SELECT CONNECTION_ID()");
    const first = session.stream("SELECT SLEEP(1000)").next();
    const told = expect(first).rejects.toThrow(/lost|closed|cut|interrupted/i);
    await server.asHost(`KILL ${own?.[0] ?? ""}`);
    await told;
    await session.close();
  });

  test("leaves its session as it was when it is given up", async () => {
    const session = await Session.open(await connection(), "test");
    const stream = session.stream(numbers);
    await stream.next();
    await stream.return(undefined);
    expect(await session.rows("SELECT 1")).toEqual([["1"]]);
    await session.close();
  });
});
