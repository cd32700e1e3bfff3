import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { SqlServerDatabase } from "../../../../operations/data/engines/sqlserver/database";
import { explain, TransactionGone } from "../../../../operations/data/engines/sqlserver/faults";
import { Session } from "../../../../operations/data/engines/sqlserver/session";
import { withDatabase } from "../../../../operations/data/runs/with-database";
import type { OpenDriver } from "../../../../operations/data/engines/sqlserver/driver";
import { Fault } from "../../../../operations/fault";
import { connection, recorded, recorder, serverError } from "./recorder";

const label = "shop@db.example:1433/shop]s";
const told = (error: unknown): string => {
  const found = explain(error, label);
  return found instanceof Fault ? `${found.exitCode}: ${found.message}` : `not explained: ${String(found)}`;
};

test.each([
  [18456, `3: ${label}: the login was refused`],
  [4060, `3: ${label}: there is no such database on the server`],
  [40613, `3: ${label}: the database is not available yet: one that was paused takes about a minute`],
  [40615, `3: ${label}: the server's firewall keeps this address out`],
  [1222, `3: ${label}: somebody held a row or a table for too long`],
  [3961, `3: ${label}: a table was altered while it was read`],
  [9002, `3: ${label}: the transaction log is full`],
  [3958, `3: ${label}: tempdb has no room left for the versions`],
  [40552, `3: ${label}: the service ended a transaction whose log grew too long; run with --batch`],
  [18487, `3: ${label}: the login's password has expired`],
  [229, `3: ${label}: the user lacks a right (error 229); grant it; safe to run again`],
  [916, `3: ${label}: the user lacks a right (error 916)`],
  [208, `3: ${label}: error 208 (error 208)`],
])("error %s of the server is told with what to do", (number, wanted) => {
  expect(told(serverError(number))).toContain(wanted);
});

test("of errors that come together the first speaks; a defect of ours is not dressed up", () => {
  const several = new AggregateError([serverError(229, "denied"), serverError(3609)], "several");
  expect(told(several)).toContain("lacks a right (denied)");
  expect(told(new TypeError("x is undefined"))).toBe("not explained: TypeError: x is undefined");
  expect(told(undefined)).toBe("not explained: undefined");
  const lost = Object.assign(new Error("Requests can only be made in the LoggedIn state"), {
    code: "EINVALIDSTATE",
  });
  expect(told(lost)).toContain("the connection was cut; safe to run again");
});

