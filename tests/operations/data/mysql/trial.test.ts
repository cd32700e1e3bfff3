/** What is tried within a transaction, what it costs the others, and what its failure tells. */
import { createConnection } from "mysql2/promise";
import { openMysql, type MysqlDatabase } from "../../../../operations/data/engines/mysql/database";
import type { Table, UniqueKey } from "../../../../operations/data/model";
import { mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { connection, kinds, reconcile, synced } from "../sides";
import { numbers, query } from "./shop";

mariadbOrSkip()("trying rows on MariaDB", () => {
  const server = withMariadb();
  const open = async (url: string): Promise<MysqlDatabase> => {
    const to = connection(url);
    if (to.engine !== "mysql") throw new Error("this is no MySQL");
    return openMysql(to, "test");
  };
  const tableOf = async (database: MysqlDatabase, name: string): Promise<Table> => {
    const found = (await database.introspect()).tables.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };

  test("a deadlock is told as one, though it takes the savepoint along", async () => {
    const url = await server.database();
    await query(url, "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 0), (2, 0)");
    const one = await open(url);
    const other = await createConnection({ uri: url.replace(/\?.*/, "") });
    const table = await tableOf(one, "t");
    const lock = (id: string) => one.read.digests(table, [[id]], "update");
    await one.begin("write");
    await lock("1");
    await other.query("BEGIN");
    // Who has done more survives.
    await other.query(`INSERT INTO t SELECT n + 10, 1 FROM ${numbers(500)}`);
    await other.query("UPDATE t SET v = 2 WHERE id = 2");
    const trial = one.trial(() => lock("2")).catch((error: unknown) => error);
    await other.query("UPDATE t SET v = 2 WHERE id = 1");
    const error = await trial;
    expect([one.asksForAnother(error), String(error)]).toEqual([true, expect.stringContaining("Deadlock")]);
    await one.rollback();
    await other.query("ROLLBACK");
    await other.end();
    await one.close();
  });

  test("what the target says of a row shows no secret that the row hides", async () => {
    const schema = `CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, name varchar(40), api_token varchar(40));
      CREATE TABLE seen (value varchar(40) PRIMARY KEY);`;
    const rows = "INSERT INTO customers (name, api_token) VALUES ('a', 'b');";
    const { primary, standby } = await synced({ server, query }, { schema, rows });
    await query(
      standby,
      `INSERT INTO seen VALUES ('S3CRET'); CREATE TRIGGER note AFTER INSERT ON customers FOR EACH ROW INSERT INTO seen VALUES (NEW.api_token);
       CREATE TRIGGER greet BEFORE UPDATE ON customers FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no S3CRET, please'`,
    );
    await query(
      primary,
      "INSERT INTO customers (name, api_token) VALUES ('late', 'S3CRET'); UPDATE customers SET api_token = 'S3CRET' WHERE id = 1",
    );
    const lines: string[] = [];
    const done = await reconcile(primary, standby, {}, (line) => lines.push(line));
    expect(done.conflicts.map((one) => one.reason)).toEqual([
      "no (masked), please",
      "Duplicate entry for key 'PRIMARY'",
    ]);
    expect(lines.join("\n")).not.toContain("entry 'S3CRET'");
    expect(kinds(done)).toHaveLength(2);
  });

  test("values of a column without an index are looked up by its collation all the same", async () => {
    const url = await server.database();
    await query(
      url,
      `CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(100) COLLATE utf8mb4_unicode_ci);
       INSERT INTO customers (email) SELECT CONCAT('c', n) FROM ${numbers(900)}`,
    );
    const one = await open(url);
    const unique: UniqueKey = {
      name: "email",
      expressions: ["`email`"],
      blankIn: "email",
      predicate: undefined,
      nullsDistinct: true,
      deferrable: true,
    };
    const rows = [
      ["5000", "C7"],
      ["5001", "nobody"],
      ["5002", "c900"],
    ].map((values) => ({ key: values.slice(0, 1), values }));
    const found = await one.read.holders(await tableOf(one, "customers"), unique, rows);
    expect([...found].sort()).toEqual([
      [["5000"], ["7"]],
      [["5002"], ["900"]],
    ]);
    await one.close();
  });
});
