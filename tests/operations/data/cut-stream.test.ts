/** A connection that is cut while rows come in: neither driver tells whoever waits for them. */
import { once } from "node:events";
import net from "node:net";
import type { Connection } from "../../../operations/connection";
import { Session as MysqlSession } from "../../../operations/data/engines/mysql/session";
import { Session as PostgresSession } from "../../../operations/data/engines/postgres/session";
import { withPostgres } from "../../support/postgres";
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

function postgresAt(url: string) {
  const found = connection(url);
  if (found.engine !== "postgres") throw new Error("a URL of PostgreSQL is wanted");
  return found;
}

describe("a PostgreSQL cursor", () => {
  const server = withPostgres();

  test("ends when its connection is cut between its last row and the server's last word", async () => {
    const url = new URL(await server.database());
    // The driver closes a portal once it has all its rows, and waits for the answer.
    const closesPortal = /C\0\0\0.PC_\d+\0/s;
    const port = Number(url.port);
    let cut = false;
    const proxy = net.createServer((client) => {
      const upstream = net.connect(port, "127.0.0.1");
      for (const socket of [client, upstream]) socket.on("error", () => undefined);
      upstream.pipe(client);
      client.on("data", (chunk) => {
        if (closesPortal.test(chunk.toString("latin1"))) {
          cut = true;
          client.destroy();
          upstream.destroy();
        } else upstream.write(chunk);
      });
      client.on("close", () => upstream.destroy());
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    try {
      const address = proxy.address();
      url.port = String(typeof address === "object" ? address?.port : "");
      const session = await PostgresSession.open(postgresAt(url.href), "test");
      await expect(session.stream(statements.postgres.numbers(3)).next()).rejects.toThrow(ofTheCut);
      expect(cut).toBe(true);
      await session.close();
    } finally {
      proxy.close();
    }
  });
});
