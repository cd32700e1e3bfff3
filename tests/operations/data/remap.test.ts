/** The forgotten user ids: stragglers whose id another customer has got meanwhile come over with ids of their own. */
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { counts, reconcile, sync, synced, type Sides } from "./sides";

const server = withPostgres();

/** References of every kind to what is remapped: plain, to itself, in a cycle, as a part of the key, composite. */
const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL,
    referred_by int REFERENCES customers, UNIQUE (id, email));
  CREATE TABLE addresses (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, line text NOT NULL);
  ALTER TABLE customers ADD default_address int REFERENCES addresses;
  CREATE TABLE preferences (customer_id int REFERENCES customers, name text, value text, PRIMARY KEY (customer_id, name));
  CREATE TABLE changes (customer_id int, name text, n int, note text, PRIMARY KEY (customer_id, name, n),
    FOREIGN KEY (customer_id, name) REFERENCES preferences);
  CREATE TABLE letters (id serial PRIMARY KEY, customer_id int, sent_to text, body text,
    FOREIGN KEY (customer_id, sent_to) REFERENCES customers (id, email));
  CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, for_whom text NOT NULL);
  CREATE TABLE lines (order_id int REFERENCES orders, line int, what text, PRIMARY KEY (order_id, line));`;

const rule = { kind: "fixed", ids: 5000n } as const;

/** The offset on customers is forgotten. */
async function forgotten(rows: string): Promise<Sides> {
  const { primary, standby } = await synced({ server, query }, { schema, rows }, { rule });
  await query(standby, "SELECT setval('customers_id_seq', max(id)) FROM customers");
  return { primary, standby };
}

/** Customers by e-mail, with everything that hangs on them: what must be the same whatever the ids. */
const byEmail = `
  SELECT c.email, c.name, r.email AS referred_by, a.line AS home,
    (SELECT json_agg(x.line ORDER BY x.line) FROM addresses x WHERE x.customer_id = c.id) AS addresses,
    (SELECT json_agg(p.name || '=' || p.value || coalesce((SELECT string_agg(note, ',' ORDER BY n) FROM changes h
       WHERE (h.customer_id, h.name) = (p.customer_id, p.name)), '') ORDER BY p.name) FROM preferences p
       WHERE p.customer_id = c.id) AS preferences,
    (SELECT json_agg(l.body ORDER BY l.body) FROM letters l WHERE l.customer_id = c.id) AS letters,
    (SELECT json_agg(o.for_whom || ':' || (SELECT string_agg(what, ',' ORDER BY line) FROM lines WHERE order_id = o.id)
       ORDER BY o.for_whom, o.id) FROM orders o WHERE o.customer_id = c.id) AS orders
  FROM customers c LEFT JOIN customers r ON r.id = c.referred_by LEFT JOIN addresses a ON a.id = c.default_address
  ORDER BY c.email`;
const wrongOrders =
  "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.for_whom <> c.name";

/** People of the tail, each with something of everything; they refer to each other and, the first, to himself. */
const people = (side: string, n: number): string => `
  INSERT INTO customers (email, name) SELECT '${side}' || n || '@shop.example', '${side} ' || n FROM generate_series(1, ${n}) n;
  UPDATE customers SET referred_by = greatest(id - 1, (SELECT min(id) FROM customers WHERE name LIKE '${side} %'))
    WHERE name LIKE '${side} %';
  INSERT INTO addresses (customer_id, line) SELECT id, name || ' Street' FROM customers WHERE name LIKE '${side} %';
  UPDATE customers c SET default_address = a.id FROM addresses a WHERE a.customer_id = c.id AND c.name LIKE '${side} %';
  INSERT INTO preferences SELECT id, 'colour', name FROM customers WHERE name LIKE '${side} %';
  INSERT INTO changes SELECT customer_id, name, 1, 'was blue' FROM preferences WHERE value LIKE '${side} %';
  INSERT INTO letters (customer_id, sent_to, body) SELECT id, email, name FROM customers WHERE name LIKE '${side} %';
  INSERT INTO orders (customer_id, for_whom) SELECT id, name FROM customers WHERE name LIKE '${side} %';
  INSERT INTO lines SELECT id, 1, for_whom FROM orders WHERE for_whom LIKE '${side} %'`;

const old = `INSERT INTO customers (email, name) SELECT 'old' || n || '@shop.example', 'old ' || n FROM generate_series(1, 20) n;`;

test("1,393 late orders, 348 of customers whose id is somebody else's: none astray, all named, all brought by --remap", async () => {
  const { primary, standby } = await forgotten(old);
  const register = (side: string, n: number): string =>
    `INSERT INTO customers (email, name) SELECT '${side}' || n || '@shop.example', '${side} ' || n FROM generate_series(1, ${n}) n`;
  await query(primary, register("late", 174));
  await query(
    primary,
    `INSERT INTO orders (customer_id, for_whom) SELECT id, name FROM customers, generate_series(1, 2) WHERE name LIKE 'late %';
     INSERT INTO orders (customer_id, for_whom) SELECT c.id, c.name FROM generate_series(1, 1045) n JOIN customers c ON c.id = n % 20 + 1;
     INSERT INTO lines SELECT id, line, for_whom FROM orders, generate_series(1, 2) line`,
  );
  await query(
    standby,
    `${register("own", 174)}; INSERT INTO orders (customer_id, for_whom) SELECT id, name FROM customers WHERE name LIKE 'own %'`,
  );
  const late = "SELECT id FROM orders WHERE id <= 5000 ORDER BY id";
  expect(await query(primary, late)).toHaveLength(1393);

  const first = await reconcile(primary, standby);
  expect(counts(first)).toEqual([1045 * 3, 0, 0, 174]);
  expect(await query(standby, wrongOrders)).toEqual([]);
  expect(new Set(first.conflicts.map((one) => one.kind))).toEqual(new Set(["id-collision"]));
  const held = first.conflicts.flatMap((one) => one.held);
  const heldOrders = held.filter((row) => row.table === "public.orders").map((row) => Number(row.key[0]));
  expect(heldOrders).toHaveLength(348);
  const ofLate = await query<{ id: number }>(
    primary,
    "SELECT id FROM orders WHERE for_whom LIKE 'late %' ORDER BY id",
  );
  expect(heldOrders.sort((a, b) => a - b)).toEqual(ofLate.map((row) => row.id));
  expect(held.filter((row) => row.table === "public.lines")).toHaveLength(696);

  const dry = await reconcile(primary, standby, { remap: ["public.customers"], dryRun: true });
  const done = await reconcile(primary, standby, { remap: ["public.customers"] });
  expect(counts(done)).toEqual([174 + 348 + 696, 0, 0, 0]);
  expect(counts(dry)).toEqual(counts(done));
  expect(dry.remapped.map((one) => [one.from, one.to])).toEqual(
    done.remapped.map((one) => [one.from, undefined]),
  );
  expect(done.remapped).toHaveLength(174);
  expect(done.verified).toBe(true);
  expect(await query(standby, wrongOrders)).toEqual([]);
  const all = await query(standby, byEmail);
  const there = new Map((await query(primary, byEmail)).map((row) => [row["email"], row]));
  expect(all).toHaveLength(20 + 174 + 174);
  for (const row of all) if (there.has(row["email"])) expect(row).toEqual(there.get(row["email"]));
  for (const [email] of there) expect(all.map((row) => row["email"])).toContain(email);

  const second = await reconcile(primary, standby, { remap: ["public.customers"] });
  expect([counts(second), second.remapped]).toEqual([[0, 0, 0, 0], []]);
  expect(await query(standby, byEmail)).toEqual(all);
});

test("every kind of reference follows a remap, later changes too, and a failback maps back and adds nothing", async () => {
  const { primary, standby } = await forgotten(old);
  await query(primary, people("late", 3));
  await query(standby, people("own", 3));
  const [onPrimary, onStandby] = [await query(primary, byEmail), await query(standby, byEmail)];
  const mine = (rows: Record<string, unknown>[], side: string) =>
    rows.filter((row) => String(row["email"]).startsWith(side));

  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 3]);
  const done = await reconcile(primary, standby, { remap: ["customers"] });
  expect(counts(done)).toEqual([3 * 7, 0, 0, 0]);
  expect(mine(await query(standby, byEmail), "late")).toEqual(mine(onPrimary, "late"));
  expect(mine(await query(standby, byEmail), "own")).toEqual(mine(onStandby, "own"));

  // Late changes of remapped rows and of what hangs on them, and new rows that refer to them.
  await query(
    primary,
    `UPDATE customers SET name = 'late 1 renamed' WHERE email = 'late1@shop.example';
     UPDATE orders SET for_whom = 'late 1 renamed' WHERE for_whom = 'late 1';
     INSERT INTO orders (customer_id, for_whom) SELECT id, name FROM customers WHERE email = 'late2@shop.example';
     INSERT INTO lines SELECT id, 1, 'more' FROM orders ORDER BY id DESC LIMIT 1;
     INSERT INTO changes SELECT customer_id, name, 2, 'was red' FROM preferences WHERE value = 'late 3';
     DELETE FROM letters WHERE body = 'late 3'; DELETE FROM changes WHERE note = 'was blue' AND customer_id =
       (SELECT id FROM customers WHERE email = 'late2@shop.example')`,
  );
  expect(counts(await reconcile(primary, standby))).toEqual([3, 2, 2, 0]);
  const late = mine(await query(primary, byEmail), "late");
  expect(mine(await query(standby, byEmail), "late")).toEqual(late);
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);

  // Failback: the standby's own customers have ids that are taken on the primary; the late ones are at home there.
  await query(standby, "UPDATE preferences SET value = 'green' WHERE value = 'late 1'");
  const back = await reconcile(standby, primary);
  expect(back.conflicts.map((one) => [one.kind, one.table])).toEqual(
    Array(3).fill(["id-collision", "public.customers"]),
  );
  expect(counts(back)).toEqual([0, 1, 0, 3]);
  const home = await reconcile(standby, primary, { remap: ["public.customers"] });
  expect([counts(home), home.remapped.length]).toEqual([[3 * 7, 0, 0, 0], 3]);
  expect(await query(primary, byEmail)).toEqual(await query(standby, byEmail));
  for (const [from, to] of [
    [primary, standby],
    [standby, primary],
  ] as const)
    expect(counts(await reconcile(from, to, { remap: ["public.customers"] }))).toEqual([0, 0, 0, 0]);

  // And over again: a customer leaves with everything, on the side where he came later.
  await query(
    primary,
    `DELETE FROM changes WHERE customer_id = (SELECT id FROM customers WHERE name = 'own 3');
     DELETE FROM preferences WHERE customer_id = (SELECT id FROM customers WHERE name = 'own 3');
     DELETE FROM letters WHERE body = 'own 3'; DELETE FROM lines WHERE what = 'own 3'; DELETE FROM orders WHERE for_whom = 'own 3';
     UPDATE customers SET default_address = NULL WHERE name = 'own 3'; DELETE FROM addresses WHERE line LIKE 'own 3%';
     DELETE FROM customers WHERE name = 'own 3'`,
  );
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 7, 0]);
  expect(await query(standby, byEmail)).toEqual(await query(primary, byEmail));
  // Nothing of all this is a change of the standby's own: a sync goes on as if nothing had been.
  await query(primary, "UPDATE customers SET name = 'own 2 moved' WHERE name = 'own 2'");
  const next = await sync(primary, standby, { rule });
  expect(
    next.tables
      .map((one) => [one.inserted, one.updated, one.deleted])
      .filter((one) => one.join() !== "0,0,0"),
  ).toEqual([[0, 1, 0]]);
  expect(await query(standby, byEmail)).toEqual(await query(primary, byEmail));
});
