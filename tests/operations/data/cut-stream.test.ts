/** A connection that is cut while rows come in: neither driver tells whoever waits for them. */
import type { Connection } from "../../../operations/connection";
import { Session as MysqlSession } from "../../../operations/data/engines/mysql/session";
import { Session as PostgresSession } from "../../../operations/data/engines/postgres/session";
import { describeServers } from "../../support/servers";
import { connection } from "./sides";

const open = (to: Connection) => {
  if (to.engine === "sqlserver") throw new Error("no such server is started here");
  return to.engine === "mysql" ? MysqlSession.open(to, "test") : PostgresSession.open(to, "test");
};

const statements = {
  postgres: {
    own: "SELECT pg_backend_pid()",
    kill: (id: string) => `SELECT pg_terminate_backend(${id})`,
    numbers: (to: number) => `SELECT n, repeat('x', 1000) FROM generate_series(1, ${to}) n`,
    slow: "SELECT pg_sleep(1000)",
  },
  mysql: {
    own: "SELECT CONNECTION_ID()",
    kill: (id: string) => `KILL ${id}`,
    numbers: (to: number) => `SELECT seq, REPEAT('x', 1000) FROM seq_1_to_${to}`,
    slow: "SELECT SLEEP(1000)",
  },
};
const ofTheCut = /lost|closed|cut|terminat|interrupted|ECONNRESET/i;

describeServers("a stream", ({ engine, start }) => {
  const server = start();
  const { own, kill, numbers, slow } = statements[engine];
  // More than is held on the way, so that the server is still at it when it is cut.
  const many = numbers(20_000);

  async function opened() {
    const session = await open(connection(await server.database()));
    const [row] = await session.rows(own);
    return { session, cut: () => server.asHost(kill(row?.[0] ?? "")) };
  }

  test.each(["read on", "given up"])("ends when its connection is cut and it is %s", async (how) => {
    const { session, cut } = await opened();
    const stream = session.stream(many);
    expect(await stream.next()).toMatchObject({ done: false });
    await cut();
    if (how === "given up") expect(await stream.return(undefined)).toEqual({ done: true, value: undefined });
    else
      await expect(
        (async () => {
          for await (const rows of stream) expect(rows.length).toBeGreaterThan(0);
        })(),
      ).rejects.toThrow(ofTheCut);
    await session.close();
  });

  test("ends when its connection is cut before its first row", async () => {
    const { session, cut } = await opened();
    const told = expect(session.stream(slow).next()).rejects.toThrow(ofTheCut);
    await cut();
    await told;
    await session.close();
  });

  test("leaves its session as it was when it is given up, or fails", async () => {
    const { session } = await opened();
    const stream = session.stream(many);
    await stream.next();
    await stream.return(undefined);
    const failing = session.stream("SELECT (SELECT 1 UNION ALL SELECT 2)");
    await expect(failing.next()).rejects.toThrow(/more than (1|one) row/);
    expect(await session.rows("SELECT 1")).toEqual([["1"]]);
    await session.close();
  });
});
