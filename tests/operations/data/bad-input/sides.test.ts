/** The wrong databases, as somebody in a hurry names them: told apart before anything is written. */
import { openDatabase } from "../../../../operations/data/engines";
import { describeServers } from "../../../support/servers";
import { connection } from "../sides";
import { changed, labelOf, placeOf, refused, standby, work, type Pair } from "./place";

describeServers("databases that are not what they should be", (engine) => {
  const place = placeOf(engine);
  const { query } = place;
  const isPostgres = engine.engine === "postgres";
  const done = async (command: string, sides: Pair, ...more: string[]): Promise<void> =>
    expect(await standby(command, sides, ...more)).toMatchObject({ code: 0 });

  test("unreachable, a wrong password, no such database, another engine: said by name, on either side", async () => {
    const sides = await place.pair();
    const cases: readonly (readonly [
      what: string,
      command: string,
      side: keyof Pair,
      change: (url: URL) => void,
      words: string,
      code: number,
    ])[] = [
      ["port", "sync", "standby", (url) => (url.port = "1"), "nothing listens there; check host, port", 3],
      [
        "host",
        "reconcile",
        "primary",
        (url) => (url.hostname = "nowhere.invalid"),
        "the host name is not known; check its spelling",
        3,
      ],
      [
        "password",
        "identities",
        "standby",
        (url) => (url.password = "not-the-password"),
        "the password is wrong for this user, or ",
        3,
      ],
      [
        "user",
        "sync",
        "primary",
        (url) => (url.username = "nobody"),
        "the password is wrong for this user",
        3,
      ],
      [
        "database",
        "reconcile",
        "standby",
        (url) => (url.pathname = "/nothing"),
        isPostgres
          ? "there is no such database on the server; check its name"
          : "the user has no right to this database, or there is none of that name; grant it, or check the name",
        3,
      ],
    ];
    await Promise.all(
      cases.map(([, command, side, change, words, code]) => {
        const url = changed(sides[side], change);
        return refused(
          place,
          sides,
          () => standby(command, { ...sides, [side]: url }),
          code,
          `standby: ${labelOf(url)}: ${words}`,
        );
      }),
    );
    const elsewhere = `${isPostgres ? "mysql" : "postgres"}://shop:not-the-password@127.0.0.1:1/other`;
    await refused(
      place,
      sides,
      () => standby("sync", { ...sides, standby: elsewhere }),
      2,
      `(${labelOf(sides.primary)}, shop@127.0.0.1:1/other)`,
      "name two databases of one engine",
    );
    const { host } = new URL(sides.standby);
    // MySQL speaks first, and PostgreSQL waits to be spoken to.
    if (isPostgres)
      await expect(
        openDatabase(
          connection(`mysql://shop:not-the-password@${host}/other?ssl-mode=DISABLED`),
          "test",
          300,
        ),
      ).rejects.toThrow(`shop@${host}/other: no answer, or none that MySQL would give; check the port`);
    else {
      const url = `postgres://shop:not-the-password@${host}/other?sslmode=`;
      for (const mode of ["disable", "prefer"])
        await refused(
          place,
          sides,
          () => standby("sync", { primary: url + mode, standby: url + mode }),
          3,
          `shop@${host}/other: no PostgreSQL answers there; check the URL's scheme, host and port`,
        );
    }
    await done("sync", sides);
  });

  test("a full target, other columns, a table without a key: named, and nothing is written until they are mended", async () => {
    const sides = await place.pair();
    const [from, to] = [labelOf(sides.primary), labelOf(sides.standby)];
    const table = (name: string): string => (isPostgres ? `public.${name}` : name);
    await query(sides.standby, "INSERT INTO customers (email) VALUES ('own@shop.example')");
    await refused(
      place,
      sides,
      () => standby("sync", sides),
      1,
      `${to} has rows but no base, and the first sync demands an empty target; rows are in ${table("customers")};`,
      "if this is the standby, empty these tables and run again",
    );
    await query(
      sides.standby,
      "DELETE FROM customers; ALTER TABLE orders ADD note varchar(10), DROP COLUMN total; CREATE TABLE extra (id int PRIMARY KEY)",
    );
    const differences = [
      `bring ${to} to the schema of ${from} first:`,
      `column ${table("orders")}.note is missing on the source`,
      `column ${table("orders")}.total is missing on the target`,
      `table ${table("extra")} is missing on the source`,
    ];
    for (const command of ["sync", "reconcile"])
      await refused(place, sides, () => standby(command, sides), 1, ...differences);
    await query(
      sides.standby,
      "DROP TABLE extra; ALTER TABLE orders DROP COLUMN note, ADD total int; CREATE TABLE notes (line varchar(20))",
    );
    for (const [command, swapped] of [
      ["sync", false],
      ["reconcile", true],
    ] as const)
      await refused(
        place,
        sides,
        () => standby(command, swapped ? { primary: sides.standby, standby: sides.primary } : sides),
        1,
        `the schema of ${to} cannot be handled as it is; mend it, or leave these tables out (tables.exclude`,
        `${table("notes")}: it has no primary key and no unique key over`,
        "so its rows cannot be told apart; add a key",
      );
    await query(sides.standby, "DROP TABLE notes");
    await done("sync", sides);
    expect(await query(sides.standby, "SELECT COUNT(*) AS n FROM orders WHERE total > 0")).toMatchObject([
      { n: isPostgres ? "3" : 3 },
    ]);
  });

  test("sides swapped, a sync after the cutover, one database twice, another standby: refused; reconcile goes on", async () => {
    const sides = await place.pair("synced");
    const other = await place.pair();
    const [from, to] = [labelOf(sides.primary), labelOf(sides.standby)];
    const swapped = { primary: sides.standby, standby: sides.primary };
    await refused(
      place,
      sides,
      () => standby("sync", swapped),
      1,
      `${to} holds the base, so it is the standby, and it is given as --from; the two look swapped`,
    );
    await refused(
      place,
      sides,
      () => standby("sync", { ...sides, standby: sides.primary }),
      2,
      `--from and --to are the same database (${from}); name the primary and the standby`,
    );
    await refused(
      place,
      sides,
      () => standby("sync", { ...sides, primary: other.primary }),
      1,
      `the base on ${to} was recorded between other databases than these; check --from and --to`,
    );
    await query(sides.primary, work);
    await query(sides.standby, "INSERT INTO customers (id, email) VALUES (5000, 'e@shop.example')");
    await refused(
      place,
      sides,
      () => standby("sync", sides),
      1,
      `${to} has changes of its own since the base of`,
      `${isPostgres ? "public." : ""}customers: 1 added, 0 changed, 0 deleted (5000)`,
      "If the standby has taken over, stop syncing and use reconcile. If it has not, something writes there",
    );
    await done("reconcile", sides);
    await done("reconcile", swapped);
  });
});
