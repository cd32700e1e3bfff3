/** WooCommerce as it was for years: an order is a post, and whose it is stands in a pair of name and value. */
import { parseTableRules } from "../../../../operations/data/tables/file";
import { mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { counts, kinds, reconcile, synced, type Sides } from "../sides";
import { numbers, query } from "./shop";

const schema = `
  CREATE TABLE wp_users (ID bigint(20) unsigned AUTO_INCREMENT PRIMARY KEY, user_email varchar(100), name varchar(50), UNIQUE (user_email))
    DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
  CREATE TABLE wp_posts (ID bigint(20) unsigned AUTO_INCREMENT PRIMARY KEY, post_type varchar(20), for_whom varchar(50))
    DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
  CREATE TABLE wp_postmeta (meta_id bigint(20) unsigned AUTO_INCREMENT PRIMARY KEY, post_id bigint(20) unsigned NOT NULL,
    meta_key varchar(255), meta_value longtext, KEY (post_id), KEY (meta_key(191)))
    DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
  CREATE TABLE wp_comments (comment_ID int AUTO_INCREMENT PRIMARY KEY, object_type varchar(20), object_id varchar(20), author varchar(50),
    KEY (object_id)) DEFAULT CHARSET latin1 COLLATE latin1_german1_ci;`;
const hang = (whom: string): string => `
  INSERT INTO wp_posts (post_type, for_whom) SELECT 'shop_order', name FROM wp_users WHERE ${whom};
  INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT p.ID, '_customer_user', u.ID FROM wp_posts p JOIN wp_users u ON name = for_whom WHERE ${whom};
  INSERT INTO wp_postmeta (post_id, meta_key, meta_value) SELECT p.ID, '_order_total', '19.90' FROM wp_posts p JOIN wp_users u ON name = for_whom WHERE ${whom};
  INSERT INTO wp_comments (object_type, object_id, author) SELECT 'wp_user', ID, name FROM wp_users WHERE ${whom};`;
const rows = `
  INSERT INTO wp_users (user_email, name) SELECT CONCAT('c', n), CONCAT('old ', n) FROM ${numbers(20)}; ${hang("TRUE")}`;
const people = (side: string): string => `
  INSERT INTO wp_users (user_email, name) SELECT CONCAT('${side}', n), CONCAT('${side} ', n) FROM ${numbers(12)};
  ${hang(`name LIKE '${side} %'`)}`;
const wrong = `
  SELECT m.meta_id FROM wp_postmeta m JOIN wp_posts p ON p.ID = post_id LEFT JOIN wp_users u ON u.ID = CAST(meta_value AS unsigned)
    WHERE meta_key = '_customer_user' AND NOT (name <=> for_whom)
  UNION ALL SELECT comment_ID FROM wp_comments LEFT JOIN wp_users u ON u.ID = CAST(object_id AS unsigned)
    WHERE object_type = 'wp_user' AND NOT (name <=> author)`;
const text = `
references:
  - { from: wp_postmeta.post_id, to: wp_posts }
  - { from: wp_postmeta.meta_value, type: meta_key, to: { _customer_user: wp_users } }
  - { from: wp_comments.object_id, type: object_type, to: { wp_user: wp_users } }`;
const tables = { rules: parseTableRules(text, "standby.tables.yaml"), file: "standby.tables.yaml" };

mariadbOrSkip()("ids in texts, on MariaDB", () => {
  const place = { server: withMariadb(), query };
  async function forgotten(): Promise<Sides> {
    const sides = await synced(place, { schema, rows });
    await query(sides.standby, "ALTER TABLE wp_users AUTO_INCREMENT = 21");
    await query(sides.primary, "ALTER TABLE wp_users AUTO_INCREMENT = 21");
    return sides;
  }

  test("late orders of a shop that keeps whose they are in its metadata are on nobody else, and come over by --remap", async () => {
    const { primary, standby } = await forgotten();
    await query(primary, people("late"));
    await query(standby, people("own"));
    const first = await reconcile(primary, standby);
    expect(first.references.map((one) => [one.from, one.to, one.status])).toEqual(
      expect.arrayContaining([
        ["wp_comments.object_id", ["wp_users.ID"], "likely"],
        ["wp_postmeta.meta_value", ["wp_users.ID"], "likely"],
      ]),
    );
    // The orders themselves and what they cost; whose they are is held back.
    expect([counts(first), await query(standby, wrong)]).toEqual([[24, 0, 0, 12], []]);
    expect(first.conflicts.flatMap((one) => one.held)).toHaveLength(24);
    await expect(reconcile(primary, standby, { remap: ["wp_users"] })).rejects.toThrow(
      "_customer_user: wp_users",
    );
    const done = await reconcile(primary, standby, { remap: ["wp_users"], tables });
    expect([counts(done), await query(standby, wrong)]).toEqual([[36, 0, 0, 0], []]);
    expect(counts(await reconcile(primary, standby, { tables }))).toEqual([0, 0, 0, 0]);
  });

  test("a user on whom something new hangs by a text stays; a text that only begins with the id is somebody else's", async () => {
    const { primary, standby } = await forgotten();
    await query(
      primary,
      `DELETE FROM wp_comments WHERE author IN ('old 3', 'old 4', 'old 5');
       DELETE FROM wp_postmeta WHERE meta_value IN ('3', '4', '5'); DELETE FROM wp_users WHERE ID IN (3, 4, 5)`,
    );
    await query(
      standby,
      `INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (9, '_customer_user', '3'), (9, '_CUSTOMER_USER', '4'), (9, '_price', '4'), (9, '_customer_user', '4x');
       INSERT INTO wp_comments (object_type, object_id, author) VALUES ('wp_user', '5', 'new'), ('post', '4', 'new')`,
    );
    const done = await reconcile(primary, standby, { tables });
    expect(kinds(done)).toEqual([
      ["delete-has-dependents", "wp_users", "3"],
      ["delete-has-dependents", "wp_users", "5"],
    ]);
    expect(await query(standby, "SELECT CAST(COUNT(*) AS CHAR) AS n FROM wp_users WHERE ID = 4")).toEqual([
      { n: "0" },
    ]);
  });

  test("of other character sets, padded and filled with noughts: what is no id to the letter holds nobody back", async () => {
    const { primary, standby } = await synced(place, {
      schema: `
        CREATE TABLE customers (id int(10) unsigned zerofill AUTO_INCREMENT PRIMARY KEY, name varchar(50));
        CREATE TABLE notes (id int AUTO_INCREMENT PRIMARY KEY, subject_type varchar(20) CHARACTER SET latin1, subject_id varchar(20));`,
      rows: `INSERT INTO customers (name) SELECT CONCAT('old ', n) FROM ${numbers(20)};`,
    });
    await query(primary, "DELETE FROM customers WHERE id IN (3, 4, 5, 6)");
    await query(
      standby,
      `INSERT INTO notes (subject_type, subject_id) VALUES ('Customer', '3'), ('Customer', '4 '), ('Customer', '0000000005'), ('customer', '6')`,
    );
    const rules = parseTableRules(
      "references: [{ from: notes.subject_id, type: subject_type, to: { Customer: customers, 客户: customers } }]",
      "f",
    );
    const done = await reconcile(primary, standby, { tables: { rules, file: "f" } });
    expect([counts(done), kinds(done)]).toEqual([
      [0, 0, 3, 1],
      [["delete-has-dependents", "customers", "3"]],
    ]);
  });

  test("an id that its text has no room for is refused by name", async () => {
    const { primary, standby } = await synced(place, {
      schema: `
        CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, name varchar(50));
        CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, customer_id varchar(2));`,
      rows: "INSERT INTO customers VALUES (1, 'old'); INSERT INTO orders VALUES (1, '1');",
    });
    await query(
      primary,
      "INSERT INTO customers VALUES (50, 'late'); INSERT INTO orders (customer_id) VALUES ('50')",
    );
    await query(standby, "INSERT INTO customers VALUES (50, 'own')");
    const rules = parseTableRules("references: [{ from: orders.customer_id, to: customers }]", "f");
    await expect(
      reconcile(primary, standby, { remap: ["customers"], tables: { rules, file: "f" } }),
    ).rejects.toThrow("orders.customer_id is varchar(2) and has no room for");
  });
});
