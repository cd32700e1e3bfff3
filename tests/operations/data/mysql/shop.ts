/** The shop of the tests next door as it would be on MySQL, with the types that only MySQL has. */
import { createConnection } from "mysql2/promise";

export const schema = `
  CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(100) COLLATE utf8mb4_unicode_ci NOT NULL UNIQUE,
    name varchar(80) NOT NULL, password_hash char(32), referred_by int, default_address int,
    seen timestamp NULL DEFAULT '2010-05-01 08:00:00' ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT referrer FOREIGN KEY (referred_by) REFERENCES customers (id));
  CREATE TABLE addresses (id mediumint unsigned AUTO_INCREMENT PRIMARY KEY, customer_id int NOT NULL, line text NOT NULL,
    CONSTRAINT address_of FOREIGN KEY (customer_id) REFERENCES customers (id));
  ALTER TABLE customers MODIFY default_address mediumint unsigned,
    ADD CONSTRAINT default_address FOREIGN KEY (default_address) REFERENCES addresses (id);
  CREATE TABLE designs (id binary(16) PRIMARY KEY, title varchar(60) CHARACTER SET latin1 NOT NULL, tags set('a','b','c'),
    price decimal(10,2), weight float, exact double, art blob, flags bit(12), made year, day date, at time(3), spot point,
    settings json);
  CREATE TABLE orders (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, customer_id int NOT NULL, ship_to mediumint unsigned,
    state enum('open','paid','cancelled') NOT NULL DEFAULT 'open', placed datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    total decimal(10,2), doubled decimal(11,2) GENERATED ALWAYS AS (total * 2) STORED,
    CONSTRAINT order_of FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT shipped_to FOREIGN KEY (ship_to) REFERENCES addresses (id)) AUTO_INCREMENT = 101;
  CREATE TABLE order_lines (order_id bigint unsigned, line int, design binary(16), quantity int NOT NULL, \`select?\` int,
    PRIMARY KEY (order_id, line), CONSTRAINT line_of FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT line_design FOREIGN KEY (design) REFERENCES designs (id));
  CREATE TABLE payments (id bigint AUTO_INCREMENT PRIMARY KEY, order_id bigint unsigned NOT NULL, amount decimal(10,2) NOT NULL,
    CONSTRAINT payment_of FOREIGN KEY (order_id) REFERENCES orders (id));
  CREATE TABLE sessions (token varchar(64) PRIMARY KEY, customer_id int, data longtext,
    CONSTRAINT session_of FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE);
`;

/** Numbers from 1 to `most`, as table `n` with column `n`. */
export const numbers = (most: number): string =>
  `(WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < ${most}) SELECT n FROM s) n`;

export const rows = `
  SET sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO';
  INSERT INTO customers (email, name, password_hash, seen) SELECT CONCAT('c', n, '@blanklabel.example'), CONCAT('Customer ', n), LEFT(SHA2(n, 256), 32),
    IF(n = 3, NULL, '2010-05-01 10:00:00') FROM ${numbers(50)};
  UPDATE customers SET referred_by = IF(id = 5, 6, id - 1), seen = seen WHERE id % 5 = 0;
  INSERT INTO addresses (customer_id, line) SELECT n, CONCAT(n, ' Main Street, "rear"\\n\\\\door \\'s 😀') FROM ${numbers(50)};
  UPDATE customers SET default_address = id, seen = seen;
  INSERT INTO designs SELECT UNHEX(LEFT(SHA2(n, 256), 32)), CONCAT('Dessin né ', n), ELT(n % 3 + 1, 'a', '', NULL), n / 3, n / 7, n / 7e0, UNHEX(LEFT(SHA2(n, 256), 32)), n,
    IF(n = 4, 0, 2000 + n), ELT(n % 3 + 1, '0000-00-00', '2010-02-31', '2010-05-01'), '-10:11:12.5', ST_GeomFromText('POINT(1 2)', 4326),
    '{"b": 1, "a": [1, 2]}' FROM ${numbers(20)};
  INSERT INTO orders (customer_id, ship_to, total, placed) SELECT n % 50 + 1, n % 50 + 1, n, '2010-05-01' + INTERVAL n MINUTE FROM ${numbers(300)};
  INSERT INTO order_lines SELECT id, l.n, UNHEX(LEFT(SHA2(l.n, 256), 32)), l.n, NULL FROM orders, ${numbers(2).replace(/n$/, "l")};
  INSERT INTO payments (order_id, amount) SELECT id, total FROM orders WHERE id % 3 = 0;
  INSERT INTO sessions SELECT LEFT(SHA2(n, 256), 32), n, '{"cart":  []}' FROM ${numbers(30)};
`;

type Row = Record<string, unknown>;

/** A plain client that ends with the action; answers with the last statement's rows. */
export async function query(url: string, sql: string): Promise<readonly Row[]> {
  const client = await createConnection({
    uri: url.replace(/\?.*/, ""),
    multipleStatements: true,
    timezone: "Z",
    dateStrings: true,
    charset: "utf8mb4",
  });
  try {
    const [result] = await client.query(sql);
    const sets: readonly unknown[] = Array.isArray(result) ? result : [];
    const last: unknown = sets.some(Array.isArray) ? sets.filter(Array.isArray).at(-1) : sets;
    return (Array.isArray(last) ? last : []).filter(isRow);
  } finally {
    await client.end();
  }
}

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !("affectedRows" in value);

/** Everything in the shop's tables as one text, to compare two databases or two moments by. */
export async function contents(url: string): Promise<string> {
  const tables = ["customers", "addresses", "designs", "orders", "order_lines", "payments", "sessions"];
  const parts: string[] = [];
  for (const table of tables) {
    const found = await query(
      url,
      `SET time_zone = '+00:00'; SELECT *${table === "designs" ? ", weight + 0e0 AS all_digits" : ""} FROM ${table} ORDER BY 1, 2`,
    );
    const shown = (_: string, value: unknown): unknown =>
      Buffer.isBuffer(value) ? value.toString("hex") : value;
    parts.push(`${table}\n${found.map((row) => JSON.stringify(row, shown)).join("\n")}`);
  }
  return parts.join("\n\n");
}
