import { withPostgres } from "../../support/postgres";
import { contents, query, rows, schema } from "./shop";
import { counts, kinds, reconcile, sync, synced } from "./sides";

const server = withPostgres();
/** Both sides after a sync and a cutover: the standby's ids stand 1500 higher. */
const afterCutover = () => synced({ server, query }, { schema, rows });

test("brings inserts, updates and deletes of the tail over, dry run first, and finds nothing twice", async () => {
  const { primary, standby } = await afterCutover();
  await query(
    primary,
    `INSERT INTO customers (email, name) VALUES ('late@blanklabel.example', 'Late');
     INSERT INTO addresses (customer_id, line) VALUES (51, 'Late Street');
     UPDATE customers SET default_address = 51 WHERE id = 51;
     INSERT INTO orders (customer_id, ship_to, total) VALUES (51, 51, 99), (4, 4, 98);
     INSERT INTO order_lines SELECT id, 1, md5('1')::uuid, 3 FROM orders WHERE id > 699;
     UPDATE orders SET state = 'cancelled' WHERE id = 105;
     DELETE FROM orders WHERE id = 103`,
  );
  await query(
    standby,
    `INSERT INTO customers (email, name) VALUES ('own@blanklabel.example', 'Own');
     INSERT INTO orders (customer_id, total) VALUES (2001, 1); UPDATE orders SET total = 5 WHERE id = 107`,
  );
  const before = await contents(standby);
  const dry = await reconcile(primary, standby, { dryRun: true });
  expect(await contents(standby)).toBe(before);
  const done = await reconcile(primary, standby);
  expect(counts(done)).toEqual([6, 1, 3, 0]);
  expect(counts(dry)).toEqual(counts(done));
  expect(dry.unchanged).toBe(done.unchanged);
  expect(done.verified).toBe(true);
  expect(
    await query(
      standby,
      "SELECT id::int, state, total::int FROM orders WHERE id IN (103, 105, 107, 701, 3003)",
    ),
  ).toEqual(
    expect.arrayContaining([
      { id: 105, state: "cancelled", total: 3 },
      { id: 107, state: "open", total: 5 },
      { id: 701, state: "open", total: 99 },
      { id: 3003, state: "open", total: 1 },
    ]),
  );
  expect(await query(standby, "SELECT 1 FROM orders WHERE id = 103")).toEqual([]);
  expect(await query(standby, "SELECT default_address FROM customers WHERE id = 51")).toEqual([
    { default_address: 51 },
  ]);
  const customers = done.headroom.find((one) => one.table === "public.customers");
  expect([customers?.used, customers?.left]).toEqual([1n, 1949n]);
  const after = await contents(standby);
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);
  expect(await contents(standby)).toBe(after);
});

test("the forgotten users: not one order hangs on the wrong customer", async () => {
  const { primary, standby } = await afterCutover();
  // The offset on customers was forgotten: both sides hand out 51, 52, 53, …
  await query(standby, "SELECT setval('customers_id_seq', 50)");
  const sell = async (url: string, side: string): Promise<void> => {
    await query(
      url,
      `INSERT INTO customers (email, name) SELECT '${side}' || n || '@blanklabel.example', '${side} ' || n
         FROM generate_series(1, 4) n;
       INSERT INTO addresses (customer_id, line) SELECT id, name FROM customers WHERE name LIKE '${side}%';
       INSERT INTO orders (customer_id, total) SELECT id, id FROM customers WHERE name LIKE '${side}%' OR id <= 3;
       INSERT INTO order_lines SELECT o.id, 1, NULL, 1 FROM orders o WHERE o.id > 699;
       INSERT INTO payments (order_id, amount) SELECT o.id, 1 FROM orders o WHERE o.id > 699`,
    );
  };
  await sell(primary, "late");
  await sell(standby, "own");
  const owner = `SELECT o.id::int AS id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY 1`;
  const [onPrimary, ownBefore] = [await query(primary, owner), await query(standby, owner)];
  const done = await reconcile(primary, standby);
  const truth = new Map([...ownBefore, ...onPrimary].map((row) => [row["id"], row["email"]]));
  const after = await query(standby, owner);
  expect(after.filter((row) => truth.get(row["id"]) !== row["email"])).toEqual([]);
  // The orders of old customers came over; those of the four colliding ones are held with all that hangs on them.
  expect(after.length).toBe(ownBefore.length + 3);
  expect(done.conflicts.map((one) => one.kind)).toEqual(Array(4).fill("id-collision"));
  for (const conflict of done.conflicts) {
    expect(conflict.table).toBe("public.customers");
    expect(conflict.columns).toEqual(["email", "name"]);
    expect(conflict.held.map((row) => row.table).sort()).toEqual([
      "public.addresses",
      "public.order_lines",
      "public.orders",
      "public.payments",
    ]);
  }
  const again = await reconcile(primary, standby);
  expect(counts(again)).toEqual([0, 0, 0, 4]);
});

