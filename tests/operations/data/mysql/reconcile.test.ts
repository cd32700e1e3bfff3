/** The table of DESIGN.md on MariaDB, where references are checked row by row and keys by their collation. */
import { mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { contents, query, rows, schema } from "./shop";
import { counts, kinds, reconcile, sync, synced } from "../sides";

mariadbOrSkip()("reconciling MariaDB", () => {
  const server = withMariadb();

  /** Both sides after a sync and a cutover: the standby's ids stand 1500 higher. */
  const afterCutover = () => synced({ server, query }, { schema, rows });

  test("brings inserts, updates and deletes of the tail over, dry run first, and finds nothing twice", async () => {
    const { primary, standby } = await afterCutover();
    await query(
      primary,
      `INSERT INTO customers (id, email, name) VALUES (60, 'late@blanklabel.example', 'Late');
       INSERT INTO addresses (id, customer_id, line) VALUES (60, 60, 'Late Street');
       UPDATE customers SET default_address = 60, referred_by = 60 WHERE id = 60;
       INSERT INTO orders (id, customer_id, ship_to, total) VALUES (701, 60, 60, 99), (702, 4, 4, 98);
       INSERT INTO order_lines SELECT id, 1, UNHEX(LEFT(SHA2('1', 256), 32)), 3, 7 FROM orders WHERE id > 700;
       UPDATE orders SET state = 'cancelled' WHERE id = 105;
       DELETE FROM orders WHERE id = 104`,
    );
    await query(
      standby,
      `INSERT INTO customers (email, name) VALUES ('own@blanklabel.example', 'Own');
       INSERT INTO orders (customer_id, total) SELECT MAX(id), 1 FROM customers; UPDATE orders SET total = 5 WHERE id = 107`,
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
        "SELECT id, state, total FROM orders WHERE id IN (104, 105, 107, 701, 3001) ORDER BY id",
      ),
    ).toEqual([
      { id: 105, state: "cancelled", total: "5.00" },
      { id: 107, state: "open", total: "5.00" },
      { id: 701, state: "open", total: "99.00" },
      { id: 3001, state: "open", total: "1.00" },
    ]);
    expect(
      await query(standby, "SELECT default_address, referred_by, seen FROM customers WHERE id = 60"),
    ).toEqual(await query(primary, "SELECT default_address, referred_by, seen FROM customers WHERE id = 60"));
    const customers = done.headroom.find((one) => one.table === "customers");
    // The bulk insert of the first 50 had reserved 63.
    expect([customers?.used, customers?.left]).toEqual([0n, 1937n]);
    const after = await contents(standby);
    expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);
    expect(await contents(standby)).toBe(after);
  });

  test("the forgotten users: not one order hangs on the wrong customer, and --remap brings the held ones over", async () => {
    const { primary, standby } = await afterCutover();
    // The offset on customers was forgotten: both sides hand out the same ids.
    await query(primary, "ALTER TABLE customers AUTO_INCREMENT = 100");
    const sell = async (url: string, side: string, firstId: number): Promise<void> => {
      await query(
        url,
        `INSERT INTO customers (id, email, name) VALUES ${[100, 101, 102, 103]
          .map((id) => `(${id}, '${side}${id}@blanklabel.example', '${side}')`)
          .join(", ")};
         INSERT INTO addresses (customer_id, line) SELECT id, name FROM customers WHERE name = '${side}' ORDER BY id;
         INSERT INTO orders (id, customer_id, total) SELECT ${firstId} + id, id, id FROM customers WHERE name = '${side}' OR id <= 3;
         INSERT INTO order_lines SELECT id, 1, NULL, 1, NULL FROM orders WHERE id >= ${firstId};
         INSERT INTO payments (order_id, amount) SELECT id, 1 FROM orders WHERE id >= ${firstId} ORDER BY id`,
      );
    };
    await sell(primary, "late", 1000);
    await sell(standby, "own", 4000);
    const owner = "SELECT o.id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY 1";
    const [onPrimary, ownBefore] = [await query(primary, owner), await query(standby, owner)];
    const done = await reconcile(primary, standby);
    const truth = new Map([...ownBefore, ...onPrimary].map((row) => [row["id"], row["email"]]));
    const wrong = async () =>
      (await query(standby, owner)).filter((row) => truth.get(row["id"]) !== row["email"]);
    expect(await wrong()).toEqual([]);
    // The orders of old customers came over; those of the four colliding ones are held with all that hangs on them.
    expect((await query(standby, owner)).length).toBe(ownBefore.length + 3);
    expect(done.conflicts.map((one) => one.kind)).toEqual(Array(4).fill("id-collision"));
    for (const conflict of done.conflicts)
      expect(conflict.held.map((row) => row.table).sort()).toEqual([
        "addresses",
        "order_lines",
        "orders",
        "payments",
      ]);
    expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 4]);

    const dry = await reconcile(primary, standby, { remap: ["customers"], dryRun: true });
    const remapped = await reconcile(primary, standby, { remap: ["customers"] });
    expect(counts(dry)).toEqual(counts(remapped));
    expect(remapped.remapped.map((one) => one.from.join())).toEqual(["100", "101", "102", "103"]);
    expect(counts(remapped)).toEqual([20, 0, 0, 0]);
    expect(await wrong()).toEqual([]);
    expect((await query(standby, owner)).length).toBe(ownBefore.length + 7);
    expect(counts(await reconcile(primary, standby, { remap: ["customers"] }))).toEqual([0, 0, 0, 0]);
    // And home again: nothing of it is taken for new.
    const home = await reconcile(standby, primary, { remap: ["customers"] });
    expect(home.conflicts).toEqual([]);
    expect(counts(await reconcile(standby, primary))).toEqual([0, 0, 0, 0]);
    // A later id is free of all of them.
    await query(standby, "INSERT INTO customers (email, name) VALUES ('next@blanklabel.example', 'Next')");
    const [next] = await query(standby, "SELECT id FROM customers WHERE name = 'Next'");
    for (const { to } of remapped.remapped) expect(Number(next?.["id"])).toBeGreaterThan(Number(to?.[0]));
  });

  test("a taken e-mail holds the customer and what hangs on him by the column's collation; --merge maps it", async () => {
    const { primary, standby } = await afterCutover();
    await query(
      primary,
      `INSERT INTO customers (id, email, name, password_hash) VALUES (70, 'TWICE@blanklabel.example', 'On primary', 'x');
       INSERT INTO orders (id, customer_id) VALUES (701, 70)`,
    );
    await query(
      standby,
      "INSERT INTO customers (email, name) VALUES ('twice@blanklabel.example', 'On standby')",
    );
    const done = await reconcile(primary, standby);
    expect(counts(done)).toEqual([0, 0, 0, 1]);
    expect(done.conflicts[0]).toMatchObject({
      kind: "unique",
      key: ["70"],
      target: { id: "2001", name: "On standby" },
      source: { password_hash: "(masked)" },
      held: [{ table: "orders", key: ["701"] }],
    });
    const merged = await reconcile(primary, standby, { merge: ["customers"] });
    expect(counts(merged)).toEqual([1, 0, 0, 0]);
    expect(await query(standby, "SELECT customer_id FROM orders WHERE id = 701")).toEqual([
      { customer_id: 2001 },
    ]);
    expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);
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
       DELETE FROM payments WHERE id = 12; UPDATE designs SET price = 1 WHERE made = 2001;
       INSERT INTO payments (order_id, amount) VALUES (107, 7)`,
    );
    const done = await reconcile(primary, standby);
    expect([...kinds(done)].sort()).toEqual(
      [
        ["changed-both", "orders", "101"],
        ["delete-has-dependents", "orders", "107"],
        ["deleted-source-changed-target", "payments", "11"],
        ["deleted-target-changed-source", "payments", "10"],
      ].sort(),
    );
    expect(done.conflicts.find((one) => one.kind === "changed-both")?.columns).toEqual(["state", "total"]);
    expect(counts(done)).toEqual([0, 0, 1, 4]);
    const after = await contents(standby);
    expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 4]);
    expect(await contents(standby)).toBe(after);
    const taken = await reconcile(primary, standby, { take: [{ side: "source", row: "orders:101" }] });
    expect(counts(taken)).toEqual([0, 1, 0, 3]);
  });

  test("new rows that refer to each other, and to themselves, come over together; and go together", async () => {
    const { primary, standby } = await afterCutover();
    await query(
      primary,
      `INSERT INTO customers (id, email, name) VALUES (90, 'a@b.example', 'A'), (91, 'b@b.example', 'B');
       UPDATE customers SET referred_by = 181 - id WHERE id IN (90, 91);
       INSERT INTO addresses VALUES (90, 90, 'there');
       UPDATE customers SET default_address = 90 WHERE id IN (90, 91)`,
    );
    expect(counts(await reconcile(primary, standby))).toEqual([3, 0, 0, 0]);
    const links =
      "SELECT id, referred_by, default_address, seen FROM customers WHERE id IN (90, 91) ORDER BY id";
    expect(await query(standby, links)).toEqual(await query(primary, links));
    await query(
      primary,
      "UPDATE customers SET default_address = NULL, referred_by = NULL WHERE id IN (90, 91); DELETE FROM addresses WHERE id = 90; DELETE FROM customers WHERE id IN (90, 91)",
    );
    expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 3, 0]);
  });

  test("inserts only finds every new row, late committers below the highest too", async () => {
    const { primary, standby } = await afterCutover();
    await query(
      primary,
      `INSERT INTO orders (id, customer_id) VALUES (3, 1), (750, 3); INSERT INTO sessions VALUES ('late', 1, '{}');
       INSERT INTO payments (id, order_id, amount) VALUES (-7, 101, 1);
       INSERT INTO order_lines VALUES (101, 9, NULL, 1, NULL); UPDATE orders SET total = 0 WHERE id = 101`,
    );
    const some = await reconcile(primary, standby, { insertsOnly: true });
    expect([counts(some), some.compared]).toEqual([[5, 0, 0, 0], "inserts"]);
    const all = await reconcile(primary, standby);
    expect([counts(all), all.compared]).toEqual([[0, 1, 0, 0], "all"]);
  });

  test("fails back: the standby's rows go home, ids stay apart, and sync goes on as before", async () => {
    const { primary, standby } = await afterCutover();
    await query(primary, "INSERT INTO orders (id, customer_id, total) VALUES (701, 5, 55)");
    await query(
      standby,
      `INSERT INTO customers (email, name) VALUES ('own@blanklabel.example', 'Own');
       INSERT INTO orders (customer_id, total) VALUES (2001, 1); UPDATE orders SET state = 'paid' WHERE id = 101;
       DELETE FROM sessions WHERE customer_id = 1`,
    );
    await reconcile(primary, standby);
    expect(counts(await reconcile(standby, primary))).toEqual([2, 1, 1, 0]);
    expect(await contents(primary)).toBe(await contents(standby));
    await query(primary, "INSERT INTO customers (email, name) VALUES ('x@b.example', 'X')");
    expect(await query(primary, "SELECT MAX(id) AS id FROM customers")).toEqual([{ id: 2002 }]);
    expect(counts(await reconcile(standby, primary))).toEqual([0, 0, 0, 0]);
    const synced = await sync(primary, standby);
    expect(synced.tables.find((one) => one.table === "customers")?.inserted).toBe(1);
    expect(await contents(primary)).toBe(await contents(standby));
  });

  test("without a base: equal rows are shared, new ones come over, what cannot be known is a conflict", async () => {
    const [primary, standby] = [await server.database(), await server.database()];
    for (const url of [primary, standby]) await query(url, schema + rows);
    await query(standby, "ALTER TABLE orders AUTO_INCREMENT = 5000");
    await query(
      primary,
      `INSERT INTO orders (id, customer_id, total) VALUES (700, 1, 7); UPDATE orders SET total = 3, placed = placed WHERE id = 120;
       INSERT INTO customers (id, email, name) VALUES (80, 'late@b.example', 'Late'); INSERT INTO orders (id, customer_id) VALUES (701, 80)`,
    );
    await query(
      standby,
      "INSERT INTO customers (id, email, name) VALUES (80, 'own@b.example', 'Own'); INSERT INTO orders (customer_id) VALUES (80)",
    );
    const dry = await reconcile(primary, standby, { dryRun: true });
    const done = await reconcile(primary, standby);
    expect([counts(dry), kinds(dry)]).toEqual([counts(done), kinds(done)]);
    expect(kinds(done)).toEqual([
      ["id-collision", "customers", "80"],
      ["changed-both", "orders", "120"],
    ]);
    expect(done.conflicts[0]?.held).toMatchObject([{ table: "orders", key: ["701"] }]);
    expect(counts(done)).toEqual([1, 0, 0, 2]);
    expect(done.warnings[0]).toContain("there was no base");
    const settled = await reconcile(primary, standby, {
      remap: ["customers"],
      take: [{ side: "source", row: "orders:120" }],
    });
    expect(counts(settled)).toEqual([2, 1, 0, 0]);
    expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);
  });

  test("part by part: each part is committed, and nothing is left for a second run", async () => {
    const { primary, standby } = await afterCutover();
    await query(
      primary,
      `INSERT INTO customers (id, email, name) WITH RECURSIVE s AS (SELECT 100 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 139)
         SELECT n, CONCAT('late', n), 'Late' FROM s;
       INSERT INTO orders (id, customer_id, total) SELECT id + 900, id, 1 FROM customers WHERE name = 'Late';
       INSERT INTO order_lines SELECT id, 1, NULL, 1, NULL FROM orders WHERE id >= 1000`,
    );
    const lines: string[] = [];
    const done = await reconcile(primary, standby, { batch: 30 }, (line) => lines.push(line));
    expect(counts(done)).toEqual([120, 0, 0, 0]);
    expect(lines.filter((line) => line.includes("is committed")).length).toBeGreaterThan(2);
    expect(counts(await reconcile(primary, standby))).toEqual([0, 0, 0, 0]);
    expect(await contents(standby)).toBe(await contents(primary));
  });

  test("a reference in other words leads to the same row: what hangs on a taken customer is held", async () => {
    const { primary, standby } = await synced(
      { server, query },
      {
        schema: `
          CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(60) COLLATE utf8mb4_unicode_ci NOT NULL UNIQUE);
          CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, email varchar(60) COLLATE utf8mb4_unicode_ci NOT NULL,
            FOREIGN KEY (email) REFERENCES customers (email));`,
        rows: "INSERT INTO customers (email) VALUES ('first@blanklabel.example'); INSERT INTO orders (email) VALUES ('First@blanklabel.example');",
      },
    );
    await query(
      primary,
      `INSERT INTO customers (email) VALUES ('late@blanklabel.example'), ('twice@blanklabel.example');
       INSERT INTO orders (email) VALUES ('FIRST@blanklabel.example'), ('LATE@blanklabel.example'), ('Twice@blanklabel.example')`,
    );
    // Somebody registered the same address anew on the other side: another customer.
    await query(standby, "INSERT INTO customers (email) VALUES ('twice@blanklabel.example')");
    const done = await reconcile(primary, standby);
    expect(kinds(done)).toEqual([["unique", "customers", "3"]]);
    expect(done.conflicts[0]?.held).toMatchObject([{ table: "orders", key: ["4"] }]);
    expect([done.inserted, done.verified]).toEqual([3, true]);
  });
});
