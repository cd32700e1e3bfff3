/** A shop that is small enough for random days, and what its visitors do on either site. */
import fc from "fast-check";
import { DatabaseError, type Client } from "pg";
import type { Contents, Row } from "./oracle";

/** Each customer has a name of his own, which his orders repeat: so a wrong owner shows, whatever the ids say. */
export const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, born text NOT NULL,
    referred_by int REFERENCES customers);
  CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, for_whom text NOT NULL, total int);
  ALTER TABLE customers ADD favourite int REFERENCES orders;
  CREATE TABLE lines (order_id int REFERENCES orders, line int, quantity int, PRIMARY KEY (order_id, line));`;
export const start = `
  INSERT INTO customers (email, born) VALUES ('e0', 'first 1'), ('e1', 'first 2'), ('e2', 'first 3'), ('e3', 'first 4');
  INSERT INTO orders (customer_id, for_whom, total) SELECT id, born, 0 FROM customers;
  INSERT INTO lines SELECT id, 1, 1 FROM orders;
  UPDATE customers SET referred_by = 1 WHERE id = 2; UPDATE customers SET favourite = 3 WHERE id IN (3, 4);`;

const nth = (table: string, at: number, what = "id"): string =>
  `(SELECT ${what} FROM ${table} ORDER BY id OFFSET ${at} % greatest((SELECT count(*) FROM ${table}), 1) LIMIT 1)`;
const someLine = (at: number): string =>
  `(order_id, line) = (SELECT order_id, line FROM lines ORDER BY 1, 2 OFFSET ${at} % greatest((SELECT count(*) FROM lines), 1) LIMIT 1)`;

export interface Act {
  readonly onPrimary: boolean;
  readonly what: number;
  readonly one: number;
  readonly other: number;
}

/** What a visitor does; the database turns down what its constraints forbid. */
const acts: readonly ((one: number, other: number, name: string) => string)[] = [
  (one, _, name) => `INSERT INTO customers (email, born) VALUES ('e${one % 7}', '${name}')`,
  (one, other, name) =>
    `INSERT INTO customers (email, born, referred_by) VALUES ('n${one % 4}', '${name}', ${nth("customers", other)})`,
  (one, other) =>
    `INSERT INTO orders (customer_id, for_whom, total) SELECT id, born, ${other % 2} FROM customers WHERE id = ${nth("customers", one)}`,
  (one) =>
    `INSERT INTO orders (customer_id, for_whom, total) SELECT id, born, 0 FROM customers ORDER BY id DESC LIMIT ${1 + (one % 2)}`,
  (one, other) => `INSERT INTO lines VALUES (${nth("orders", one)}, ${2 + (other % 2)}, 1)`,
  () => "INSERT INTO lines SELECT max(id), 1, 1 FROM orders",
  (one, other) => `UPDATE customers SET email = 'e${other % 7}' WHERE id = ${nth("customers", one)}`,
  (one, other) =>
    `UPDATE customers SET referred_by = ${other % 3 === 0 ? "NULL" : nth("customers", other)} WHERE id = ${nth("customers", one)}`,
  (one, other) =>
    `UPDATE customers SET favourite = ${other % 3 === 0 ? "NULL" : nth("orders", other)} WHERE id = ${nth("customers", one)}`,
  (one, other) => `UPDATE orders SET total = ${other % 3} WHERE id = ${nth("orders", one)}`,
  (one, other) =>
    `UPDATE orders o SET customer_id = c.id, for_whom = c.born FROM customers c
       WHERE o.id = ${nth("orders", one)} AND c.id = ${nth("customers", other)}`,
  (one, other) => `UPDATE lines SET quantity = ${other % 3} WHERE ${someLine(one)}`,
  (one) => `DELETE FROM lines WHERE ${someLine(one)}`,
  (one) =>
    `UPDATE customers SET favourite = NULL WHERE favourite = ${nth("orders", one)};
     DELETE FROM lines WHERE order_id = ${nth("orders", one)}; DELETE FROM orders WHERE id = ${nth("orders", one)}`,
  // Leaves, and lets another have the orders.
  (one, other) =>
    `UPDATE customers SET referred_by = NULL WHERE referred_by = ${nth("customers", one)};
     UPDATE orders o SET customer_id = c.id, for_whom = c.born FROM customers c
       WHERE o.customer_id = ${nth("customers", one)} AND c.id = ${nth("customers", other)};
     DELETE FROM customers WHERE id = ${nth("customers", one)}`,
  // Leaves, with all there is, and comes back under the same address.
  (one, _, name) =>
    `UPDATE customers SET referred_by = NULL WHERE referred_by = ${nth("customers", one)};
     UPDATE customers SET favourite = NULL WHERE favourite IN (SELECT id FROM orders WHERE customer_id = ${nth("customers", one)});
     DELETE FROM lines WHERE order_id IN (SELECT id FROM orders WHERE customer_id = ${nth("customers", one)});
     DELETE FROM orders WHERE customer_id = ${nth("customers", one)};
     WITH gone AS (DELETE FROM customers WHERE id = ${nth("customers", one)} RETURNING email)
       INSERT INTO customers (email, born) SELECT email, '${name}' FROM gone`,
];

export const act = fc.record<Act>({
  onPrimary: fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 2, arbitrary: fc.constant(false) },
  ),
  what: fc.nat(acts.length - 1),
  one: fc.nat(11),
  other: fc.nat(11),
});
let made = 0;

export async function play(client: Client, { what, one, other }: Act): Promise<void> {
  const sql = acts[what]?.(one, other, `born ${++made}`) ?? "";
  try {
    // Several statements in one message are one transaction.
    await client.query(sql);
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code?.startsWith("23") === true)) throw error;
  }
}

const shown = [
  ["customers", "t.id", ["email", "born", "referred_by", "favourite"]],
  ["orders", "t.id", ["customer_id", "for_whom", "total"]],
  ["lines", "t.order_id || ',' || t.line", ["order_id", "line", "quantity"]],
] as const;

export async function contents(client: Client): Promise<Contents> {
  const found = new Map<string, Row>();
  for (const [table, key, columns] of shown) {
    const { rows } = await client.query<{ key: string; row: Row }>(
      `SELECT ${key} AS key, to_json(r) AS row FROM ${table} t, LATERAL (SELECT ${columns
        .map((column) => `t.${column}::text`)
        .join(", ")}) r`,
    );
    for (const row of rows) found.set(`${table} ${row.key}`, row.row);
  }
  return found;
}
