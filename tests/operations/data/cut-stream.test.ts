/** A connection that is cut while rows come in: neither driver tells whoever waits for them. */
import { setTimeout } from "node:timers/promises";
import { to as copyTo } from "pg-copy-streams";
import type { Connection } from "../../../operations/connection";
import { Session as MysqlSession } from "../../../operations/data/engines/mysql/session";
import { Session as PostgresSession } from "../../../operations/data/engines/postgres/session";
import { PostgresWriting } from "../../../operations/data/engines/postgres/writing";
import { cutProxy, type Cut } from "../../support/cut-proxy";
import { withPostgres } from "../../support/postgres";
import { describeServers } from "../../support/servers";
import { numbers } from "./mysql/shop";
import { connection, quiet } from "./sides";

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
    numbers: (to: number) =>
      `SELECT 200 * n.n + m.n, REPEAT('x', 1000) FROM ${numbers(200)}, ${numbers(200).replace(/n$/, "m")} LIMIT ${to}`,
    slow: "SELECT SLEEP(1000)",
  },
};
const ofTheCut = /lost|closed|cut|terminat|interrupted|ECONNRESET/i;

describeServers("a stream", ({ engine, start }) => {
  const server = start();
  const { own, kill, slow, ...of } = statements[engine];
  // More than is held on the way, so that the server is still at it when it is cut.
  const many = of.numbers(20_000);

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

/** A session whose connection is cut at one point. */
async function cutSession(url: string, cut: Cut) {
  const direct = new URL(url);
  const proxy = await cutProxy(Number(direct.port), cut);
  direct.port = String(proxy.port);
  const session = await PostgresSession.open(postgresAt(direct.href), "test");
  return { proxy, session };
}

function postgresAt(url: string) {
  const found = connection(url);
  if (found.engine !== "postgres") throw new Error("a URL of PostgreSQL is wanted");
  return found;
}

describe("between two words of PostgreSQL", () => {
  const server = withPostgres();

  test("a cursor ends that is cut between its last row and the server's last word", async () => {
    // The driver closes a portal once it has all its rows, and waits for the answer.
    const closing = { of: "client", message: /C\0\0\0.PC_\d+\0/s, passes: false } as const;
    const { proxy, session } = await cutSession(await server.database(), closing);
    try {
      await expect(session.stream(statements.postgres.numbers(3)).next()).rejects.toThrow(ofTheCut);
      expect(proxy.happened()).toBe(true);
      await session.close();
    } finally {
      proxy.close();
    }
  });

  test("a session that is cut ends, with its locks, though the server is still at work for it", async () => {
    const url = await server.database();
    const { slow } = statements.postgres;
    const { proxy, session } = await cutSession(url, { of: "client", message: /pg_sleep.*/s, passes: true });
    const next = await PostgresSession.open(postgresAt(url), "test");
    const lock = async (of: PostgresSession): Promise<string | null | undefined> => {
      const [row] = await of.rows("SELECT pg_try_advisory_lock(7)");
      return row?.[0];
    };
    try {
      expect(await lock(session)).toBe("t");
      expect(await lock(next)).toBe("f");
      await expect(session.rows(slow)).rejects.toThrow(ofTheCut);
      expect(proxy.happened()).toBe(true);
      while ((await lock(next)) !== "t") await setTimeout(50);
    } finally {
      await Promise.all([session.close(), next.close()]);
      proxy.close();
    }
  });

  const amid = /\b1\d{4}\tx/;
  const copyDone = /c\0\0\0\x04/;
  const places: readonly [side: "source" | "target", where: string, cut: Cut][] = [
    ["source", "before its first row", { of: "server", message: /H\0\0\0.\0\0/s, passes: false }],
    ["source", "amid its rows", { of: "server", message: amid, passes: false }],
    ["source", "after its last row", { of: "server", message: copyDone, passes: true }],
    ["target", "before its first row", { of: "server", message: /G\0\0\0.\0\0/s, passes: false }],
    ["target", "amid its rows", { of: "client", message: amid, passes: false }],
    ["target", "after its last row", { of: "client", message: copyDone, passes: false }],
    ["target", "before the last word", { of: "server", message: /C\0\0\0.COPY \d+\0/s, passes: true }],
  ];
  test.each(places)("a COPY ends whose %s is cut %s", async (side, _where, cut) => {
    const [from, to] = [await server.database(), await server.database()];
    const cutOff = await cutSession(side === "source" ? from : to, cut);
    const other = await PostgresSession.open(postgresAt(side === "source" ? to : from), "test");
    const [source, target] = side === "source" ? [cutOff.session, other] : [other, cutOff.session];
    try {
      await target.run("CREATE TEMPORARY TABLE stage (n int, word text)");
      const rows = source.copy(copyTo(`COPY (${statements.postgres.numbers(20_000)}) TO STDOUT`));
      const loaded = new PostgresWriting(target).load("pg_temp.stage", ["n", "word"], rows, quiet);
      const ended = await loaded.then(() => "whole", String);
      // Whose rows have all come needs no connection any more, though its end may be told first.
      if (!(side === "source" && cut.passes && ended === "whole")) expect(ended).toMatch(ofTheCut);
      expect(cutOff.proxy.happened()).toBe(true);
    } finally {
      await Promise.all([source.close(), target.close()]);
      cutOff.proxy.close();
    }
  });
});
