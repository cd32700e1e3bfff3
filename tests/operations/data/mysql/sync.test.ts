import { mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { pair, sync } from "../sides";
import { contents, query, rows, schema } from "./shop";

mariadbOrSkip()("syncing MariaDB", () => {
  const place = { server: withMariadb(), query };

  test("the first sync makes both sides equal, cycles and odd types included, and sets every identity", async () => {
    const { primary, standby } = await pair(place, { schema, rows });
    const dry = await sync(primary, standby, { dryRun: true });
    expect(await query(standby, "SHOW TABLES LIKE 'warm\\_standby%'")).toEqual([]);
    const done = await sync(primary, standby);
    expect(await contents(standby)).toBe(await contents(primary));
    expect(dry.tables.map((one) => one.inserted)).toEqual(done.tables.map((one) => one.inserted));
    expect(done.base.rows).toBe(50 + 50 + 20 + 300 + 600 + 100 + 30);
    expect(
      done.identities.map((one) => [
        `${one.table}.${one.column}`,
        one.kind,
        one.seed,
        one.typeMax,
        one.status,
      ]),
    ).toEqual([
      ["addresses.id", "auto-increment", 2000n, 2n ** 24n - 2n, "raised"],
      ["customers.id", "auto-increment", 2000n, 2n ** 31n - 2n, "raised"],
      // A bulk insert reserves more ids than it has rows.
      ["orders.id", "auto-increment", 3000n, 2n ** 64n - 2n, "raised"],
      ["payments.id", "auto-increment", 2000n, 2n ** 63n - 2n, "raised"],
    ]);
    await query(standby, "INSERT INTO orders (customer_id) VALUES (1)");
    expect(await query(standby, "SELECT MAX(id) AS id FROM orders")).toEqual([{ id: 3001 }]);
  });

  test("the next sync moves what changed, and nothing after that", async () => {
    const { primary, standby } = await pair(place, { schema, rows });
    await sync(primary, standby);
    await query(
      primary,
      `INSERT INTO customers (email, name) VALUES ('new@blanklabel.example', 'New');
       UPDATE orders SET state = 'paid' WHERE id = 101;
       DELETE FROM orders WHERE id = 103; DELETE FROM sessions WHERE customer_id < 4;
       UPDATE customers SET email = 'freed@blanklabel.example' WHERE id = 7;
       INSERT INTO customers (email, name) VALUES ('C7@blanklabel.example', 'Taker');
       UPDATE designs SET spot = ST_GeomFromText('POINT(3 4)'), flags = 7, art = NULL WHERE price > 6`,
    );
    const dry = await sync(primary, standby, { dryRun: true });
    const done = await sync(primary, standby);
    expect(await contents(standby)).toBe(await contents(primary));
    const counts = (result: typeof done): unknown =>
      result.tables.map((one) => [one.table, one.inserted, one.updated, one.deleted]);
    expect(counts(dry)).toEqual(counts(done));
    expect(counts(done)).toEqual(
      expect.arrayContaining([
        ["customers", 2, 1, 0],
        ["orders", 0, 1, 1],
        ["order_lines", 0, 0, 2],
        ["sessions", 0, 0, 3],
        ["designs", 0, 2, 0],
      ]),
    );
    const again = await sync(primary, standby);
    expect(again.tables.every((one) => one.inserted + one.updated + one.deleted === 0)).toBe(true);
  });
});