test("equal content under one new id is a collision when its parent is somebody else", async () => {
  const { primary, standby } = await afterCutover();
  for (const url of [primary, standby]) {
    await query(
      url,
      `INSERT INTO orders (id, customer_id, total) VALUES (5001, ${url === primary ? 1 : 2}, 7)`,
    );
    await query(url, "INSERT INTO order_lines VALUES (5001, 1, NULL, 1)");
    await query(url, "INSERT INTO payments (id, order_id, amount) VALUES (7001, 5001, 7)");
    await query(url, "INSERT INTO designs VALUES ('00000000-0000-0000-0000-000000000001', 'Same on both')");
  }
  const done = await reconcile(primary, standby);
  expect(kinds(done)).toEqual([
    ["id-collision", "public.orders", "5001"],
    ["id-collision", "public.payments", "7001"],
  ]);
  expect(done.conflicts[0]?.held.map((row) => row.table)).toEqual(
    expect.arrayContaining(["public.order_lines", "public.payments"]),
  );
});

test("a taken e-mail holds the customer and what hangs on him, whatever the case of its letters", async () => {
  const { primary, standby } = await afterCutover();
  await query(
    primary,
    `INSERT INTO customers (email, name, password_hash) VALUES ('Twice@blanklabel.example', 'On primary', 'x');
     INSERT INTO orders (customer_id) VALUES (51)`,
  );
  await query(
    standby,
    "INSERT INTO customers (email, name) VALUES ('twice@blanklabel.example', 'On standby')",
  );
  const done = await reconcile(primary, standby);
  expect(counts(done)).toEqual([0, 0, 0, 1]);
  const [conflict] = done.conflicts;
  expect(conflict).toMatchObject({
    kind: "unique",
    key: ["51"],
    target: { id: "2001", name: "On standby" },
    source: { password_hash: "(masked)" },
    held: [{ table: "public.orders", key: ["701"] }],
  });
});

test("an e-mail that a deleted customer gave free can be registered again", async () => {
  const { primary, standby } = await afterCutover();
  await query(primary, `INSERT INTO customers (email, name) VALUES ('gone@blanklabel.example', 'Gone')`);
  await reconcile(primary, standby);
  await query(
    primary,
    `DELETE FROM customers WHERE id = 51;
     INSERT INTO customers (email, name) VALUES ('gone@blanklabel.example', 'Back')`,
  );
  expect(counts(await reconcile(primary, standby))).toEqual([1, 0, 1, 0]);
  expect(await query(standby, "SELECT id FROM customers WHERE name IN ('Gone', 'Back')")).toEqual([
    { id: 52 },
  ]);
});

test("every other row of the table: changed on both, deleted here and changed there, gone from both", async () => {
  const { primary, standby } = await afterCutover();
  await query(
    primary,
    `UPDATE orders SET state = 'paid', total = 10 WHERE id = 101; UPDATE orders SET total = 2 WHERE id = 111;
     UPDATE payments SET amount = 9 WHERE id = 10; DELETE FROM payments WHERE id = 11;
     DELETE FROM payments WHERE id = 12; DELETE FROM sessions WHERE customer_id = 9;
     DELETE FROM order_lines WHERE order_id = 107; DELETE FROM orders WHERE id = 107`,
  );
  await query(
    standby,
    `UPDATE orders SET state = 'cancelled' WHERE id = 101; UPDATE orders SET total = 2 WHERE id = 111;
     DELETE FROM payments WHERE id = 10; UPDATE payments SET amount = 8 WHERE id = 11;
     DELETE FROM payments WHERE id = 12; UPDATE designs SET price = 1 WHERE title = 'Design 1';
     INSERT INTO payments (order_id, amount) VALUES (107, 7)`,
  );
  const before = await contents(standby);
  const done = await reconcile(primary, standby);
  expect([...kinds(done)].sort()).toEqual(
    [
      ["changed-both", "public.orders", "101"],
      ["delete-has-dependents", "public.orders", "107"],
      ["deleted-source-changed-target", "public.payments", "11"],
      ["deleted-target-changed-source", "public.payments", "10"],
    ].sort(),
  );
  expect(done.conflicts.find((one) => one.kind === "changed-both")?.columns).toEqual(["state", "total"]);
  // The lines of order 107 stay with it: a new payment keeps it alive.
  expect(
    done.conflicts.find((one) => one.table === "public.orders" && one.key[0] === "107")?.held,
  ).toHaveLength(2);
  expect(counts(done)).toEqual([0, 0, 1, 4]);
  const after = await contents(standby);
  expect(after).not.toBe(before);
  const again = await reconcile(primary, standby);
  expect(counts(again)).toEqual([0, 0, 0, 4]);
  expect(await contents(standby)).toBe(after);
});