test("what is to be run again, and what a constraint said", async () => {
  const { database } = await recorded([]);
  expect([1205, 3960, 547, 1222].map((number) => database.asksForAnother(serverError(number)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(database.constraintFault(serverError(2627, "duplicate"))).toBe("duplicate");
  expect(database.constraintFault(serverError(50_000, "not on a Sunday"))).toBe("not on a Sunday");
  expect(database.constraintFault(serverError(3609, "ended in the trigger"))).toBe("ended in the trigger");
  expect(database.constraintFault(serverError(208))).toBeUndefined();
});

test("a transaction that the server has rolled back is run again from its beginning, with the reason", async () => {
  const { database, statements } = await recorded([[/XACT_STATE/, [["0"]]]]);
  database.constraintFault(serverError(547, "conflicted with the FOREIGN KEY"));
  const gone: unknown = await database.rollbackToSave().catch((error: unknown) => error);
  expect(gone).toBeInstanceOf(TransactionGone);
  expect(database.asksForAnother(gone)).toBe(true);
  expect(told(gone)).toContain("conflicted with the FOREIGN KEY");
  expect(statements).not.toContain("ROLLBACK TRANSACTION attempt");
});

test("transactions are begun, saved and ended as documented", async () => {
  const { database, statements } = await recorded([]);
  await database.begin("snapshot");
  await database.rollback();
  await database.begin("write");
  await database.save();
  await database.rollbackToSave();
  await database.commit();
  expect(statements.filter((sql) => !sql.startsWith("SELECT"))).toEqual([
    "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION",
    "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION",
    "SET XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET XACT_ABORT OFF; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION",
    "SAVE TRANSACTION attempt",
    "ROLLBACK TRANSACTION attempt",
    "COMMIT TRANSACTION",
    "SET XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
  ]);
});

test("what is tried and refused is undone by itself, unless the server has undone everything", async () => {
  let state = "1";
  const { database, statements } = await recorded([[/XACT_STATE/, () => [[state]]]]);
  await database.begin("write");
  statements.length = 0;
  expect(await database.trial(() => Promise.resolve("done"))).toBe("done");
  expect(statements).toEqual(["SAVE TRANSACTION trial"]);
  const minded = serverError(547, "conflicted with the CHECK constraint");
  await expect(database.trial(() => Promise.reject(minded))).rejects.toBe(minded);
  expect(statements.at(-1)).toBe("ROLLBACK TRANSACTION trial");
  state = "-1";
  statements.length = 0;
  const gone: unknown = await database.trial(() => Promise.reject(minded)).catch((error: unknown) => error);
  expect(gone).toBeInstanceOf(TransactionGone);
  expect(told(gone)).toContain("conflicted with the CHECK constraint");
  expect(statements).not.toContain("ROLLBACK TRANSACTION trial");
});

test("a result that is left unread in a transaction has ended it: nothing is read after that", async () => {
  const { open, statements } = recorder([[/many/, [["1"], ["2"]]]]);
  const session = await Session.open(connection, "t", undefined, open);
  const leave = async (): Promise<void> => {
    for await (const run of session.stream("many")) {
      expect(run).toHaveLength(2);
      break;
    }
  };
  await leave();
  expect(await session.rows("many")).toHaveLength(2);
  session.transaction("open");
  await leave();
  statements.length = 0;
  const gone: unknown = await session.rows("many").catch((error: unknown) => error);
  expect(gone).toBeInstanceOf(TransactionGone);
  expect(told(gone)).toContain("a result was not read to its end");
  expect(statements).toEqual([]);
  session.transaction("over");
  expect(await session.rows("many")).toHaveLength(2);
});

test("a trigger may answer with values of any kind where no answer is wanted", async () => {
  const { open } = recorder([
    [/INSERT[^]*ROWCOUNT/, [[new Date(0)], ["3"]]],
    [/EXEC/, [[1.5]]],
  ]);
  const session = await Session.open(connection, "t", undefined, open);
  expect(await session.run("INSERT INTO t VALUES (1)")).toBe(3);
  await expect(session.exec("EXEC t")).resolves.toBeUndefined();
});

test("a database that cannot be read in one snapshot says how it can, before anything is written", async () => {
  const { database, statements } = await recorded([[/snapshot_isolation_state/, [["0"]]]]);
  await expect(database.begin("snapshot")).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining("ALTER DATABASE [shop]]s] SET ALLOW_SNAPSHOT_ISOLATION ON") as string,
  });
  expect(statements).toHaveLength(1);
});

test("a server before 2016 is refused, Azure SQL is not by its number", async () => {
  const open = (version: string, edition: string) =>
    Session.open(connection, "t", undefined, recorder([[/ProductVersion/, [[version, edition]]]]).open);
  await expect(open("12.0.6024.0", "3")).rejects.toThrow("SQL Server 12.0.6024.0 is too old");
  expect((await open("12.0.2000.8", "5")).server.shown).toBe("Azure SQL Database");
  expect((await open("12.0.2000.8", "8")).server.shown).toBe("Azure SQL Managed Instance");
  const babelfish = recorder([[/ProductVersion/, [["15.0.2000.8", "3", "1"]]]]);
  await expect(Session.open(connection, "t", undefined, babelfish.open)).rejects.toThrow(
    "this is Babelfish, which does not take the locks that it is asked for",
  );
  expect((await open("13.0.1601.5", "4")).server).toMatchObject({ major: 13, azure: false });
});

test("values come as text, whatever the driver makes of them; what is no text is a defect", async () => {
  const { open } = recorder([
    [/ask/, [["9007199254740993", 5, true, null, 7n]]],
    [/date/, [[new Date(0)]]],
  ]);
  const session = await Session.open(connection, "t", undefined, open);
  expect(await session.rows("ask")).toEqual([["9007199254740993", "5", "1", null, "7"]]);
  await expect(session.rows("date")).rejects.toThrow("not text");
});

test("statements take turns, also behind a result that is still being read", async () => {
  const order: string[] = [];
  const { open } = recorder([
    [
      /./,
      (sql) => {
        order.push(sql);
        return sql.includes("ProductVersion") ? [["13.0.1", "3"]] : [["1"]];
      },
    ],
  ]);
  const session = await Session.open(connection, "t", undefined, open);
  order.length = 0;
  const reading = session.stream("first");
  await reading.next();
  const second = session.rows("second").then(() => order.push("second is done"));
  order.push("reading on");
  await reading.next();
  await second;
  expect(order).toEqual(["first", "reading on", "second", "second is done"]);
});

test("a paused database is waited for, unless one is in a hurry or it does not come", async () => {
  let refusals = 2;
  const { open } = recorder([]);
  const paused: OpenDriver = (...of) => (refusals-- > 0 ? Promise.reject(serverError(40_613)) : open(...of));
  const waits: number[] = [];
  const wait = (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
    return Promise.resolve();
  };
  await Session.open(connection, "t", undefined, paused, wait);
  expect(waits).toEqual([15_000, 15_000]);
  refusals = 1;
  await expect(Session.open(connection, "t", 3000, paused, wait)).rejects.toThrow(
    "takes about a minute to resume; safe to run again",
  );
  refusals = 99;
  await expect(Session.open(connection, "t", undefined, paused, wait)).rejects.toThrow(
    "takes about a minute",
  );
  expect(waits).toHaveLength(5);
  refusals = 0;
  const wrong: OpenDriver = () => Promise.reject(serverError(18_456));
  await expect(Session.open(connection, "t", undefined, wrong, wait)).rejects.toMatchObject({ exitCode: 3 });
  expect(waits).toHaveLength(5);
});

test("a probe says which server, whether encrypted, how many tables", async () => {
  const { database } = await recorded([[/COUNT_BIG/, [["12"]]]]);
  expect(await database.probe()).toEqual({ server: "SQL Server 13.0.5026.0", encrypted: true, tables: 12 });
  expect(
    await new SqlServerDatabase(
      await Session.open(
        connection,
        "t",
        undefined,
        recorder([
          [/self/, [["0"]]],
          [/service_broker/, [["SRV", "shop", "A-B"]]],
        ]).open,
      ),
    ).id(),
  ).toBe("SRV/shop/A-B");
});

describe("the real driver, where no SQL Server answers", () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  });

  async function listen(behave: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      behave(socket);
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }
  const attempt = async (port: number, milliseconds?: number): Promise<unknown> =>
    withDatabase(
      { ...connection, host: "127.0.0.1", port, label: `shop@127.0.0.1:${port}/shop` },
      "test",
      () => Promise.resolve(),
      milliseconds,
    ).catch((error: unknown) => error);

  test("nothing listens", async () => {
    const port = await listen(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await attempt(port)).toMatchObject({
      exitCode: 3,
      message: `shop@127.0.0.1:${port}/shop: nothing listens there; check host, port and firewall; safe to run again`,
    });
  });

  test("somebody else listens", async () => {
    const port = await listen((socket) =>
      socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    );
    expect(await attempt(port, 3000)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`shop@127.0.0.1:${port}/shop: `) as string,
    });
  });

  test("the connection is cut", async () => {
    const port = await listen((socket) => socket.destroy());
    expect(await attempt(port, 3000)).toMatchObject({
      exitCode: 3,
      message: `shop@127.0.0.1:${port}/shop: the connection was cut; safe to run again`,
    });
  });

  test("nobody answers", async () => {
    const port = await listen(() => undefined);
    expect(await attempt(port, 300)).toMatchObject({
      exitCode: 3,
      message: `shop@127.0.0.1:${port}/shop: no answer in time; check the network and the firewall; safe to run again`,
    });
  });

  test("a host that is not known", async () => {
    const error: unknown = await withDatabase(
      { ...connection, host: "no-such-host.invalid", label: "x" },
      "test",
      () => Promise.resolve(),
      5000,
    ).catch((e: unknown) => e);
    expect(error).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/^x: the host name/) as string,
    });
  });
});
