/** What shops on MySQL have and what goes wrong: handled, or named before a row is written. */
import { operations } from "../../../../operations/data/engine";
import { withDatabase } from "../../../../operations/data/runs/with-database";
import { isMysql, mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { connection, pair as bothSides, quiet, reconcile, sync } from "../sides";
import { query } from "./shop";

mariadbOrSkip()("MySQL's own ways (MariaDB)", () => {
  const server = withMariadb();

  const pair = (schema: string, rows = "") => bothSides({ server, query }, { schema, rows });

  test("odd names, prefix and generated unique values, partitions, views, checks and keys by collation", async () => {
    const { primary, standby } = await pair(
      `CREATE TABLE \`select\` (\`from?\` int AUTO_INCREMENT PRIMARY KEY, \`group by\` varchar(20), \`it's\`\`s\` text);
       CREATE TABLE codes (code varchar(20) COLLATE utf8mb4_unicode_ci PRIMARY KEY, slug varchar(200) NOT NULL,
         lowered varchar(200) GENERATED ALWAYS AS (lower(slug)) VIRTUAL, note text, blurb text,
         UNIQUE KEY short (blurb(5)), UNIQUE KEY lowered (lowered), CHECK (char_length(slug) > 1));
       CREATE TABLE visits (id int NOT NULL, day date NOT NULL, n int, PRIMARY KEY (id, day))
         PARTITION BY RANGE (YEAR(day)) (PARTITION a VALUES LESS THAN (2010), PARTITION b VALUES LESS THAN MAXVALUE);
       CREATE VIEW seen AS SELECT id FROM visits;`,
      `INSERT INTO \`select\` VALUES (1, '?', 'a?b'), (2, NULL, 'c''d');
       INSERT INTO codes (code, slug, blurb) VALUES ('Abc', 'Plain', 'first text'), ('def', 'STRIPED', 'other'), ('ghi', 'x1', NULL);
       INSERT INTO visits VALUES (1, '2009-01-01', 1), (1, '2011-01-01', 2)`,
    );
    await sync(primary, standby);
    for (const table of ["`select`", "codes", "visits"])
      expect(await query(standby, `SELECT * FROM ${table} ORDER BY 1, 2`)).toEqual(
        await query(primary, `SELECT * FROM ${table} ORDER BY 1, 2`),
      );
    await query(
      primary,
      `UPDATE \`select\` SET \`group by\` = 'x?' WHERE \`from?\` = 2; UPDATE visits SET n = 3 WHERE day > '2010-01-01';
       UPDATE codes SET code = 'ABC' WHERE code = 'abc'; DELETE FROM codes WHERE code = 'ghi';
       INSERT INTO codes (code, slug, blurb) VALUES ('jkl', 'New', NULL), ('mno', 'm1', 'mixed text'), ('PQR', 'q1', NULL)`,
    );
    await query(
      standby,
      "INSERT INTO codes (code, slug, blurb) VALUES ('s1', 'NEW', NULL), ('s2', 't1', 'MIXED words'), ('pqr', 'r1', NULL)",
    );
    const done = await reconcile(primary, standby);
    // What the collation takes for one is one: the key pqr, the slug new; and the blurb by its first five letters.
    expect(done.conflicts.map((one) => [one.kind, one.key.join(), one.target?.["code"]])).toEqual([
      ["unique", "jkl", "s1"],
      ["unique", "mno", "s2"],
      ["unique", "PQR", "pqr"],
    ]);
    expect([done.inserted, done.updated, done.deleted]).toEqual([1, 2, 2]);
    expect(await query(standby, "SELECT code FROM codes ORDER BY BINARY code")).toEqual(
      ["ABC", "def", "pqr", "s1", "s2"].map((code) => ({ code })),
    );
  });

  test("what cannot be handled is named all at once, and nothing is written", async () => {
    await server.database("elsewhere");
    await query(server.url("elsewhere"), "CREATE TABLE shared (id int PRIMARY KEY)");
    const { primary, standby } = await pair(
      `CREATE TABLE log (line text); CREATE TABLE old (id int PRIMARY KEY) ENGINE = MEMORY; CREATE TABLE csv (a int NOT NULL) ENGINE = CSV;
       CREATE TABLE nearly (a varchar(300) NOT NULL, UNIQUE KEY (a(10)));
       CREATE TABLE tree (id int PRIMARY KEY, parent int NOT NULL, CONSTRAINT up FOREIGN KEY (parent) REFERENCES tree (id));
       CREATE TABLE away (id int PRIMARY KEY, CONSTRAINT out_of_here FOREIGN KEY (id) REFERENCES elsewhere.shared (id));
       ${isMysql ? "" : "CREATE TABLE kept (id int PRIMARY KEY) WITH SYSTEM VERSIONING; CREATE SEQUENCE round MAXVALUE 9 CYCLE;"}`,
      "INSERT INTO old VALUES (1);",
    );
    const fault = await sync(primary, standby).catch(String);
    for (const sentence of [
      "log: it has no primary key",
      "nearly: it has no primary key",
      "csv: its engine CSV knows no transactions",
      "ALTER TABLE `csv` ENGINE=InnoDB",
      "ALTER TABLE `log` ADD COLUMN standby_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT INVISIBLE",
      "or leave it out (tables: { exclude: [log] } in standby.tables.yaml)",
      "tree: its foreign key up refers to the table itself and is NOT NULL",
      "away: its foreign key out_of_here refers to elsewhere.shared in another database",
      ...(isMysql ? [] : ["kept: it keeps its own history", "round: it starts again at its end"]),
    ])
      expect(fault).toContain(sentence);
    expect(fault).not.toContain("old: ");
    expect(await query(standby, "SELECT 1 FROM old")).toEqual([]);
  });

  (isMysql ? test.skip : test)(
    "sequences, unsigned and stepping counters, and one without room",
    async () => {
      const { primary, standby } = await pair(
        `CREATE SEQUENCE numbers INCREMENT 2 START 101; CREATE SEQUENCE loose START 40;
       CREATE TABLE orders (id bigint PRIMARY KEY DEFAULT (NEXTVAL(numbers)), n int);
       CREATE TABLE tiny (id tinyint unsigned AUTO_INCREMENT PRIMARY KEY);`,
        "INSERT INTO orders (n) VALUES (1), (2), (3); SELECT NEXTVAL(loose); INSERT INTO tiny VALUES (200);",
      );
      await expect(sync(primary, standby)).rejects.toThrow(
        /none was raised:\n {2}tiny\.id: 2000 is beyond 254/,
      );
      expect(await query(standby, "SELECT next_not_cached_value AS next FROM numbers")).toEqual([
        { next: 101 },
      ]);
      for (const url of [primary, standby]) await query(url, "DROP TABLE tiny");
      const done = await sync(primary, standby);
      // A thousand values are cached by default, and so may be burnt.
      expect(done.identities.map((one) => [one.table, one.column, one.kind, one.status])).toEqual([
        ["loose", "", "unattached", "raised"],
        ["orders", "id", "sequence", "raised"],
      ]);
      const seed = done.identities[1]?.seed ?? 0n;
      await query(standby, "INSERT INTO orders (n) VALUES (9)");
      expect(await query(standby, "SELECT MAX(id) AS id FROM orders")).toEqual([{ id: Number(seed + 2n) }]);
      await query(primary, "INSERT INTO orders (n) VALUES (4)");
      expect(await reconcile(primary, standby)).toMatchObject({ inserted: 1, conflicts: [] });
    },
  );

  test("ids go by the server's own step and offset, and never down", async () => {
    await server.asHost("SET GLOBAL auto_increment_increment = 10, GLOBAL auto_increment_offset = 3");
    try {
      const { primary, standby } = await pair(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, n int);",
        "INSERT INTO t (n) VALUES (1), (2);",
      );
      const done = await sync(primary, standby);
      expect(done.identities).toMatchObject([
        { maxFrom: 13n, generatorFrom: 13n, seed: 2003n, status: "raised" },
      ]);
      await query(standby, "INSERT INTO t (n) VALUES (9)");
      expect(await query(standby, "SELECT MAX(id) AS id FROM t")).toEqual([{ id: 2013 }]);
      const raise = (ids: bigint) =>
        operations.identities(
          connection(primary),
          connection(standby),
          { rule: { kind: "fixed", ids }, apply: true },
          quiet,
        );
      expect((await raise(10n)).identities).toMatchObject([{ seed: 2013n, status: "enough" }]);
      expect((await raise(5000n)).identities).toMatchObject([{ seed: 6003n, status: "raised", used: 0n }]);
    } finally {
      await server.asHost("SET GLOBAL auto_increment_increment = 1, GLOBAL auto_increment_offset = 1");
    }
  });

  test("a trigger has to step aside for a copy, and goes on working for a straggler", async () => {
    const tables =
      "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY); CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, t int);";
    const { primary, standby } = await pair(tables, "INSERT INTO t VALUES (1), (2);");
    const trigger = (body: string): string =>
      `DROP TRIGGER IF EXISTS logs; CREATE TRIGGER logs AFTER INSERT ON t FOR EACH ROW ${body}`;
    await query(standby, trigger("INSERT INTO log (t) VALUES (NEW.id)"));
    await expect(sync(primary, standby)).rejects.toThrow(
      /has triggers that would run on every row .*: logs on t; put what each does into IF @warm_standby IS NULL THEN/,
    );
    expect(await query(standby, "SELECT 1 FROM t")).toEqual([]);
    await query(
      standby,
      trigger("IF @warm_standby IS NULL THEN INSERT INTO log (t) VALUES (NEW.id); END IF"),
    );
    await sync(primary, standby);
    expect(await query(standby, "SELECT 1 FROM log")).toEqual([]);
    await query(primary, "INSERT INTO t VALUES (3)");
    await reconcile(primary, standby);
    expect(await query(standby, "SELECT t FROM log")).toEqual([{ t: 3 }]);
  });

  test("references that cascade, clear and restrict; a schema that differs; a row that a trigger refuses", async () => {
    const { primary, standby } = await pair(
      `CREATE TABLE heads (id int AUTO_INCREMENT PRIMARY KEY, name varchar(9) UNIQUE);
       CREATE TABLE lines_ (id int AUTO_INCREMENT PRIMARY KEY, a int, b int,
         FOREIGN KEY (a) REFERENCES heads (id) ON DELETE CASCADE, FOREIGN KEY (b) REFERENCES heads (id) ON DELETE SET NULL);`,
      "INSERT INTO heads (name) VALUES ('a'), ('b'), ('c'); INSERT INTO lines_ (a, b) VALUES (1, 3), (2, 1), (2, 2), (3, 3);",
    );
    await sync(primary, standby);
    await query(primary, "DELETE FROM heads WHERE id = 1; INSERT INTO heads (name) VALUES ('a')");
    expect(await reconcile(primary, standby)).toMatchObject({
      inserted: 1,
      updated: 1,
      deleted: 2,
      conflicts: [],
    });
    const lines = "SELECT * FROM lines_ ORDER BY id";
    expect(await query(standby, lines)).toEqual(await query(primary, lines));

    await query(
      standby,
      "CREATE TRIGGER never BEFORE DELETE ON lines_ FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'never'",
    );
    await query(primary, "DELETE FROM lines_ WHERE id = 4");
    expect((await reconcile(primary, standby)).conflicts).toMatchObject([
      { table: "lines_", key: ["4"], kind: "delete-has-dependents", reason: "never" },
    ]);

    await query(standby, "ALTER TABLE heads MODIFY name varchar(8)");
    await expect(sync(primary, standby)).rejects.toThrow(
      "heads.name is varchar(9) on the source and varchar(8)",
    );
  });

  test("what is wrong with the databases is said with the way out", async () => {
    const { primary, standby } = await pair(
      "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY);",
      "INSERT INTO t VALUES (1);",
    );
    await expect(sync(primary, primary)).rejects.toThrow("the same database");
    await expect(sync(primary, "postgres://a@h/d")).rejects.toThrow(/--from is mysql and --to is postgres/);
    const rights = async (grant: string): Promise<string> => {
      await server.asHost(
        `DROP USER IF EXISTS 'guest'@'%'; CREATE USER 'guest'@'%' IDENTIFIED BY 'for-tests-only'; GRANT ${grant} ON \`${connection(standby).database}\`.* TO 'guest'@'%'`,
      );
      return standby.replace("shop:", "guest:");
    };
    await expect(sync(primary, await rights("SELECT"))).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /guest@\S+ does not let its user do what this run takes:\n {2}INSERT, UPDATE, DELETE, TRIGGER, ALTER on `t`: /,
      ) as string,
    });
    await expect(sync(primary, standby.replace("shop:", "nobody:"))).rejects.toThrow(
      /nobody@.*: the password is wrong/,
    );
    await sync(primary, standby);
    await expect(sync(standby, primary)).rejects.toThrow("look swapped");
    await query(standby, "INSERT INTO t VALUES (5)");
    await expect(sync(primary, standby)).rejects.toThrow("t: 1 added, 0 changed, 0 deleted");
    const other = await server.database();
    await query(other, "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY); INSERT INTO t VALUES (1)");
    await expect(sync(primary, other)).rejects.toThrow("demands an empty target; rows are in t;");
    await server.asHost("SET GLOBAL read_only = ON");
    try {
      await expect(reconcile(standby, primary)).rejects.toThrow("the server is set to be read-only");
    } finally {
      await server.asHost("SET GLOBAL read_only = OFF");
    }
  });

  test("a check sees which server it is, what it holds and when it was synced; a policy is kept and raises seeds", async () => {
    const { primary, standby } = await pair(
      "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY);",
      "INSERT INTO t VALUES (1);",
    );
    const policy = { rowsPerHour: 10, tailHours: 16, syncAgeHours: 24, safety: 2 };
    expect(await operations.foresee(connection(standby), policy, 5000)).toMatchObject({
      recorded: false,
      base: false,
    });
    await operations.recordPolicy(connection(standby), policy);
    await operations.sync(
      connection(primary),
      connection(standby),
      { rule: undefined, dryRun: false, maxDeletes: undefined },
      quiet,
    );
    await withDatabase(connection(standby), "check", async (database) => {
      expect(await database.probe()).toEqual({
        server: expect.stringMatching(/^(MariaDB 1\d|MySQL [89])\.\d+\.\d+$/) as string,
        encrypted: false,
        tables: 1,
      });
      expect([await database.countRows("t"), await database.countRows("shop.t")]).toEqual([1, 1]);
      const at = Date.parse((await database.store.base())?.at ?? "");
      expect(Date.now() - at).toBeLessThan(600_000);
      expect(await database.store.seeds()).toEqual(new Map([["t", { highest: 1n, seed: 900n }]]));
    });
    const larger = { ...policy, rowsPerHour: 100 };
    expect(await operations.foresee(connection(standby), larger, 5000)).toMatchObject({
      recorded: false,
      base: true,
      moves: [{ identity: "t.id", stands: 900n, seed: 9000n }],
    });
    expect(await operations.raiseFromBase(connection(standby), larger)).toMatchObject({
      from: "base",
      identities: [{ table: "t", seed: 9000n, status: "raised" }],
    });
  });
});
