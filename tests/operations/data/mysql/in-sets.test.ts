/** New rows by the thousand come in sets on MariaDB too, with the same outcome as row by row. */
import { mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { comparable, kinds, reconcile, synced, type Sides } from "../sides";
import { numbers, query } from "./shop";

const schema = `
  CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(60) COLLATE utf8mb4_unicode_ci NOT NULL UNIQUE,
    name varchar(80) CHARACTER SET latin1, slug varchar(80) GENERATED ALWAYS AS (CONCAT(name, '!')) VIRTUAL UNIQUE, best bigint unsigned);
  CREATE TABLE \`order\` (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, customer int NOT NULL, \`the total?\` decimal(10,2), \`first\` bigint unsigned,
    code varchar(40) COLLATE utf8mb4_bin, UNIQUE KEY (code(6)), FOREIGN KEY (customer) REFERENCES customers (id),
    FOREIGN KEY (\`first\`) REFERENCES \`order\` (id));
  ALTER TABLE customers ADD CONSTRAINT best FOREIGN KEY (best) REFERENCES \`order\` (id);
  CREATE TABLE \`lines\` (\`order\` bigint unsigned, part varchar(20) COLLATE utf8mb4_unicode_ci, photo blob, PRIMARY KEY (\`order\`, part),
    FOREIGN KEY (\`order\`) REFERENCES \`order\` (id));
  CREATE TABLE notes (id int AUTO_INCREMENT PRIMARY KEY, of_order bigint unsigned, of_part varchar(20) COLLATE utf8mb4_unicode_ci, words json,
    FOREIGN KEY (of_order, of_part) REFERENCES \`lines\` (\`order\`, part));`;
const rows = `
  INSERT INTO customers (email, name) SELECT CONCAT('c', n), CONCAT('C', n) FROM ${numbers(100)};
  INSERT INTO \`order\` (customer, \`the total?\`, code) SELECT n, n, LPAD(n, 6, '0') FROM ${numbers(100)};
  INSERT INTO \`lines\` SELECT n, 'Cuff', x'00FF27' FROM ${numbers(100)};
  INSERT INTO notes (of_order, of_part, words) SELECT n, 'cuff', '{"b": [1, null]}' FROM ${numbers(100)};`;
const late = `
  INSERT INTO customers (id, email, name) SELECT 200 + n, CONCAT('late', n), CONCAT('é', n) FROM ${numbers(900)};
  INSERT INTO \`order\` (id, customer, \`the total?\`, code) SELECT 200 + n, 200 + n % 900 + 1, n, LPAD(100000 + n, 6, '0') FROM ${numbers(900)};
  UPDATE \`order\` SET \`first\` = id - 1 WHERE id > 201 AND id % 7 = 0;
  UPDATE customers SET best = id WHERE id > 200 AND id % 50 = 0;
  INSERT INTO \`lines\` SELECT id, p.part, 'late' FROM \`order\`, (SELECT 'cuff' AS part UNION SELECT 'Collar') p WHERE id > 200;
  INSERT INTO notes (of_order, of_part) SELECT \`order\`, UPPER(part) FROM \`lines\` WHERE photo = 'late';
  INSERT INTO notes (of_order, of_part) VALUES (50, 'CUFF'), (52, 'cuff');
  UPDATE customers SET name = 'changed' WHERE id = 7; DELETE FROM notes WHERE id = 9;`;
/** On the standby: taken ids, taken unique values of each kind, a row changed there too, parents that are gone. */
const ofItsOwn = `
  INSERT INTO customers (id, email, name) VALUES (500, 'another', 'Other'), (90001, 'LATE100', 'Upper'), (90002, 'generated', 'é5');
  INSERT INTO \`order\` (id, customer, code) VALUES (90001, 1, '100300 by another');
  UPDATE customers SET name = 'here' WHERE id = 7;
  DELETE FROM notes WHERE of_order IN (50, 51); DELETE FROM \`lines\` WHERE \`order\` IN (50, 51);
  DELETE FROM \`order\` WHERE id IN (50, 51);`;

mariadbOrSkip()("new rows in sets", () => {
  const server = withMariadb();
  const afterCutover = (): Promise<Sides> =>
    synced({ server, query }, { schema, rows }, { rule: { kind: "fixed", ids: 100_000n } });
  const both = async (day: string, standbys: string): Promise<readonly [Sides, Sides]> => {
    const pairs = [await afterCutover(), await afterCutover()] as const;
    for (const { primary, standby } of pairs) {
      await query(primary, day);
      await query(standby, standbys);
    }
    return pairs;
  };
  /** The shop's rows, the base's, and the ledger's, whatever order they were written in. */
  const everything = async (url: string): Promise<unknown> =>
    Promise.all(
      [
        ...["customers", "`order`", "`lines`", "notes"].map(
          (table) => `SELECT * FROM ${table} ORDER BY 1, 2`,
        ),
        `SELECT table_name, number, HEX(hash), REPLACE(key_text, ', ', ',') AS key_text, digest
           FROM warm_standby_base_rows r JOIN warm_standby_base_tables t ON t.id = r.table_id ORDER BY 1, 2, 3`,
        `SELECT table_name, REPLACE(row_key, ', ', ',') AS row_key, digest FROM warm_standby_ledger ORDER BY 1, 2`,
      ].map((sql) => query(url, sql)),
    );
  const together = (lines: readonly string[]): Record<string, number> =>
    Object.fromEntries(
      lines.flatMap((line) => {
        const [, table = "", count] = /^(\S+): (\d+) new rows brought together/.exec(line) ?? [];
        return count === undefined ? [] : [[table, Number(count)]];
      }),
    );

  test.each([{ insertsOnly: false }, { insertsOnly: true }])(
    "what is brought, refused and recorded is the same as row by row (%p)",
    async (how) => {
      const [inSets, single] = await both(late, ofItsOwn);
      const lines: string[] = [];
      const done = await reconcile(inSets.primary, inSets.standby, { ...how, enough: 100 }, (line) =>
        lines.push(line),
      );
      const expected = await reconcile(single.primary, single.standby, { ...how, enough: Infinity });
      expect(comparable(done)).toEqual(comparable(expected));
      expect(done.verified).toBe(true);
      expect(done.conflicts.map((one) => one.kind)).toEqual(
        expect.arrayContaining(["id-collision", "unique", "missing-parent"]),
      );
      expect(await everything(inSets.standby)).toEqual(await everything(single.standby));
      expect(Object.keys(together(lines)).sort()).toEqual(["customers", "lines", "notes", "order"]);
      expect(Object.values(together(lines)).reduce((a, b) => a + b)).toBeGreaterThan(2500);
      const again = await reconcile(inSets.primary, inSets.standby, { ...how, enough: 100 });
      expect([again.inserted, again.updated, again.deleted]).toEqual([0, 0, 0]);
      expect(comparable(again).conflicts).toEqual(comparable(done).conflicts);
    },
  );

  test("they stay where a row that was looked at by itself is refused, and tried anew", async () => {
    const { primary, standby } = await afterCutover();
    await query(primary, late);
    await query(
      standby,
      `CREATE TRIGGER no_changes BEFORE UPDATE ON customers FOR EACH ROW
         IF NEW.name = 'changed' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF`,
    );
    const lines: string[] = [];
    const done = await reconcile(primary, standby, { enough: 100 }, (line) => lines.push(line));
    expect(lines.some((line) => line.includes("looking again"))).toBe(true);
    expect(done.conflicts.map((one) => [one.table, one.key])).toEqual([["customers", ["7"]]]);
    expect(done.verified).toBe(true);
    expect(Object.keys(together(lines)).sort()).toEqual(["customers", "lines", "notes", "order"]);
    const counted = "SELECT COUNT(*) AS rows_ FROM notes";
    expect(await query(standby, counted)).toEqual(await query(primary, counted));
    expect((await reconcile(primary, standby, { enough: 100 })).inserted).toBe(0);
  });

  test("where the target minds one of them, all are looked at row by row, and the others arrive", async () => {
    const { primary, standby } = await afterCutover();
    await query(primary, late);
    // What the comparison of schemas does not see: nobody can foresee which row it minds.
    await query(standby, "ALTER TABLE `order` ADD CONSTRAINT few CHECK (`the total?` <> 400)");
    const lines: string[] = [];
    const done = await reconcile(primary, standby, { enough: 100 }, (line) => lines.push(line));
    expect(lines.filter((line) => line.includes("row by row"))).toHaveLength(1);
    expect(kinds(done)).toEqual([["unique", "order", "600"]]);
    expect(done.conflicts[0]?.reason).toMatch(/few/);
    // Whose best order it is, whose order that is, and what hangs on either.
    expect(done.conflicts[0]?.held).toHaveLength(10);
    expect(done.inserted).toBe(6 * 900 + 2 - 11);
    expect(done.verified).toBe(true);
  });

  test("ids that were brought are never handed out again, without an offset", async () => {
    const sides = await synced({ server, query }, { schema, rows }, { rule: { kind: "fixed", ids: 0n } });
    await query(sides.primary, late);
    expect((await reconcile(sides.primary, sides.standby, { enough: 100 })).conflicts).toEqual([]);
    await query(sides.standby, "INSERT INTO customers (email) VALUES ('new')");
    expect(await query(sides.standby, "SELECT MAX(id) AS id FROM customers")).toEqual([{ id: 1101 }]);
  });
});
