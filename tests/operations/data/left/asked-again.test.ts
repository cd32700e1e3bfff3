/** What was left is looked at again when it changes, when what it hangs on does, and when it is named; nobody takes its place. */
import { describeServers } from "../../../support/servers";
import { brief, lateOrder, left, nothing, own, settling, target, update, withShop } from "./shop";

describeServers("left, and looked at again", (server) => {
  const { name, shop } = withShop(server);

  test("it is looked at again when it changes, when something new hangs on it, and when it is named", async () => {
    const { at, over } = await shop(lateOrder, own);
    await over(target);
    await at.primary.run("INSERT INTO orders (id, customer_id, note) VALUES (5, 4, 'later')");
    // Nobody asks about the customer again, and his order is not attached to anybody.
    expect(brief(await over())).toEqual([0, 0, 0, [`missing-parent,${name("orders")},5`]]);
    const named = await over({ take: [{ side: "source", row: "customers:4" }] });
    expect(brief(named)[3]).toEqual([`unique,${name("customers")},4`]);
    // With the reason for it gone, all of it comes.
    await at.standby.run("UPDATE customers SET email = 'other' WHERE id = 5000");
    expect(brief(await over())).toEqual([4, 0, 0, []]);
    expect(brief(await over())).toEqual(nothing);
    expect(await at.standby.rows("SELECT name FROM customers WHERE id = 4")).toEqual([{ name: "late" }]);
  });

  test("named with --merge, it is the row that has its value, with all that is his", async () => {
    const { at, over, back } = await shop(lateOrder, own);
    await over(target);
    const merged = await over({ merge: ["customers"], take: [{ side: "source", row: "customers:4" }] });
    expect([brief(merged), merged.merged.length]).toEqual([[2, 0, 0, []], 1]);
    expect(await at.standby.rows("SELECT customer_id FROM orders WHERE id = 4")).toEqual([
      { customer_id: "5000" },
    ]);
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
  });

  test("somebody who was merged leaves: the row that he was stays, and comes home once it changes", async () => {
    const { at, over, back } = await shop(lateOrder, own);
    await over({ merge: ["customers"] });
    await at.primary.run(
      "DELETE FROM order_lines WHERE order_id = 4; DELETE FROM orders WHERE id = 4; DELETE FROM customers WHERE id = 4",
    );
    const done = await over();
    expect([brief(done), left(done)]).toEqual([[0, 0, 2, []], ["customers 5000 target"]]);
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
    await at.standby.run("UPDATE customers SET name = 'still here' WHERE id = 5000");
    expect([brief(await back()), brief(await over()), brief(await back())]).toEqual([
      [1, 0, 0, []],
      nothing,
      nothing,
    ]);
  });

  test("changed, it is new again; deleted where it is, it is forgotten", async () => {
    const { at, over, back } = await shop(
      `${lateOrder}; INSERT INTO customers (id, email, name) VALUES (5, 'thrice', 'late too')`,
      `${own}; INSERT INTO customers (id, email, name) VALUES (5001, 'thrice', 'own too')`,
    );
    await over(target);
    await at.primary.run(
      "UPDATE customers SET email = 'free' WHERE id = 4; DELETE FROM customers WHERE id = 5",
    );
    expect([brief(await over()), brief(await over()), brief(await back())]).toEqual([
      [3, 0, 0, []],
      nothing,
      [2, 0, 0, []],
    ]);
    // Another one under that id has nothing to do with it.
    await at.standby.run("INSERT INTO customers (id, email, name) VALUES (5, 'fifth', 'somebody else')");
    expect([brief(await over()), brief(await back())]).toEqual([nothing, [1, 0, 0, []]]);
  });

  test("two of one id, each left on its own side, are nobody's parents on the other", async () => {
    const { at, both, over, back } = await shop(lateOrder, own);
    await over(target);
    await at.standby.run(
      "INSERT INTO orders (id, customer_id, note) VALUES (4, 5000, 'own'); INSERT INTO order_lines VALUES (4, 1)",
    );
    const done = await back({ ...target, remap: ["orders"] });
    expect([left(done), done.remapped]).toEqual([
      ["customers 5000 source", "order_lines 4,1 source", "orders 4 source"],
      [],
    ]);
    const before = await both();
    for (const run of [over, back, over, back]) expect(brief(await run())).toEqual(nothing);
    expect(await both()).toEqual(before);
    // A new line of either of them is not the other's.
    await at.primary.run("INSERT INTO order_lines VALUES (4, 2)");
    await at.standby.run("INSERT INTO order_lines VALUES (4, 3)");
    const lines = `missing-parent,${name("order_lines")}`;
    expect([brief(await over()), brief(await back())]).toEqual([
      [0, 0, 0, [`${lines},4,2`]],
      [0, 0, 0, [`${lines},4,3`]],
    ]);
  });

  test("named, the row of either side is taken or stays", async () => {
    const { at, both, over, back } = await shop(update, own);
    await over(target);
    const before = await both();
    expect(brief(await back(settling("target", "customers:2")))[3]).toEqual([
      `unique,${name("customers")},5000`,
    ]);
    expect(await both()).toEqual(before);
    expect(brief(await over(settling("source", "customers:2")))[3]).toEqual([
      `unique,${name("customers")},2`,
    ]);
    // The standby's version home: then its own one has the value there, too.
    expect(brief(await back(settling("source", "customers:2")))).toEqual([1, 1, 0, []]);
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
    expect(await at.primary.rows("SELECT name FROM customers WHERE email = 'twice'")).toEqual([
      { name: "own" },
    ]);
  });

  test("a deletion that was left is made up for by name once nothing hangs on the row", async () => {
    const { at, over, back } = await shop(
      "DELETE FROM order_lines WHERE order_id = 3; DELETE FROM orders WHERE id = 3",
      "INSERT INTO order_lines VALUES (3, 2)",
    );
    expect(left(await over(target))).toEqual(["order_lines 3,1 target", "orders 3 target"]);
    const rows = ["orders:3", "order_lines:3,1"].map((row) => ({ side: "source" as const, row }));
    expect(brief(await over({ take: rows }))[3]).toEqual([`delete-has-dependents,${name("orders")},3`]);
    await at.standby.run("DELETE FROM order_lines WHERE order_id = 3 AND line = 2");
    expect(brief(await over({ take: rows }))).toEqual([0, 0, 2, []]);
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
  });

  test.each([undefined, 1, 2])("a stranger under its id is nobody's parent (batch %p)", async (batch) => {
    const { at, over } = await shop(lateOrder, own);
    await over(target);
    await at.standby.run(
      "INSERT INTO customers (id, email, name) VALUES (4, 'stranger', 'stranger'); INSERT INTO orders (id, customer_id, note) VALUES (4, 4, 'of late')",
    );
    await at.primary.run(
      "INSERT INTO order_lines VALUES (4, 2); INSERT INTO orders (id, customer_id, note) VALUES (7, 4, 'of late'), (8, 1, 'free')",
    );
    const dry = await over({ batch, dryRun: true });
    const done = await over({ batch });
    expect(brief(done)).toEqual([
      1,
      0,
      0,
      [`missing-parent,${name("order_lines")},4,2`, `missing-parent,${name("orders")},7`],
    ]);
    expect([brief(dry), left(dry)]).toEqual([brief(done), left(done)]);
    expect(await at.standby.rows("SELECT id FROM orders WHERE customer_id = 4")).toEqual([{ id: "4" }]);
  });

  test("two of one id, each left on its own side: one that is gone takes the other's decision along with nobody", async () => {
    const { at, over, back } = await shop(lateOrder, own);
    await over(target);
    await at.standby.run("INSERT INTO orders (id, customer_id, note) VALUES (4, 5000, 'own')");
    await back({ ...target, remap: ["orders"] });
    await at.primary.run("DELETE FROM order_lines WHERE order_id = 4; DELETE FROM orders WHERE id = 4");
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
  });

  test("a late row whose id and value are both taken is left, whatever else is asked for", async () => {
    for (const row of ["customers", "customers:4"]) {
      const { at, over } = await shop(lateOrder, own);
      await at.standby.run(
        "INSERT INTO customers (id, email, name) VALUES (4, 'stranger', 'stranger'); INSERT INTO orders (id, customer_id) VALUES (4, 4)",
      );
      const remap = ["customers", "orders"];
      expect(brief(await over({ remap }))[3]).toEqual([`unique,${name("customers")},4`]);
      const done = await over({ remap, ...settling("target", row) });
      expect([brief(done), left(done)]).toEqual([
        [0, 0, 0, [`missing-parent,${name("orders")},4`]],
        ["customers 4 source"],
      ]);
      expect(await at.standby.rows("SELECT id FROM orders WHERE customer_id = 4")).toEqual([{ id: "4" }]);
    }
  });
});
