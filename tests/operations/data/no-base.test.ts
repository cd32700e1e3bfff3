/** As at Blank Label: a backup restored by hand, order ids moved up by hand, nothing recorded of what both sides share. */
import type { ReconcileResult } from "../../../operations/data/engine";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { reconcile } from "./sides";

const server = withPostgres();

const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, seen int DEFAULT 0);
  CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, total int);
  CREATE TABLE lines (order_id int REFERENCES orders, line int, what text, PRIMARY KEY (order_id, line));
  CREATE TABLE designs (code text PRIMARY KEY, title text);`;
const rows = `
  INSERT INTO customers (email, name) SELECT 'c' || n, 'c' || n FROM generate_series(1, 50) n;
  INSERT INTO orders (customer_id, total) SELECT n % 50 + 1, n FROM generate_series(1, 107) n;
  INSERT INTO lines SELECT id, 1, 'shirt' FROM orders; INSERT INTO designs SELECT 'd' || n, 'design' FROM generate_series(1, 5) n;`;
const sell = (side: string): string => `
  INSERT INTO customers (email, name) SELECT '${side}' || n, '${side}' || n FROM generate_series(1, 3) n;
  INSERT INTO orders (customer_id, total) SELECT id, 1 FROM customers WHERE name LIKE '${side}%' OR id <= 4;
  INSERT INTO lines SELECT id, 1, 'shirt' FROM orders ORDER BY id DESC LIMIT 7`;

async function restored(offset: number): Promise<{ primary: string; standby: string }> {
  const [primary, standby] = [await server.database(), await server.database()];
  for (const url of [primary, standby]) await query(url, schema + rows);
  if (offset > 0) await query(standby, `SELECT setval('orders_id_seq', ${offset})`);
  return { primary, standby };
}

const brief = (result: ReconcileResult): readonly unknown[] => [
  result.inserted,
  result.updated,
  result.deleted,
  result.conflicts.map((one) => `${one.kind} ${one.table}:${one.key.join()} ${one.held.length}`).sort(),
];
const owners = "SELECT o.id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id";

test("the orders of old customers come over, those of the forgotten ids are held, and a remap brings them", async () => {
  const { primary, standby } = await restored(1607);
  await query(primary, sell("late"));
  await query(standby, sell("own"));
  const truth = new Map(
    [...(await query(standby, owners)), ...(await query(primary, owners))].map((row) => [
      row["id"],
      row["email"],
    ]),
  );
  const before = await query(standby, owners);
  const dry = await reconcile(primary, standby, { dryRun: true });
  expect(await query(standby, "SELECT to_regclass('warm_standby.base') AS base")).toEqual([{ base: null }]);
  const held = [51, 52, 53].map((id) => `id-collision public.customers:${id} 2`);
  expect(brief(dry)).toEqual([8, 0, 0, held]);
  const done = await reconcile(primary, standby);
  expect(brief(done)).toEqual([8, 0, 0, held]);
  expect(done.warnings[0]).toContain(
    "there was no base: what both sides share was worked out from equal rows",
  );
  expect(await query(standby, owners)).toHaveLength(before.length + 4);
  expect(brief(await reconcile(primary, standby))).toEqual([0, 0, 0, held]);
  expect(brief(await reconcile(primary, standby, { remap: ["customers"] }))).toEqual([3 + 3 + 3, 0, 0, []]);
  for (const row of await query(standby, owners))
    expect([row["id"], row["email"]]).toEqual([row["id"], truth.get(row["id"])]);
  expect(await query(standby, owners)).toHaveLength(before.length + 7);
  expect(brief(await reconcile(primary, standby))).toEqual([0, 0, 0, []]);
  // From here on it is as if there had always been one: home it goes.
  expect(brief(await reconcile(standby, primary, { remap: ["customers"] }))).toEqual([3 + 7 + 7, 0, 0, []]);
});

test("equal orders with equal lines under one id are not taken for one where their customers are two", async () => {
  const { primary, standby } = await restored(0);
  for (const [url, side] of [
    [primary, "late"],
    [standby, "own"],
  ] as const)
    await query(
      url,
      `INSERT INTO customers (email, name) VALUES ('${side}', '${side}'); INSERT INTO orders (customer_id, total) VALUES (51, 1);
       INSERT INTO lines VALUES (108, 1, 'shirt')`,
    );
  const done = await reconcile(primary, standby);
  expect(brief(done)).toEqual([
    0,
    0,
    0,
    ["id-collision public.customers:51 2", "id-collision public.orders:108 1"],
  ]);
  expect(brief(await reconcile(primary, standby, { remap: ["customers", "orders"] }))).toEqual([3, 0, 0, []]);
  expect(await query(standby, `SELECT x.email FROM (${owners}) x WHERE id >= 108`)).toEqual([
    { email: "own" },
    { email: "late" },
  ]);
});

test("what cannot be known is a conflict: changes on either side, rows missing among old ones, keys nobody handed out", async () => {
  const { primary, standby } = await restored(1607);
  await query(
    primary,
    "UPDATE customers SET seen = 1 WHERE id = 7; UPDATE orders SET total = 0 WHERE id = 20; INSERT INTO designs VALUES ('x', 'new or deleted?'); INSERT INTO orders (customer_id) VALUES (7)",
  );
  await query(
    standby,
    "DELETE FROM lines WHERE order_id = 30; DELETE FROM orders WHERE id = 30; UPDATE designs SET title = 'other' WHERE code = 'd1'",
  );
  await query(primary, "DELETE FROM lines WHERE order_id = 40; DELETE FROM orders WHERE id = 40");
  const conflicts = [
    "changed-both public.customers:7 0",
    "changed-both public.designs:d1 0",
    "changed-both public.orders:20 0",
    "deleted-target-changed-source public.designs:x 0",
    "deleted-target-changed-source public.orders:30 1",
  ];
  const done = await reconcile(primary, standby);
  expect(brief(done)).toEqual([
    1,
    0,
    0,
    [...conflicts, "deleted-target-changed-source public.lines:30,1 0"].sort(),
  ]);
  expect(done.warnings.join("\n")).toContain("public.orders: 1 rows are on");
  const settled = await reconcile(primary, standby, {
    take: ["customers", "orders", "lines", "designs"].map((row) => ({ side: "source", row })),
  });
  expect(brief(settled)).toEqual([3, 3, 0, []]);
  expect(brief(await reconcile(primary, standby))).toEqual([0, 0, 0, []]);
});

test("two databases that have nothing in common are refused", async () => {
  const { primary, standby } = await restored(0);
  await query(standby, "TRUNCATE customers, orders, lines, designs");
  await expect(reconcile(primary, standby)).rejects.toThrow(
    /no row of theirs is equal, .*; run sync before the cutover/,
  );
  expect(await query(standby, "SELECT to_regclass('warm_standby.base') AS base")).toEqual([{ base: null }]);
});
