/** The forgotten user ids once more, in a schema without a single foreign key, as many a small shop has it. */
import { parseTableRules } from "../../../../operations/data/tables/file";
import { withPostgres } from "../../../support/postgres";
import { query } from "../shop";
import { counts, reconcile, sync, synced, type Sides } from "../sides";

const server = withPostgres();

const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, referred_by int);
  CREATE TABLE customer_profiles (customer_id int PRIMARY KEY, likes text);
  CREATE TABLE orders (id serial PRIMARY KEY, "customerId" int NOT NULL, for_whom text NOT NULL);
  CREATE TABLE lines (order_id int, line int, what text, PRIMARY KEY (order_id, line));
  CREATE TABLE comments (id serial PRIMARY KEY, subject_type text, subject_id int, author text);`;
const rows = `
  INSERT INTO customers (email, name) SELECT 'old' || n || '@shop.example', 'old ' || n FROM generate_series(1, 20) n;
  INSERT INTO customer_profiles SELECT id, name FROM customers;
  INSERT INTO orders ("customerId", for_whom) SELECT id, name FROM customers;
  INSERT INTO lines SELECT id, 1, for_whom FROM orders;
  INSERT INTO comments (subject_type, subject_id, author) SELECT 'Customer', id, name FROM customers
    UNION ALL SELECT 'Order', id, for_whom FROM orders;`;
const rule = { kind: "fixed", ids: 5000n } as const;

async function forgotten(): Promise<Sides> {
  const { primary, standby } = await synced({ server, query }, { schema, rows }, { rule });
  await query(standby, "SELECT setval('customers_id_seq', max(id)) FROM customers");
  return { primary, standby };
}

const wrong = `
  SELECT 'order', o.id FROM orders o JOIN customers c ON c.id = o."customerId" WHERE o.for_whom <> c.name
  UNION ALL SELECT 'line', order_id FROM lines JOIN orders o ON o.id = order_id WHERE what <> for_whom
  UNION ALL SELECT 'profile', customer_id FROM customer_profiles JOIN customers c ON c.id = customer_id WHERE likes <> name
  UNION ALL SELECT 'comment', m.id FROM comments m JOIN customers c ON c.id = subject_id WHERE subject_type = 'Customer' AND author <> name
  UNION ALL SELECT 'comment', m.id FROM comments m LEFT JOIN orders o ON o.id = subject_id WHERE subject_type = 'Order' AND author IS DISTINCT FROM for_whom`;

const people = (side: string, n: number): string => `
  INSERT INTO customers (email, name) SELECT '${side}' || n || '@shop.example', '${side} ' || n FROM generate_series(1, ${n}) n;
  INSERT INTO customer_profiles SELECT id, name FROM customers WHERE name LIKE '${side} %';
  INSERT INTO orders ("customerId", for_whom) SELECT id, name FROM customers, generate_series(1, 2) WHERE name LIKE '${side} %';
  INSERT INTO lines SELECT id, line, for_whom FROM orders, generate_series(1, 2) line WHERE for_whom LIKE '${side} %';
  INSERT INTO comments (subject_type, subject_id, author) SELECT 'Customer', id, name FROM customers WHERE name LIKE '${side} %'`;

const file = `
references:
  - from: public.orders.customerId
    to: public.customers.id
  - from: customer_profiles.customer_id
    to: customers
  - { from: lines.order_id, to: orders }
  - from: comments.subject_id
    type: subject_type
    to: { Customer: customers, Order: orders }`;
const tables = { rules: parseTableRules(file, "standby.tables.yaml"), file: "standby.tables.yaml" };

test("1,393 late orders without one foreign key: none on a wrong customer, all brought once the references are confirmed", async () => {
  const { primary, standby } = await forgotten();
  await query(primary, people("late", 174));
  await query(
    primary,
    `INSERT INTO orders ("customerId", for_whom) SELECT c.id, c.name FROM generate_series(1, 1045) n JOIN customers c ON c.id = n % 20 + 1;
     INSERT INTO comments (subject_type, subject_id, author) SELECT 'Order', id, for_whom FROM orders WHERE for_whom = 'late 1'`,
  );
  await query(standby, people("own", 174));

  const first = await reconcile(primary, standby);
  expect(await query(standby, wrong)).toEqual([]);
  expect(counts(first)).toEqual([1045, 0, 0, 174]);
  expect(first.references.map((one) => [one.from, one.to, one.status])).toEqual([
    ["public.comments.subject_id", ["public.customers.id", "public.orders.id"], "likely"],
    ["public.customer_profiles.customer_id", ["public.customers.id"], "likely"],
    ["public.lines.order_id", ["public.orders.id"], "likely"],
    ["public.orders.customerId", ["public.customers.id"], "likely"],
  ]);
  const held = first.conflicts.flatMap((one) => one.held);
  expect(held.filter((row) => row.table === "public.orders")).toHaveLength(348);
  expect(held).toHaveLength(174 * (1 + 2 + 4 + 1) + 2);

  const refused: unknown = await reconcile(primary, standby, { remap: ["customers"] }).catch(
    (error: unknown) => error,
  );
  expect(String(refused).replaceAll(/ # .*/g, "")).toContain(
    [
      "references:",
      "  - from: public.comments.subject_id",
      "    type: subject_type",
      "    to: { Customer: public.customers, Order: public.orders }",
      "  - from: public.customer_profiles.customer_id",
      "    to: public.customers.id",
      "  - from: public.orders.customerId",
      "    to: public.customers.id",
    ].join("\n"),
  );
  const done = await reconcile(primary, standby, { remap: ["customers"], tables });
  expect(counts(done)).toEqual([174 * 9 + 2, 0, 0, 0]);
  expect(done.verified).toBe(true);
  expect(await query(standby, wrong)).toEqual([]);
  const ofOrders = "SELECT subject_id FROM comments WHERE subject_type = 'Order' ORDER BY 1";
  expect(await query(standby, ofOrders)).toEqual(await query(primary, ofOrders));
  expect(await query(standby, "SELECT count(*)::int AS n FROM orders")).toEqual([{ n: 20 + 1393 + 348 }]);
  expect(counts(await reconcile(primary, standby, { remap: ["customers"], tables }))).toEqual([0, 0, 0, 0]);
});

test("what the source lost the parent of comes over, but not onto a row that got its id; a sync minds neither", async () => {
  const { primary, standby } = await forgotten();
  await query(
    primary,
    `DELETE FROM customers WHERE id = 3; INSERT INTO orders ("customerId", for_whom) VALUES (21, 'nobody'), (77, 'nobody'), (0, 'guest'), (3, 'gone')`,
  );
  await query(standby, people("own", 1));
  const done = await reconcile(primary, standby);
  expect(done.conflicts.map((one) => [one.kind, one.table, one.key.join()])).toEqual([
    ["missing-parent", "public.orders", "21"],
  ]);
  expect(counts(done)).toEqual([3, 0, 1, 1]);
  expect(await query(standby, wrong)).toEqual([]);

  const other = await forgotten();
  await query(
    other.primary,
    `DELETE FROM customers WHERE id = 3; INSERT INTO orders ("customerId", for_whom) VALUES (77, 'nobody')`,
  );
  const next = await sync(other.primary, other.standby, { rule });
  expect(next.tables.filter((one) => one.inserted + one.deleted > 0).map((one) => one.table)).toEqual([
    "public.customers",
    "public.orders",
  ]);
});