test("an update that points at a held row is held, and a new row under a deleted parent is reported", async () => {
  const { primary, standby } = await afterCutover();
  await query(standby, "SELECT setval('addresses_id_seq', 50)");
  await query(standby, "INSERT INTO addresses (customer_id, line) VALUES (2, 'On standby')");
  await query(
    standby,
    "DELETE FROM sessions WHERE customer_id = 20; UPDATE customers SET default_address = NULL, referred_by = NULL WHERE id = 50; DELETE FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE customer_id = 50); DELETE FROM payments WHERE order_id IN (SELECT id FROM orders WHERE customer_id = 50); DELETE FROM orders WHERE customer_id = 50; DELETE FROM addresses WHERE customer_id = 50; DELETE FROM customers WHERE id = 50",
  );
  await query(
    primary,
    `INSERT INTO addresses (customer_id, line) VALUES (1, 'On primary');
     UPDATE customers SET default_address = 51 WHERE id = 1;
     INSERT INTO orders (customer_id) VALUES (50)`,
  );
  const done = await reconcile(primary, standby);
  expect(kinds(done)).toEqual([
    ["id-collision", "public.addresses", "51"],
    ["missing-parent", "public.orders", "701"],
  ]);
  expect(done.conflicts[0]?.held).toMatchObject([{ table: "public.customers", key: ["1"] }]);
  expect(await query(standby, "SELECT default_address FROM customers WHERE id = 1")).toEqual([
    { default_address: 1 },
  ]);
});

test("new rows that refer to each other, and to themselves, come over together; and go together", async () => {
  const { primary, standby } = await afterCutover();
  await query(
    primary,
    `INSERT INTO customers (id, email, name) VALUES (90, 'a@b.example', 'A'), (91, 'b@b.example', 'B');
     UPDATE customers SET referred_by = 181 - id WHERE id IN (90, 91);
     INSERT INTO addresses OVERRIDING SYSTEM VALUE VALUES (90, 90, 'there');
     UPDATE customers SET default_address = 90 WHERE id IN (90, 91)`,
  );
  expect(counts(await reconcile(primary, standby))).toEqual([3, 0, 0, 0]);
  expect(
    await query(
      standby,
      "SELECT id, referred_by, default_address FROM customers WHERE id IN (90, 91) ORDER BY id",
    ),
  ).toEqual([
    { id: 90, referred_by: 91, default_address: 90 },
    { id: 91, referred_by: 90, default_address: 90 },
  ]);
  await query(
    primary,
    "UPDATE customers SET default_address = NULL, referred_by = NULL WHERE id IN (90, 91); DELETE FROM addresses WHERE id = 90; DELETE FROM customers WHERE id IN (90, 91)",
  );
  expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 3, 0]);
});

test("inserts only leaves changes and deletions alone and says so", async () => {
  const { primary, standby } = await afterCutover();
  await query(
    primary,
    "INSERT INTO orders (customer_id) VALUES (1); UPDATE orders SET total = 0 WHERE id = 101; DELETE FROM sessions WHERE customer_id = 3",
  );
  const some = await reconcile(primary, standby, { insertsOnly: true });
  expect([counts(some), some.compared]).toEqual([[1, 0, 0, 0], "inserts"]);
  const all = await reconcile(primary, standby);
  expect([counts(all), all.compared]).toEqual([[0, 1, 1, 0], "all"]);
});

