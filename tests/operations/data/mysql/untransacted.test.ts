/** Tables without transactions: written last, and mended by the next run where one was cut. */
import { explain } from "../../../../operations/data/engines/mysql/session";
import { isMysql, mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { counts, pair, reconcile, sync } from "../sides";
import { numbers, query } from "./shop";

const other = isMysql ? "MyISAM" : "Aria";
const schema = `
  CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL UNIQUE) ENGINE = InnoDB;
  CREATE TABLE archive (id int AUTO_INCREMENT PRIMARY KEY, customer_id int, line varchar(80)) ENGINE = MyISAM;
  CREATE TABLE zeros (id int PRIMARY KEY, archive_id int) ENGINE = ${other};`;
const rows = `
  INSERT INTO customers (email) SELECT CONCAT('c', n) FROM ${numbers(20)};
  INSERT INTO archive (customer_id, line) SELECT n, CONCAT('line ', n) FROM ${numbers(20)};
  INSERT INTO zeros SELECT n, n FROM ${numbers(30)};`;
/** Breaks a run in the middle of the last table; nothing else is left behind but what cannot be undone. */
const cut = `CREATE TRIGGER cut BEFORE INSERT ON zeros FOR EACH ROW BEGIN /* @warm_standby */
  IF NEW.id % 20 = 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'cut'; END IF; END`;

mariadbOrSkip()("tables without transactions", () => {
  const place = { server: withMariadb(), query };
  const all = async (url: string) => [
    await query(url, "SELECT * FROM customers ORDER BY id"),
    await query(url, "SELECT * FROM archive ORDER BY id"),
    await query(url, "SELECT * FROM zeros ORDER BY id"),
  ];
  const left = (url: string) =>
    query(url, "SELECT (SELECT COUNT(*) FROM customers) AS c, (SELECT COUNT(*) FROM archive) AS a");

  test("a first sync and a later one that were cut are mended by the next, and named", async () => {
    const { primary, standby } = await pair(place, { schema, rows });
    await query(standby, cut);
    await expect(sync(primary, standby)).rejects.toThrow("cut");
    expect(await left(standby)).toEqual([{ c: 0, a: 20 }]);
    await query(standby, "DROP TRIGGER cut");
    await query(
      primary,
      "UPDATE archive SET line = 'changed' WHERE id = 3; DELETE FROM archive WHERE id = 4",
    );
    const done = await sync(primary, standby);
    expect(done.warnings.filter((one) => one.includes("knows no transactions"))).toEqual([
      expect.stringMatching(new RegExp(`^archive \\(MyISAM\\), zeros \\(${other}\\): their engine`)),
    ]);
    expect(await all(standby)).toEqual(await all(primary));

    await query(
      primary,
      `INSERT INTO customers (email) VALUES ('new'); INSERT INTO archive (customer_id, line) VALUES (21, 'new');
       UPDATE archive SET line = 'again' WHERE id = 5; DELETE FROM archive WHERE id = 6;
       INSERT INTO zeros SELECT n + 30, n + 30 FROM ${numbers(15)}`,
    );
    await query(standby, cut);
    await expect(sync(primary, standby)).rejects.toThrow();
    expect(await left(standby)).toEqual([{ c: 20, a: 18 }]);
    await query(standby, "DROP TRIGGER cut");
    await sync(primary, standby);
    expect(await all(standby)).toEqual(await all(primary));

    // The standby's own are still its own.
    await query(standby, "INSERT INTO archive (customer_id, line) VALUES (1, 'own')");
    await expect(sync(primary, standby)).rejects.toThrow("archive: 1 added, 0 changed, 0 deleted");
    await query(primary, "INSERT INTO archive (customer_id, line) VALUES (2, 'late')");
    expect(counts(await reconcile(primary, standby))).toEqual([1, 0, 0, 0]);
  });

  test("a server that takes no such rows beside others is told of with the way out", () => {
    // As MySQL 8.0.46 says it with `enforce_gtid_consistency`.
    const said = {
      code: "ER_GTID_UNSAFE_NON_TRANSACTIONAL_TABLE",
      errno: 1785,
      sqlMessage: "Statement violates GTID",
    };
    expect(explain(said, "shop@h/d")).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^shop@h\/d: .*\(enforce_gtid_consistency\); give such tables ENGINE=InnoDB/,
      ) as string,
    });
  });

  test("rows that nobody announced keep a first sync away", async () => {
    const { primary, standby } = await pair(place, { schema, rows });
    await query(standby, "INSERT INTO archive VALUES (1, 1, 'line 1')");
    await expect(sync(primary, standby)).rejects.toThrow("rows are in archive");
  });
});
