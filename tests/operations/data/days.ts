/** What visitors do to a small shop in a day, in statements that PostgreSQL and MySQL both understand. */
import fc from "fast-check";
import { createConnection } from "mysql2/promise";
import { Client, DatabaseError } from "pg";
import { z } from "zod";
import type { Row } from "./campaign/oracle";
import { dropped } from "./own-tables";

/** A visitor's own connection to a database. */
export interface Visitor {
  rows(sql: string): Promise<readonly Row[]>;
  /** Statements that stand or fall together; false where a constraint forbids one of them. */
  together(statements: readonly string[]): Promise<boolean>;
  run(sql: string): Promise<void>;
  end(): Promise<void>;
}

/** What the day is played in. */
export interface Stage {
  readonly connect: (url: string) => Promise<Visitor>;
  readonly schema: string;
  readonly wipe: string;
  /** As if the offset of a table had been forgotten: the next id is one above the highest. */
  readonly forget: (table: string) => string;
  /** What comes before a table's name. */
  readonly prefix: string;
  /** An expression for the lines of the order `o` as one text. */
  readonly lines: string;
}

/**
 * Each customer has a name of his own, which his orders repeat: so a wrong owner shows, whatever the ids say. An order's own
 * name is when it was placed.
 */
const schema = (id: string, text: string, name: string): string => `
  CREATE TABLE customers (id ${id}, email ${text} NOT NULL UNIQUE, born ${text} NOT NULL, referred_by int, favourite int,
    CONSTRAINT referrer FOREIGN KEY (referred_by) REFERENCES customers (id));
  CREATE TABLE orders (id ${id}, customer_id int NOT NULL, for_whom ${text} NOT NULL, total int,
    placed ${text} NOT NULL DEFAULT (${name}),
    CONSTRAINT owner FOREIGN KEY (customer_id) REFERENCES customers (id));
  ALTER TABLE customers ADD CONSTRAINT favoured FOREIGN KEY (favourite) REFERENCES orders (id);
  CREATE TABLE order_lines (order_id int, line int, quantity int, PRIMARY KEY (order_id, line),
    CONSTRAINT part FOREIGN KEY (order_id) REFERENCES orders (id));`;

export const start = `
  INSERT INTO customers (email, born) VALUES ('e0', 'first 1'), ('e1', 'first 2'), ('e2', 'first 3'), ('e3', 'first 4');
  INSERT INTO orders (customer_id, for_whom, total) SELECT id, born, 0 FROM customers ORDER BY id;
  INSERT INTO order_lines SELECT id, 1, 1 FROM orders;
  UPDATE customers SET referred_by = 1 WHERE id = 2; UPDATE customers SET favourite = 3 WHERE id IN (3, 4);`;

const ids = z.array(z.record(z.string(), z.union([z.string(), z.number()]).nullable()));
const asTexts = (rows: unknown): readonly Row[] =>
  ids
    .parse(rows)
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
      ),
    );

async function connectPostgres(url: string): Promise<Visitor> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    rows: async (sql) => asTexts((await client.query(sql)).rows),
    run: async (sql) => {
      await client.query(sql);
    },
    together: async (statements) => {
      try {
        // Several statements in one message are one transaction.
        await client.query(statements.join("; "));
        return true;
      } catch (error) {
        if (error instanceof DatabaseError && error.code?.startsWith("23") === true) return false;
        throw error;
      }
    },
    end: () => client.end(),
  };
}

const forbidden = z.object({
  errno: z.union([z.literal(1048), z.literal(1062), z.literal(1451), z.literal(1452)]),
});

async function connectMysql(url: string): Promise<Visitor> {
  const client = await createConnection({ uri: url.replace(/\?.*/, ""), multipleStatements: true });
  await client.query("SET sql_mode = 'PIPES_AS_CONCAT,STRICT_ALL_TABLES'");
  return {
    rows: async (sql) => asTexts((await client.query(sql))[0]),
    run: async (sql) => {
      await client.query(sql);
    },
    together: async (statements) => {
      await client.beginTransaction();
      try {
        if (statements.length > 0) await client.query(statements.join("; "));
        await client.commit();
        return true;
      } catch (error) {
        await client.rollback();
        if (forbidden.safeParse(error).success) return false;
        throw error;
      }
    },
    end: () => client.end(),
  };
}

export const stages: Readonly<Record<"postgres" | "mysql", Stage>> = {
  postgres: {
    connect: connectPostgres,
    schema: schema("serial PRIMARY KEY", "text", "gen_random_uuid()"),
    wipe: "DROP SCHEMA IF EXISTS warm_standby CASCADE; TRUNCATE customers, orders, order_lines RESTART IDENTITY",
    forget: (table) => `SELECT setval('${table}_id_seq', max(id)) FROM ${table}`,
    prefix: "public.",
    lines: "SELECT string_agg(l.line || 'x' || l.quantity, ',' ORDER BY line)",
  },
  mysql: {
    connect: connectMysql,
    schema: schema("int AUTO_INCREMENT PRIMARY KEY", "varchar(80)", "uuid()"),
    wipe: `SET foreign_key_checks = 0; TRUNCATE customers; TRUNCATE orders; TRUNCATE order_lines; SET foreign_key_checks = 1;
      ${dropped}`,
    // Lower than the highest it does not go.
    forget: (table) => `ALTER TABLE ${table} AUTO_INCREMENT = 1`,
    prefix: "",
    lines: "SELECT GROUP_CONCAT(l.line || 'x' || l.quantity ORDER BY line)",
  },
};

