/** The shop of the measurements: 50,000 users, 200,000 orders, 400,000 items, and what came late. */
export interface Size {
  readonly users: number;
  readonly orders: number;
  readonly items: number;
}
export const size = (times: number): Size => ({
  users: 50_000 * times,
  orders: 200_000 * times,
  items: 400_000 * times,
});
export const late: Size = { users: 300, orders: 1393, items: 2786 };

export const tables = ["users", "orders", "items"] as const;
/** Columns besides the key, as peers want them named. */
export const columns = {
  users: ["email", "name", "joined"],
  orders: ["user_id", "total", "placed", "note"],
  items: ["order_id", "sku", "quantity", "price"],
} as const;

export const schema = `
  CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, joined timestamp NOT NULL);
  CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users, total numeric(10,2) NOT NULL,
    placed timestamp NOT NULL, note text);
  CREATE TABLE items (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, sku text NOT NULL,
    quantity int NOT NULL, price numeric(10,2) NOT NULL);
  CREATE INDEX ON orders (user_id); CREATE INDEX ON items (order_id)`;

/** @param before rows that are there already, all of which have parents */
export const rows = (before: Size, more: Size): string => `
  INSERT INTO users (email, name, joined) SELECT 'user' || n || '@blanklabel.example', 'User ' || n, timestamp '2010-05-01' + n * interval '1 s'
    FROM generate_series(${before.users + 1}, ${before.users + more.users}) n;
  INSERT INTO orders (user_id, total, placed, note) SELECT 1 + n % ${before.users + more.users}, n % 300, timestamp '2010-05-01' + n * interval '1 s', 'shirt ' || md5(n::text)
    FROM generate_series(${before.orders + 1}, ${before.orders + more.orders}) n;
  INSERT INTO items (order_id, sku, quantity, price) SELECT ${before.orders} + 1 + n % ${more.orders}, 'SKU-' || n % 500, 1 + n % 3, n % 90
    FROM generate_series(1, ${more.items}) n`;

export const nothing: Size = { users: 0, orders: 0, items: 0 };

/** Takes away what a run brought, with what was recorded of it. */
export const forget = (at: Size): string => `
  DELETE FROM items WHERE id > ${at.items}; DELETE FROM orders WHERE id > ${at.orders}; DELETE FROM users WHERE id > ${at.users};
  DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT b.id, (CASE b.table_name WHEN 'public.items' THEN ${at.items} WHEN 'public.orders' THEN ${at.orders} ELSE ${at.users} END) AS last
      FROM warm_standby.base_tables b LOOP
      EXECUTE format('DELETE FROM warm_standby.base_%s WHERE k1 > %s', one.id, one.last);
    END LOOP;
  END $$;
  DELETE FROM warm_standby.ledger; DELETE FROM warm_standby.runs; DELETE FROM warm_standby.followed`;

/** Changes an old row of each table, by so much; and back by as much below nothing. */
export const touch = (by: number): string => `
  UPDATE users SET joined = joined + ${by} * interval '1 s' WHERE id = 777;
  UPDATE orders SET total = total + ${by} WHERE id = 7777; UPDATE items SET quantity = quantity + ${by} WHERE id = 77777`;

export const hashScan = tables
  .map((table) => `SELECT sum(hashtextextended(t::text, 0)) FROM ${table} t`)
  .join("; ");
/** @param at sizes at the sync */
export const window = (at: Size): string =>
  tables.map((table) => `SELECT t.* FROM ${table} t WHERE id > ${at[table]}`).join("; ");
