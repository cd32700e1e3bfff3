/** A target that takes no writes, a disk that is full, a connection that is cut: nothing half done, and safe to run again. */
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { withPostgres } from "../../../support/postgres";
import { describeServers } from "../../../support/servers";
import { labelOf, placeOf, refused, refusedWith, standby, work, type Pair, type Place } from "./place";

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);
const done = async (command: string, sides: Pair, ...more: string[]): Promise<void> => {
  const ended = await standby(command, sides, ...more);
  expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining("standby: ")]);
};
const writing: readonly (readonly string[])[] = [
  ["sync"],
  ["reconcile"],
  ["identities", "--apply", "--offset", "9000"],
];

/** Every command that writes is refused; one that looks is not. */
async function readOnly(place: Place, sides: Pair, words: string, commands = writing): Promise<void> {
  for (const [command = "", ...more] of commands)
    await refused(
      place,
      sides,
      () => standby(command, sides, ...more),
      3,
      `standby: ${labelOf(sides.standby)} does not let its user do what this run takes:\n  ${words}\nNothing was written`,
    );
  await done("identities", sides);
}

/** A small disk, where this machine lets root mount one. */
const folder = mkdtempSync(path.join(os.tmpdir(), "standby-disk-"));
const mounts =
  process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", folder]).status === 0;
afterAll(() => {
  if (mounts) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
});