export interface Act {
  readonly onPrimary: boolean;
  readonly what: number;
  readonly one: number;
  readonly other: number;
}

/** What a visitor finds when he comes. */
interface Shop {
  readonly customers: readonly Row[];
  readonly orders: readonly Row[];
  readonly lines: readonly Row[];
}

const nth = (rows: readonly Row[], at: number, column = "id"): string =>
  rows[at % Math.max(1, rows.length)]?.[column] ?? "NULL";
const quoted = (rows: readonly Row[], at: number, column: string): string => `'${nth(rows, at, column)}'`;
const someLine = ({ lines }: Shop, at: number): string =>
  `order_id = ${nth(lines, at, "order_id")} AND line = ${nth(lines, at, "line")}`;
const order = ({ customers }: Shop, at: number, total: number): string =>
  `INSERT INTO orders (customer_id, for_whom, total) VALUES (${nth(customers, at)}, ${quoted(customers, at, "born")}, ${total})`;
const favouriteOf = (customer: string): string =>
  `UPDATE customers SET favourite = NULL WHERE favourite IN (SELECT id FROM orders WHERE customer_id = ${customer})`;

/** What a visitor does; the database turns down what its constraints forbid. */
const acts: readonly ((shop: Shop, one: number, other: number, name: string) => readonly string[])[] = [
  (_, one, __, name) => [`INSERT INTO customers (email, born) VALUES ('e${one % 7}', '${name}')`],
  ({ customers }, one, other, name) => [
    `INSERT INTO customers (email, born, referred_by) VALUES ('n${one % 4}', '${name}', ${nth(customers, other)})`,
  ],
  (shop, one, other) => [order(shop, one, other % 2)],
  (shop, one) =>
    Array.from({ length: 1 + (one % 2) }, (_, each) => order(shop, shop.customers.length - 1 - each, 0)),
  ({ orders }, one, other) => [`INSERT INTO order_lines VALUES (${nth(orders, one)}, ${2 + (other % 2)}, 1)`],
  ({ orders }) => [`INSERT INTO order_lines VALUES (${nth(orders, orders.length - 1)}, 1, 1)`],
  ({ customers }, one, other) => [
    `UPDATE customers SET email = 'e${other % 7}' WHERE id = ${nth(customers, one)}`,
  ],
  ({ customers }, one, other) => [
    `UPDATE customers SET referred_by = ${other % 3 === 0 ? "NULL" : nth(customers, other)} WHERE id = ${nth(customers, one)}`,
  ],
  ({ customers, orders }, one, other) => [
    `UPDATE customers SET favourite = ${other % 3 === 0 ? "NULL" : nth(orders, other)} WHERE id = ${nth(customers, one)}`,
  ],
  ({ orders }, one, other) => [`UPDATE orders SET total = ${other % 3} WHERE id = ${nth(orders, one)}`],
  ({ customers, orders }, one, other) => [
    `UPDATE orders SET customer_id = ${nth(customers, other)}, for_whom = ${quoted(customers, other, "born")}
       WHERE id = ${nth(orders, one)}`,
  ],
  (shop, one, other) => [`UPDATE order_lines SET quantity = ${other % 3} WHERE ${someLine(shop, one)}`],
  (shop, one) => [`DELETE FROM order_lines WHERE ${someLine(shop, one)}`],
  ({ orders }, one) => [
    `UPDATE customers SET favourite = NULL WHERE favourite = ${nth(orders, one)}`,
    `DELETE FROM order_lines WHERE order_id = ${nth(orders, one)}`,
    `DELETE FROM orders WHERE id = ${nth(orders, one)}`,
  ],
  // Leaves, and lets another have the orders.
  ({ customers }, one, other) => [
    `UPDATE customers SET referred_by = NULL WHERE referred_by = ${nth(customers, one)}`,
    `UPDATE orders SET customer_id = ${nth(customers, other)}, for_whom = ${quoted(customers, other, "born")}
       WHERE customer_id = ${nth(customers, one)}`,
    `DELETE FROM customers WHERE id = ${nth(customers, one)}`,
  ],
  // Leaves, with all there is, and comes back under the same address.
  ({ customers }, one, _, name) => [
    `UPDATE customers SET referred_by = NULL WHERE referred_by = ${nth(customers, one)}`,
    favouriteOf(nth(customers, one)),
    `DELETE FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE customer_id = ${nth(customers, one)})`,
    `DELETE FROM orders WHERE customer_id = ${nth(customers, one)}`,
    `DELETE FROM customers WHERE id = ${nth(customers, one)}`,
    `INSERT INTO customers (email, born) VALUES (${quoted(customers, one, "email")}, '${name}')`,
  ],
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

export async function play(visitor: Visitor, { what, one, other }: Act): Promise<void> {
  const shop = {
    customers: await visitor.rows("SELECT id, email, born FROM customers ORDER BY id"),
    orders: await visitor.rows("SELECT id FROM orders ORDER BY id"),
    lines: await visitor.rows("SELECT order_id, line FROM order_lines ORDER BY order_id, line"),
  };
  await visitor.together(acts[what]?.(shop, one, other, `born ${++made}`) ?? []);
}
