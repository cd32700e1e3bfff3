/** Conflicts settled by --take and --merge: once, in both directions, and with nothing overwritten that was not meant. */
import type { ReconcileResult } from "../../../operations/data/engine";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { reconcile, synced } from "./sides";

const server = withPostgres();

const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, phone text);
  CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, note text);
  CREATE TABLE lines (order_id int REFERENCES orders, line int, what text, PRIMARY KEY (order_id, line));`;
const rows = `
  INSERT INTO customers (email, name) SELECT 'c' || n || '@shop.example', 'c' || n FROM generate_series(1, 9) n;
  INSERT INTO orders (customer_id, note) SELECT id, 'of ' || name FROM customers; INSERT INTO lines SELECT id, 1, 'shirt' FROM orders;`;
const afterSync = () => synced({ server, query }, { schema, rows }, { rule: { kind: "fixed", ids: 1000n } });

const brief = (result: ReconcileResult): readonly unknown[] => [
  result.inserted,
  result.updated,
  result.deleted,
  result.conflicts.map((one) => `${one.kind} ${one.table}:${one.key.join()}`).sort(),
];
const take = (side: "source" | "target", ...rows: readonly string[]) => rows.map((row) => ({ side, row }));
const nothing = [0, 0, 0, []];
const orders =
  "SELECT o.id, c.email, o.note FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id";

/** One conflict of every kind that two versions of a row can be in. */
async function everyKind(): Promise<{ primary: string; standby: string }> {
  const urls = await afterSync();
  await query(
    urls.primary,
    `UPDATE orders SET note = 'here' WHERE id IN (1, 2); UPDATE orders SET note = 'here' WHERE id = 3;
     DELETE FROM lines WHERE order_id IN (4, 5); DELETE FROM orders WHERE id IN (4, 5)`,
  );
  await query(
    urls.standby,
    `UPDATE orders SET note = 'there' WHERE id IN (1, 2); DELETE FROM lines WHERE order_id = 3; DELETE FROM orders WHERE id = 3;
     UPDATE orders SET note = 'there' WHERE id = 4; INSERT INTO lines VALUES (5, 2, 'hat')`,
  );
  return urls;
}
const kinds = [
  "changed-both public.orders:1",
  "changed-both public.orders:2",
  "delete-has-dependents public.orders:5",
  "deleted-source-changed-target public.orders:4",
  "deleted-target-changed-source public.orders:3",
];

test("--take target: the target's rows stand, no later run asks again, and a failback brings them home", async () => {
  const { primary, standby } = await everyKind();
  expect(brief(await reconcile(primary, standby))).toEqual([0, 0, 0, kinds]);
  const before = [await query(standby, orders), await query(standby, "SELECT * FROM lines ORDER BY 1, 2")];
  const dry = await reconcile(primary, standby, { dryRun: true, take: take("target", "public.orders") });
  const done = await reconcile(primary, standby, { take: take("target", "public.orders") });
  expect([brief(dry), brief(done)]).toEqual([nothing, nothing]);
  expect([await query(standby, orders), await query(standby, "SELECT * FROM lines ORDER BY 1, 2")]).toEqual(
    before,
  );
  expect(brief(await reconcile(primary, standby))).toEqual(nothing);
  // What stood on the standby is what changed last, and goes home as any change does.
  expect(brief(await reconcile(standby, primary))).toEqual([5, 2, 2, []]);
  expect([await query(primary, orders), await query(primary, "SELECT * FROM lines ORDER BY 1, 2")]).toEqual(
    before,
  );
  expect(brief(await reconcile(primary, standby))).toEqual(nothing);
});

test("--take source by key: that row alone is written over, brought back or deleted", async () => {
  const { primary, standby } = await everyKind();
  const some = take("source", "public.orders:1", "orders:3", "public.orders:4");
  const left = [kinds[1], kinds[2]];
  expect(brief(await reconcile(primary, standby, { take: some, dryRun: true }))).toEqual([1, 2 - 1, 2, left]);
  expect(brief(await reconcile(primary, standby, { take: some }))).toEqual([1, 1, 2, left]);
  expect(await query(standby, "SELECT id, note FROM orders WHERE id < 6 ORDER BY id")).toEqual([
    { id: 1, note: "here" },
    { id: 2, note: "there" },
    { id: 3, note: "here" },
    { id: 5, note: "of c5" },
  ]);
  const again = await reconcile(primary, standby, {
    take: take("source", "public.orders:1", "public.orders:5"),
  });
  expect(brief(again)).toEqual([0, 0, 0, left]);
  expect(again.warnings).toEqual([
    "--take source public.orders:1: the row is in no conflict, so there is nothing to settle",
    "--take source public.orders:5: the conflict (delete-has-dependents) cannot be settled so; the target's row stands",
  ]);
});

test("a collision is never settled for a whole table, only for a row said to be the same", async () => {
  const { primary, standby } = await afterSync();
  await query(standby, "SELECT setval('customers_id_seq', 9)");
  for (const [url, side] of [
    [primary, "late"],
    [standby, "own"],
  ] as const)
    await query(
      url,
      `INSERT INTO customers (email, name) VALUES ('${side}1@shop.example', '${side} 1'), ('${side}2@shop.example', '${side} 2');
       INSERT INTO orders (customer_id, note) SELECT id, 'of ' || name FROM customers WHERE name LIKE '${side} %'`,
    );
  const both = ["id-collision public.customers:10", "id-collision public.customers:11"];
  for (const side of ["source", "target"] as const)
    expect(brief(await reconcile(primary, standby, { take: take(side, "public.customers") }))).toEqual([
      0,
      0,
      0,
      both,
    ]);
  const done = await reconcile(primary, standby, { take: take("target", "public.customers:10") });
  expect(brief(done)).toEqual([1, 0, 0, [both[1]]]);
  expect(await query(standby, `SELECT x.email FROM (${orders}) x WHERE note = 'of late 1'`)).toEqual([
    { email: "own1@shop.example" },
  ]);
});

test("--take target gives a late row up; what hangs on it is named, not attached to anybody", async () => {
  const { primary, standby } = await afterSync();
  await query(
    primary,
    "INSERT INTO customers (email, name) VALUES ('x@shop.example', 'late'); INSERT INTO orders (customer_id) VALUES (10)",
  );
  await query(standby, "INSERT INTO customers (email, name) VALUES ('x@shop.example', 'own')");
  const done = await reconcile(primary, standby, { take: take("target", "public.customers") });
  expect(brief(done)).toEqual([0, 0, 0, ["missing-parent public.orders:10"]]);
  expect(brief(await reconcile(primary, standby))).toEqual(brief(done));
  expect(brief(await reconcile(primary, standby, { take: take("target", "public.orders:10") }))).toEqual(
    nothing,
  );
  expect(brief(await reconcile(primary, standby))).toEqual(nothing);
});

test("--merge: the late row is the one with its e-mail; its children go there, nothing of that row is overwritten", async () => {
  const { primary, standby } = await afterSync();
  const late = (n: number, email: string): string =>
    `INSERT INTO customers (email, name, phone) VALUES ('${email}', 'late ${n}', '${n}');
     INSERT INTO orders (customer_id, note) SELECT max(id), 'late ${n}' FROM customers; INSERT INTO lines SELECT max(id), 1, 'late ${n}' FROM orders;`;
  // One registered on both sides, one whose e-mail an old customer has taken on the standby.
  await query(primary, late(1, "twice@shop.example") + late(2, "new@shop.example"));
  await query(
    standby,
    `INSERT INTO customers (email, name) VALUES ('twice@shop.example', 'own'); UPDATE customers SET email = 'new@shop.example' WHERE id = 9;
     INSERT INTO orders (customer_id, note) VALUES (2001, 'own')`,
  );
  expect(brief(await reconcile(primary, standby))).toEqual([
    0,
    0,
    0,
    ["unique public.customers:10", "unique public.customers:11"],
  ]);
  const dry = await reconcile(primary, standby, { merge: ["public.customers"], dryRun: true });
  const done = await reconcile(primary, standby, { merge: ["public.customers"] });
  expect(done.merged).toEqual(
    [
      ["10", "2001"],
      ["11", "9"],
    ].map(([from, to]) => ({
      table: "public.customers",
      keyTypes: ["integer"],
      from: [from],
      to: [to],
      by: "customers_email_key",
    })),
  );
  expect([dry.merged, brief(dry)]).toEqual([done.merged, brief(done)]);
  expect(brief(done)).toEqual([4, 0, 0, []]);
  expect(await query(standby, "SELECT id, name, phone FROM customers WHERE id >= 9 ORDER BY id")).toEqual([
    { id: 9, name: "c9", phone: null },
    { id: 2001, name: "own", phone: null },
  ]);
  expect(await query(standby, `SELECT id, email FROM (${orders}) x WHERE note LIKE 'late%'`)).toEqual([
    { id: 10, email: "twice@shop.example" },
    { id: 11, email: "new@shop.example" },
  ]);
  expect(brief(await reconcile(primary, standby))).toEqual(nothing);

  // More of the same: new orders of the merged, on either side; then home, where both are two rows still.
  await query(
    primary,
    "INSERT INTO orders (customer_id, note) VALUES (10, 'late again'), (11, 'late again')",
  );
  expect(brief(await reconcile(primary, standby))).toEqual([2, 0, 0, []]);
  await query(standby, "INSERT INTO orders (customer_id, note) VALUES (2001, 'own again'), (9, 'own again')");
  const back = await reconcile(standby, primary);
  // The old customer's new e-mail is that of the late row, which is still there on the primary.
  expect(brief(back)).toEqual([3, 0, 0, ["unique public.customers:9"]]);
  expect(
    await query(primary, "SELECT customer_id, note FROM orders WHERE note LIKE 'own%' ORDER BY id"),
  ).toEqual([
    { customer_id: 10, note: "own" },
    { customer_id: 10, note: "own again" },
    { customer_id: 9, note: "own again" },
  ]);
  // A late change of a merged row is not written over the row that is there, nor is that row deleted with it.
  await query(
    primary,
    "UPDATE customers SET phone = '5' WHERE id = 10; DELETE FROM lines WHERE order_id = 11; DELETE FROM orders WHERE customer_id = 11; DELETE FROM customers WHERE id = 11",
  );
  expect(brief(await reconcile(primary, standby))).toEqual([0, 0, 3, ["changed-both public.customers:10"]]);
  expect(await query(standby, "SELECT name FROM customers WHERE email = 'new@shop.example'")).toEqual([
    { name: "c9" },
  ]);
  expect(brief(await reconcile(standby, primary))).toEqual([0, 1, 0, []]);
  expect(brief(await reconcile(primary, standby, { take: take("target", "public.customers") }))).toEqual(
    nothing,
  );
  expect(brief(await reconcile(primary, standby))).toEqual(nothing);
});

test("--merge into a row that the source has deleted and the target is told to keep: at once, and it leads back", async () => {
  const { primary, standby } = await afterSync();
  // Two leave and come back: one under an id that the standby has given to another.
  const again = (id: number, as: number): string =>
    `DELETE FROM lines WHERE order_id = ${id}; DELETE FROM orders WHERE id = ${id}; DELETE FROM customers WHERE id = ${id};
     INSERT INTO customers (id, email, name) VALUES (${as}, 'c${id}@shop.example', 'back ${id}');`;
  await query(primary, again(8, 10) + again(9, 5000));
  await query(
    standby,
    `INSERT INTO customers (id, email, name) VALUES (10, 'own@shop.example', 'own');
     INSERT INTO orders (customer_id, note) VALUES (8, 'own'), (9, 'own')`,
  );
  const request = { merge: ["customers"], take: take("target", "customers", "orders") };
  const dry = await reconcile(primary, standby, { ...request, dryRun: true });
  const done = await reconcile(primary, standby, request);
  expect([brief(dry), dry.merged]).toEqual([brief(done), done.merged]);
  expect(done.merged.map(({ from, to }) => [from, to])).toEqual([
    [["10"], ["8"]],
    [["5000"], ["9"]],
  ]);
  expect(brief(done)).toEqual(nothing);
  expect(brief(await reconcile(primary, standby, request))).toEqual(nothing);
  // What happens to them on the standby goes home to the rows that they are there.
  await query(standby, "UPDATE customers SET phone = '7' WHERE id IN (8, 9)");
  // The standby's own one under the first one's id there is still nobody's match.
  const merging = await reconcile(standby, primary, { merge: ["customers"], dryRun: true });
  expect([merging.merged, brief(merging)[3]]).toEqual([[], ["id-collision public.customers:10"]]);
  const back = await reconcile(standby, primary, { remap: ["customers"] });
  expect([back.updated, back.conflicts, back.remapped.length]).toEqual([2, [], 1]);
  expect(
    await query(
      primary,
      "SELECT c.id, phone, o.note FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id IN (10, 5000) ORDER BY 1, 3",
    ),
  ).toEqual([
    { id: 10, phone: "7", note: "of c8" },
    { id: 10, phone: "7", note: "own" },
    { id: 5000, phone: "7", note: "of c9" },
    { id: 5000, phone: "7", note: "own" },
  ]);
});

test.each([
  [
    { remap: ["public.custmers"] },
    "--remap public.custmers: there is no table public.custmers; there are public.customers, public.lines, public.orders",
  ],
  [
    { remap: ["public.lines"] },
    "--remap public.lines: the key of public.lines (order_id, line) is not handed out by the database, so there is no fresh one to be had; remap the table that it comes from, or settle its rows with --take",
  ],
  [
    { merge: ["orders"] },
    "--merge orders: public.orders has nothing unique besides its key, so nothing says which rows are the same; name the column that does in standby.tables.yaml (unique: [customers.email]), use --remap, or settle its rows with --take",
  ],
  [
    { take: take("target", "public.orders:many") },
    /^--take target public.orders:many: neither .* nor .* has a row of public.orders with id = many$/,
  ],
  [
    { take: take("target", "public.lines:1") },
    '--take target public.lines:1: the key of public.lines is (order_id, line); give its values with commas between them, or as a JSON list, such as ["a,b","c"]',
  ],
])("%j is refused with what there is", async (request, message) => {
  const { primary, standby } = await afterSync();
  const failing = reconcile(primary, standby, request);
  await expect(failing).rejects.toThrow(message);
  await expect(failing).rejects.toMatchObject({ exitCode: 2 });
});