test("inserts only finds every new row, late committers below the highest and those after a first run too", async () => {
  const { primary, standby } = await afterCutover();
  const inserts = async (): Promise<unknown> => {
    const { inserted, updated, deleted, unchanged } = await reconcile(primary, standby, {
      insertsOnly: true,
    });
    return [inserted, updated, deleted, unchanged];
  };
  await query(
    primary,
    `INSERT INTO orders (id, customer_id) VALUES (-3, 1), (104, 2), (750, 3); INSERT INTO sessions VALUES ('late', 1, '{}');
     INSERT INTO order_lines VALUES (101, 9, NULL, 1); UPDATE orders SET total = 0 WHERE id = 101`,
  );
  // Of tables without one whole-number key every row is compared: 600 lines, 30 sessions, 20 designs.
  expect(await inserts()).toEqual([5, 0, 0, 650]);
  await query(primary, "INSERT INTO orders (id, customer_id) VALUES (-2, 1), (106, 2), (749, 3), (751, 3)");
  expect(await inserts()).toEqual([4, 0, 0, 650 + 5]);
  expect(counts(await reconcile(primary, standby))).toEqual([0, 1, 0, 0]);
});

test("fails back: the standby's rows go home, ids stay apart, and sync goes on as before", async () => {
  const { primary, standby } = await afterCutover();
  await query(primary, "INSERT INTO orders (customer_id, total) VALUES (5, 55)");
  await query(
    standby,
    `INSERT INTO customers (email, name) VALUES ('own@blanklabel.example', 'Own');
     INSERT INTO orders (customer_id, total) VALUES (2001, 1); UPDATE orders SET state = 'paid' WHERE id = 101;
     DELETE FROM sessions WHERE customer_id = 1`,
  );
  await reconcile(primary, standby);
  expect(counts(await reconcile(standby, primary))).toEqual([2, 1, 1, 0]);
  expect(await contents(primary)).toBe(await contents(standby));
  const [next] = await query<{ id: number }>(
    primary,
    "INSERT INTO customers (email, name) VALUES ('x@b.example', 'X') RETURNING id",
  );
  expect(next?.id).toBe(2002);
  expect(counts(await reconcile(standby, primary))).toEqual([0, 0, 0, 0]);
  const synced = await sync(primary, standby);
  expect(synced.tables.find((one) => one.table === "public.customers")?.inserted).toBe(1);
  expect(await contents(primary)).toBe(await contents(standby));
});

test("without a base it refuses and says what makes one", async () => {
  const [one, other] = [await server.database(), await server.database()];
  for (const url of [one, other]) await query(url, schema);
  await expect(reconcile(one, other)).rejects.toThrow(/holds a base.*run sync before the cutover/);
});

test("a row that both sides changed alike is taken for one change, and named: two sales leave the same stock", async () => {
  const { primary, standby } = await synced(
    { server, query },
    {
      schema: `CREATE TABLE products (id int PRIMARY KEY, stock int); CREATE TABLE notes (id int PRIMARY KEY, t text);
        CREATE TABLE vouchers (token text PRIMARY KEY, uses int);`,
      rows: `INSERT INTO products SELECT n, 100 FROM generate_series(1, 9) n; INSERT INTO notes VALUES (1, 'a');
        INSERT INTO vouchers VALUES ('S3CRET', 1);`,
    },
  );
  for (const side of [primary, standby])
    await query(side, "UPDATE products SET stock = stock - 2 WHERE id < 8; UPDATE vouchers SET uses = 2");
  await query(primary, "UPDATE notes SET t = 'b'");
  for (const dryRun of [true, false]) {
    const done = await reconcile(primary, standby, { dryRun });
    expect([done.updated, done.conflicts, done.warnings]).toEqual([
      1,
      [],
      [
        "public.products: 7 rows were changed alike on both sides, which is taken for one change; where both count, as in a " +
          "stock or a balance, put it right by hand: 1; 2; 3; 4; 5 and 2 more",
        expect.stringMatching(
          /^public\.vouchers: 1 row was changed alike .* by hand: \(masked [0-9a-f]{8}\)$/,
        ),
      ],
    ]);
  }
  expect((await reconcile(primary, standby)).warnings).toEqual([]);
});
