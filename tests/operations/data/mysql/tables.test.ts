/** What no definition says, on MariaDB: references by name and by type, a counter, a trigger's sequence, a session table. */
import { parseTableRules } from "../../../../operations/data/tables/file";
import { isMysql, mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { counts, pair, reconcile, sync } from "../sides";
import { numbers, query } from "./shop";

const schema = `
  CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, name varchar(80));
  CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, customerId int NOT NULL, for_whom varchar(80), number int UNIQUE);
  CREATE TABLE notes (id int AUTO_INCREMENT PRIMARY KEY, subject_type varchar(40), subject_id int, author varchar(80));
  CREATE TABLE letters (id int AUTO_INCREMENT PRIMARY KEY, no int);
  CREATE TABLE counters (name varchar(40) PRIMARY KEY, value int NOT NULL);
  CREATE TABLE sessions (id varchar(64) PRIMARY KEY, payload text, last_activity int);`;
/** MySQL itself has no sequences. */
const sequence = `
  CREATE SEQUENCE letter_numbers;
  CREATE TRIGGER letter_no BEFORE INSERT ON letters FOR EACH ROW
    BEGIN IF @warm_standby IS NULL AND NEW.no IS NULL THEN SET NEW.no = NEXTVAL(letter_numbers); END IF; END;`;
const rows = `
  INSERT INTO customers (email, name) SELECT CONCAT('c', n), CONCAT('old ', n) FROM ${numbers(20)};
  INSERT INTO orders (customerId, for_whom, number) SELECT id, name, 500 + id FROM customers;
  INSERT INTO notes (subject_type, subject_id, author) SELECT 'App\\\\Customer', id, name FROM customers;
  INSERT INTO letters (no) SELECT NULL FROM ${numbers(5)};
  INSERT INTO counters VALUES ('orders', 520); INSERT INTO sessions VALUES ('s', 'x', 1);`;
const people = (side: string) => `
  INSERT INTO customers (email, name) SELECT CONCAT('${side}', n), CONCAT('${side} ', n) FROM ${numbers(5)};
  INSERT INTO orders (customerId, for_whom) SELECT id, name FROM customers WHERE name LIKE '${side} %';
  INSERT INTO notes (subject_type, subject_id, author) SELECT 'App\\\\Customer', id, name FROM customers WHERE name LIKE '${side} %'`;
const wrong = `
  SELECT o.id FROM orders o JOIN customers c ON c.id = o.customerId WHERE for_whom <> name
  UNION ALL SELECT n.id FROM notes n JOIN customers c ON c.id = subject_id WHERE author <> name`;
const text = `
references:
  - { from: orders.customerId, to: customers }
  - { from: notes.subject_id, type: subject_type, to: { "App\\\\Customer": customers } }`;

mariadbOrSkip()("tables that say little of themselves, on MariaDB", () => {
  const place = { server: withMariadb(), query };

  test("numbers are offset and stay so, late rows of taken ids are on nobody else, and all come over by --remap", async () => {
    const { primary, standby } = await pair(place, { schema: isMysql ? schema : schema + sequence, rows });
    const done = await sync(primary, standby);
    expect(done.identities.map((one) => [`${one.table}.${one.column}`, one.kind])).toEqual(
      expect.arrayContaining([
        ["orders.number", "counter"],
        ...(isMysql ? [] : [["letters.no", "sequence"]]),
      ]),
    );
    expect(done.leftOut.map((one) => one.table)).toEqual(["sessions"]);
    expect(await query(standby, "SELECT value FROM counters")).toEqual([{ value: 3000 }]);
    await query(primary, "UPDATE counters SET value = 523");
    const next = await sync(primary, standby);
    expect(next.tables.every((one) => one.inserted + one.updated + one.deleted === 0)).toBe(true);
    expect(await query(standby, "SELECT value FROM counters")).toEqual([{ value: 3000 }]);

    // The offset of customers is forgotten: both sides hand out the same ids.
    await query(primary, "ALTER TABLE customers AUTO_INCREMENT = 9001");
    await query(standby, "ALTER TABLE customers AUTO_INCREMENT = 9001");
    await query(primary, people("late"));
    await query(standby, people("own"));
    const first = await reconcile(primary, standby);
    expect([counts(first), await query(standby, wrong)]).toEqual([[0, 0, 0, 5], []]);
    expect(first.conflicts.flatMap((one) => one.held)).toHaveLength(10);
    await expect(reconcile(primary, standby, { remap: ["customers"] })).rejects.toThrow(
      "neither confirmed nor denied",
    );
    const tables = { rules: parseTableRules(text, "standby.tables.yaml"), file: "standby.tables.yaml" };
    const brought = await reconcile(primary, standby, { remap: ["customers"], tables });
    expect([counts(brought), await query(standby, wrong)]).toEqual([[15, 0, 0, 0], []]);
    expect(counts(await reconcile(primary, standby, { tables }))).toEqual([0, 0, 0, 0]);
  });
});