describeServers("a run that cannot go on", (engine) => {
  const place = placeOf(engine);
  const { query, server } = place;
  const isPostgres = engine.engine === "postgres";

  test("a target that is read-only is named before anything else, and taken once it is not", async () => {
    const sides = await place.pair("synced");
    await query(sides.primary, work);
    const set = (mode: "on" | "off"): Promise<unknown> =>
      isPostgres
        ? query(
            server.url("postgres"),
            `ALTER DATABASE ${databaseOf(sides.standby)} SET default_transaction_read_only = ${mode}`,
          )
        : server.asHost(`SET GLOBAL read_only = ${mode}`);
    await set("on");
    try {
      await readOnly(
        place,
        sides,
        isPostgres
          ? `it is read-only: ALTER DATABASE ${databaseOf(sides.standby)} SET default_transaction_read_only = off; or of the role or the server, wherever it is set`
          : "the server is set to be read-only: is it a replica? Name the server that it follows, or SET GLOBAL read_only = OFF",
      );
    } finally {
      await set("off");
    }
    await done("sync", sides);
  });

  // MariaDB 10.11 aborts while it takes a statement back on a disk that is really full: then the connection is cut.
  const real = isPostgres && mounts;
  const filled = real
    ? "a disk that is full (a real one, of some megabytes)"
    : "a disk that is full (as the server says it, by a trigger with its error code)";
  test(`${filled}: nothing of the run stays, and the next one does it all`, async () => {
    const sides = await place.pair();
    const small = real ? await onSmallDisk() : undefined;
    try {
      await full({ ...sides, standby: small?.url ?? sides.standby }, small);
    } finally {
      await small?.remove();
    }
  });

  async function full(sides: Pair, small: SmallDisk | undefined): Promise<void> {
    await done("sync", sides);
    await query(sides.primary, work);
    if (real)
      await query(
        sides.primary,
        "INSERT INTO customers (email) SELECT n || repeat(md5(n::text), 60) FROM generate_series(1, 4000) n",
      );
    const said = isPostgres
      ? "the server's disk is full; free some of it"
      : "a table is full, or the server's disk; free some of it";
    const free = small?.fill() ?? (await sayFull(sides.standby));
    for (const command of real ? ["sync", "reconcile"] : ["reconcile"])
      await refusedWith(
        place,
        sides,
        () => standby(command, sides),
        3,
        `${labelOf(sides.standby)}: ${said}; safe to run again`,
      );
    await free();
    await done("sync", sides);
    const count = "SELECT (SELECT COUNT(*) FROM customers) + (SELECT SUM(total) FROM orders) AS n";
    expect(await query(sides.standby, count)).toEqual(await query(sides.primary, count));
  }

  interface SmallDisk {
    readonly url: string;
    /** Leaves next to nothing free; returns what frees it. */
    fill(): () => Promise<void>;
    remove(): Promise<void>;
  }

  /** A standby without rows, on a disk of its own. */
  async function onSmallDisk(): Promise<SmallDisk> {
    const { uid, gid } = statSync((await server.folder?.()) ?? folder);
    chownSync(folder, uid, gid);
    await server.asHost(`CREATE TABLESPACE small LOCATION '${folder}'`);
    await server.asHost("CREATE DATABASE small OWNER shop TABLESPACE small");
    const url = server.url("small");
    await place.makeTables(url);
    return {
      url,
      fill: () => {
        const ballast = path.join(folder, "ballast");
        const { bavail, bsize } = statfsSync(folder);
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 512 * 1024)));
        return () => rm(ballast);
      },
      remove: async () => {
        await server.asHost("DROP DATABASE small WITH (FORCE)");
        await server.asHost("DROP TABLESPACE small");
      },
    };
  }

  /** Lets the server say that its disk is full when an order comes in. */
  async function sayFull(url: string): Promise<() => Promise<void>> {
    await query(
      url,
      isPostgres
        ? `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
           CREATE TRIGGER full_disk BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION full_disk()`
        : `CREATE TRIGGER full_disk BEFORE INSERT ON orders FOR EACH ROW BEGIN /* @warm_standby */
             SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'; END`,
    );
    return async () => {
      await query(url, `DROP TRIGGER full_disk${isPostgres ? " ON orders" : ""}`);
    };
  }

  test.each(["primary", "standby"] as const)(
    "the connection to the %s is cut in the middle: it is named, nothing of the run stays, and the next one does it all",
    async (side) => {
      const sides = await place.pair("synced");
      if (!isPostgres) await server.asHost("GRANT PROCESS ON *.* TO shop");
      await query(sides.primary, work);
      const url = sides[side];
      // Somebody holds a row that the run has to change: there it waits.
      const holder = await place.hold(sides.standby, "SELECT * FROM orders WHERE id = 1 FOR UPDATE");
      try {
        await refusedWith(
          place,
          sides,
          async () => {
            const ended = { yet: false };
            const run = standby("reconcile", sides).finally(() => (ended.yet = true));
            // InnoDB shows what it showed last as long as it is asked again within a tenth of a second.
            while (!ended.yet && (await place.waiting(sides.standby)) === 0) await delay(150);
            await place.cut(url);
            if (side === "primary") await holder.end();
            return run;
          },
          3,
          `${labelOf(url)}: the connection was cut`,
          "safe to run again",
        );
      } finally {
        await holder.end();
      }
      await done("reconcile", sides);
      const total = "SELECT SUM(total) AS total FROM orders";
      expect(await query(sides.standby, total)).toEqual(await query(sides.primary, total));
    },
  );
});

describe("a replica of PostgreSQL", () => {
  const place = placeOf({
    engine: "postgres",
    start: () => withPostgres({ parameters: { wal_level: "replica" } }),
  });

  test("as the target it is named, as the source it is as good; promoted, it is taken", async () => {
    const sides = await place.pair("synced");
    await place.query(sides.primary, work);
    const running = place.server;
    await running.asHost("CHECKPOINT");
    // Told so, a server that starts again goes on as a replica.
    writeFileSync(path.join((await running.folder?.()) ?? "", "standby.signal"), "");
    const held = await place.hold(sides.primary, "SELECT 1");
    process.kill(held.pid, "SIGKILL");
    const recovering = async (): Promise<unknown> =>
      (await place.query(sides.primary, "SELECT pg_is_in_recovery() AS is").catch(() => []))[0]?.["is"];
    while ((await recovering()) !== true) await delay(20);
    await readOnly(
      place,
      sides,
      "it is a replica and takes no writes: name the server that it follows, or promote it",
      [["sync"]],
    );
    await running.asHost("SELECT pg_promote()");
    await done("sync", sides);
  });
});
