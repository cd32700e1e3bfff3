/** What a user may not do: all of it named before anything is written, with the statements that are enough. */
import { isMysql } from "../../../support/mariadb";
import { describeServers } from "../../../support/servers";
import { changed, labelOf, placeOf, refused, standby, work, type Ended, type Pair } from "./place";

const password = "for-tests-only";

describeServers("a user without rights", (engine) => {
  const place = placeOf(engine);
  const { query, server } = place;
  const isPostgres = engine.engine === "postgres";
  let made = 0;

  /** A user who may open the database and no more, as somebody else's. */
  async function guestOf(url: string): Promise<string> {
    const name = `guest${++made}`;
    if (isPostgres) {
      await server.asHost(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
      await query(
        url,
        `REVOKE ALL ON SCHEMA public FROM PUBLIC;
         REVOKE ALL ON DATABASE ${databaseOf(url)} FROM PUBLIC; GRANT CONNECT ON DATABASE ${databaseOf(url)} TO ${name}`,
      );
    } else
      await server.asHost(
        `CREATE USER ${name} IDENTIFIED BY '${password}'; GRANT REFERENCES ON \`${databaseOf(url)}\`.* TO ${name}`,
      );
    return changed(url, (parsed) => (parsed.username = name));
  }
  const databaseOf = (url: string): string => new URL(url).pathname.slice(1);
  const userOf = (url: string): string => new URL(url).username;
  const grantee = (url: string): string => (isPostgres ? userOf(url) : `'${userOf(url)}'@'%'`);

  /** Gives what a message says is missing, by the statements it names, for the database of a label. */
  async function give(message: string, url: string): Promise<void> {
    const paragraph = message.split(/\n(?=\S)/).find((one) => one.includes(`${labelOf(url)} `));
    const statements = [...(paragraph ?? "").matchAll(/^ {2}.*: (GRANT .*)$/gm)].map(([, grant]) => grant);
    if (statements.length === 0) throw new Error(`nothing is said of ${labelOf(url)} in: ${message}`);
    const sql = statements.join("; ");
    await (isPostgres
      ? query(
          changed(url, (owner) => (owner.username = "shop")),
          sql,
        )
      : server.asHost(sql));
  }
  const said = async (run: () => Promise<Ended>, sides: Pair, ...words: string[]): Promise<string> => {
    let message = "";
    const told = async (): Promise<Ended> => {
      const ended = await run();
      message = ended.stderr;
      return ended;
    };
    await refused(place, sides, told, 3, ...words, "Nothing was written; safe to run again");
    return message;
  };

  test("everything that a first sync takes is named for both sides at once, and is enough", async () => {
    const sides = await place.pair();
    // What takes no part needs no right.
    for (const url of [sides.primary, sides.standby])
      await query(
        url,
        "CREATE TABLE sessions (token varchar(60) PRIMARY KEY, data text, expires_at timestamp NULL)",
      );
    const guests = { primary: await guestOf(sides.primary), standby: await guestOf(sides.standby) };
    const [from, to] = [grantee(guests.primary), grantee(guests.standby)];
    const [source, target] = [databaseOf(sides.primary), databaseOf(sides.standby)];
    const lines = isPostgres
      ? [
          `${labelOf(guests.primary)} does not let its user do what this run takes:`,
          `  USAGE on schema public: GRANT USAGE ON SCHEMA public TO ${from}`,
          `  SELECT on public.customers: GRANT SELECT ON public.customers TO ${from}`,
          `  SELECT on public.orders: GRANT SELECT ON public.orders TO ${from}`,
          `  SELECT on sequence public.customers_id_seq: GRANT SELECT ON SEQUENCE public.customers_id_seq TO ${from}`,
          `  SELECT on sequence public.orders_id_seq: GRANT SELECT ON SEQUENCE public.orders_id_seq TO ${from}`,
          `${labelOf(guests.standby)} does not let its user do what this run takes:`,
          `  USAGE on schema public: GRANT USAGE ON SCHEMA public TO ${to}`,
          `  SELECT, INSERT, UPDATE, DELETE on public.customers: GRANT SELECT, INSERT, UPDATE, DELETE ON public.customers TO ${to}`,
          `  SELECT, INSERT, UPDATE, DELETE on public.orders: GRANT SELECT, INSERT, UPDATE, DELETE ON public.orders TO ${to}`,
          `  SELECT, UPDATE on sequence public.customers_id_seq: GRANT SELECT, UPDATE ON SEQUENCE public.customers_id_seq TO ${to}`,
          `  SELECT, UPDATE on sequence public.orders_id_seq: GRANT SELECT, UPDATE ON SEQUENCE public.orders_id_seq TO ${to}`,
          `  CREATE, TEMPORARY on database ${target}: GRANT CREATE, TEMPORARY ON DATABASE ${target} TO ${to}`,
        ]
      : [
          `${labelOf(guests.primary)} does not let its user do what this run takes:`,
          `  SELECT on \`customers\`: GRANT SELECT ON \`${source}\`.\`customers\` TO ${from}`,
          `  SELECT on \`orders\`: GRANT SELECT ON \`${source}\`.\`orders\` TO ${from}`,
          `${labelOf(guests.standby)} does not let its user do what this run takes:`,
          `  SELECT, INSERT, UPDATE, DELETE, TRIGGER, ALTER on \`customers\`: GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER, ALTER ON \`${target}\`.\`customers\` TO ${to}`,
          `  SELECT, INSERT, UPDATE, DELETE, TRIGGER, ALTER on \`orders\`: GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER, ALTER ON \`${target}\`.\`orders\` TO ${to}`,
          `  SELECT, INSERT, UPDATE, DELETE, CREATE on the tool's own tables warm_standby_*: GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON \`${target.replace("_", "\\_")}\`.* TO ${to}`,
          `  CREATE TEMPORARY TABLES in \`${target}\`: GRANT CREATE TEMPORARY TABLES ON \`${target.replace("_", "\\_")}\`.* TO ${to}`,
        ];
    const message = await said(() => standby("sync", guests), sides);
    expect(message).toBe(`standby: ${[...lines, "Nothing was written; safe to run again"].join("\n")}\n`);
    await give(message, guests.primary);
    await give(message, guests.standby);
    expect(await standby("sync", guests)).toMatchObject({ code: 0 });
    await query(sides.primary, work);
    expect(await standby("sync", guests)).toMatchObject({ code: 0 });
    expect(await query(sides.standby, "SELECT SUM(total) AS total FROM orders")).toMatchObject([
      { total: isPostgres ? "81" : "81" },
    ]);
  });

  test("what the other commands take: to look, to raise, to bring rows home with the base on the source", async () => {
    const sides = await place.pair("synced");
    const guests = { primary: await guestOf(sides.primary), standby: await guestOf(sides.standby) };
    const plan = await said(() => standby("identities", guests), sides, "SELECT on ");
    expect(plan).not.toMatch(/INSERT|UPDATE|CREATE/);
    await give(plan, guests.primary);
    await give(plan, guests.standby);
    expect(await standby("identities", guests)).toMatchObject({ code: 0 });
    const raise = await said(
      () => standby("identities", guests, "--apply", "--offset", "9000"),
      sides,
      isPostgres ? "UPDATE on sequence public.orders_id_seq: " : "ALTER on `orders`: ",
    );
    await give(raise, guests.standby);
    const raised = await standby("identities", guests, "--apply", "--offset", "9000");
    expect([raised.code, raised.stderr]).toEqual([0, ""]);

    await query(sides.standby, work);
    const back = { primary: await guestOf(sides.standby), standby: sides.primary };
    await give(await said(() => standby("identities", back), sides), back.primary);
    const held = await said(
      () => standby("reconcile", back),
      sides,
      `${labelOf(back.primary)} does not let its user do what this run takes:`,
      isPostgres
        ? "INSERT, UPDATE, DELETE on warm_standby.base: "
        : "on the tool's own tables warm_standby_*: ",
    );
    await give(held, back.primary);
    const brought = await standby("reconcile", back);
    expect([brought.code, brought.stderr]).toEqual([0, expect.not.stringContaining("standby: ")]);
  });

  test("what is granted to a role, to everybody or for all databases counts; so does what a run would be hidden from", async () => {
    const sides = await place.pair();
    const guest = { ...sides, standby: await guestOf(sides.standby) };
    const user = userOf(guest.standby);
    if (isPostgres) {
      await query(
        sides.standby,
        `CREATE ROLE writers; GRANT writers TO ${user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO writers;
         GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC; GRANT ALL ON SCHEMA public TO writers;
         GRANT ALL ON DATABASE ${databaseOf(sides.standby)} TO writers;
         CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER idle BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION nothing();
         ALTER TABLE customers ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON customers USING (false)`,
      );
      await said(
        () => standby("sync", guest),
        sides,
        `${labelOf(guest.standby)} does not let its user do what this run takes:
  row-level security hides rows of public.customers, which would look deleted: ALTER ROLE ${user} BYPASSRLS
  only the owner of public.orders may let its triggers rest: GRANT shop TO ${user}\nNothing`,
      );
      await query(sides.standby, "ALTER TABLE customers DISABLE ROW LEVEL SECURITY");
      await server.asHost(`GRANT shop TO ${user}`);
    } else {
      const name = databaseOf(sides.standby);
      const database = name.replace("_", "\\_");
      await server.asHost(
        `REVOKE REFERENCES ON \`${name}\`.* FROM ${user}; GRANT INDEX ON \`${name}\`.* TO ${user}`,
      );
      await said(
        () => standby("sync", guest),
        sides,
        "SELECT, INSERT, UPDATE, DELETE, TRIGGER, ALTER on `orders`: ",
      );
      await server.asHost(
        `REVOKE INDEX ON \`${name}\`.* FROM ${user}; GRANT SELECT (id) ON \`${name}\`.orders TO ${user}`,
      );
      await said(
        () => standby("identities", guest),
        sides,
        `SELECT on all of \`${name}\`: tables without a right are not even shown to it: GRANT SELECT ON \`${database}\`.* TO '${user}'@'%'`,
        "SELECT on `orders`: ",
      );
      await server.asHost(
        `CREATE ROLE writers; GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON \`${database}\`.* TO writers;
         GRANT writers TO ${user}; SET DEFAULT ROLE writers ${isMysql ? "TO" : "FOR"} ${user};
         GRANT CREATE, ALTER ON *.* TO ${user};
         GRANT CREATE TEMPORARY TABLES ON \`${database}\`.* TO ${isMysql ? user : "PUBLIC"}`,
      );
      const [found] = await query(sides.standby, "SELECT VERSION() AS version");
      // Where MySQL 8.0 hides columns from a role, later versions do not.
      if (isMysql && String(found?.["version"]).startsWith("8.0.")) {
        await refused(place, sides, () => standby("sync", guest), 1, "customers: its columns are hidden");
        await server.asHost(
          `REVOKE ALL ON \`${database}\`.* FROM writers; GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON \`${name}\`.* TO writers`,
        );
      }
    }
    expect(await standby("sync", guest)).toMatchObject({ code: 0 });
  });
});
