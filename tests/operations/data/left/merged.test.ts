/** Rows that somebody was merged into, and rows said to be one, beside what is left: each leads to one other at most. */
import { describeServers } from "../../../support/servers";
import { kinds } from "../sides";
import { brief, lateOrder, left, nothing, own, settling, target, update, withShop } from "./shop";

const gone = (id: number): string =>
  `DELETE FROM order_lines WHERE order_id = ${id}; DELETE FROM orders WHERE id = ${id}; DELETE FROM customers WHERE id = ${id}`;
const merge = ["customers"];

describeServers("left, and merged", (server) => {
  const { name, shop } = withShop(server);

  test.each(["over", "back"] as const)("two of one row go at once (%s)", async (way) => {
    const here = "INSERT INTO customers (id, email, name) VALUES (4, 'twice', 'four')";
    const { at, over, back } = way === "over" ? await shop(here, own) : await shop(own, here);
    const [run, reverse, source] =
      way === "over" ? [over, back, at.primary] : ([back, over, at.standby] as const);
    await run({ merge });
    await source.run(
      "UPDATE customers SET email = 'else' WHERE id = 4; INSERT INTO customers (id, email, name) VALUES (6, 'twice', 'six')",
    );
    await run({ merge, ...settling("target", "customers:4") });
    await source.run("DELETE FROM customers WHERE id IN (4, 6)");
    expect([brief(await run()), brief(await run()), brief(await reverse())]).toEqual([
      nothing,
      nothing,
      nothing,
    ]);
  });

  test.each([undefined, 1])("one goes, and another takes his place (batch %p)", async (batch) => {
    const { at, over, back } = await shop(lateOrder, own);
    await over({ merge });
    await at.primary.run(`${gone(4)}; INSERT INTO customers (id, email, name) VALUES (6, 'twice', 'six')`);
    const done = await over({ merge, batch });
    expect([brief(done), done.merged.length, left(done)]).toEqual([[0, 0, 2, []], 1, []]);
    // Orders of the one are orders of the other, and nothing is written over either.
    await at.standby.run("INSERT INTO orders (id, customer_id, note) VALUES (5000, 5000, 'own')");
    expect(brief(await back())).toEqual([1, 0, 0, []]);
    expect(
      await at.primary.rows(
        "SELECT c.name, o.note FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 5000",
      ),
    ).toEqual([{ name: "six", note: "own" }]);
    await at.standby.run("DELETE FROM orders WHERE id = 5000; DELETE FROM customers WHERE id = 5000");
    expect([brief(await back()), brief(await over())]).toEqual([[0, 0, 2, []], nothing]);
  });

  test("a change of the one that is given up is not made up for by writing the other over him", async () => {
    const { at, both, over, back } = await shop(lateOrder, own);
    await over({ merge });
    await at.primary.run("UPDATE customers SET name = 'late, still' WHERE id = 4");
    expect(kinds(await over()).map(String)).toEqual([`changed-both,${name("customers")},4`]);
    const before = await both();
    expect([brief(await over(target)), brief(await back()), brief(await over())]).toEqual([
      nothing,
      nothing,
      nothing,
    ]);
    expect(await both()).toEqual(before);
  });

  test("said to be the row of the other side, it is that one and goes with it", async () => {
    const { at, over, back } = await shop(lateOrder, own);
    await over(target);
    await at.standby.run(
      "DELETE FROM customers WHERE id = 5000; INSERT INTO customers (id, email, name) VALUES (4, 'own', 'own')",
    );
    expect(brief(await back(settling("target", "customers:4")))).toEqual(nothing);
    await at.primary.run(gone(4));
    expect([brief(await over()), brief(await back())]).toEqual([[0, 0, 1, []], nothing]);
  });

  test("the row goes with its own counterpart, whoever else was merged into it", async () => {
    for (const [changed, conflict] of [
      [true, "deleted-source-changed-target"],
      [false, undefined],
    ] as const) {
      const { at, over, back } = await shop(
        "INSERT INTO customers (id, email, name) VALUES (4, 'twice', 'four')",
        "UPDATE customers SET email = 'twice' WHERE id = 2",
      );
      await over({ merge });
      if (!changed) await at.standby.run("UPDATE customers SET email = 'c2' WHERE id = 2");
      await at.primary.run(`${gone(2)}; ${gone(4)}`);
      const done = await over();
      expect([kinds(done).map(String), left(done)]).toEqual([
        conflict === undefined ? [] : [`${conflict},${name("customers")},2`],
        [],
      ]);
      if (conflict === undefined) continue;
      expect(left(await over(target))).toEqual(["order_lines 2,1 target", "orders 2 target"]);
      // Given up, the deletion is made up for on the way back.
      expect(brief(await back())).toEqual([3, 0, 0, []]);
    }
  });

  test("a late row that is said to be the one with its id and its value is that one, whatever else is asked for", async () => {
    for (const more of [{}, { merge }, { remap: ["customers"] }]) {
      const { at, over } = await shop(lateOrder);
      await at.standby.run("INSERT INTO customers (id, email, name) VALUES (4, 'twice', 'own')");
      expect(brief(await over({ ...more, ...settling("target", "customers:4") }))).toEqual([2, 0, 0, []]);
      expect(await at.standby.rows("SELECT name FROM customers WHERE id = 4")).toEqual([{ name: "own" }]);
    }
  });

  test("nor does it get a fresh id where its value is given free in the same run", async () => {
    const { at, over } = await shop(
      `${gone(3)}; INSERT INTO customers (id, email, name) VALUES (4, 'c3', 'late')`,
      "INSERT INTO customers (id, email, name) VALUES (4, 'own', 'own')",
    );
    const done = await over({ remap: ["customers"], ...settling("target", "customers:4") });
    expect([brief(done), done.remapped]).toEqual([[0, 0, 3, []], []]);
    expect(await at.standby.rows("SELECT name FROM customers WHERE id = 4")).toEqual([{ name: "own" }]);
  });

  test("after a sync, what was left and has become alike is a row like any other", async () => {
    const { at, over, back, sync } = await shop(
      "INSERT INTO customers (id, email, name) VALUES (4, 'twice', 'late')",
      update,
    );
    await back(target);
    await at.standby.run("UPDATE customers SET email = 'c2', name = 'C2' WHERE id = 2");
    await sync();
    await at.primary.run("UPDATE customers SET name = 'later' WHERE id = 2");
    expect([brief(await over()), brief(await back())]).toEqual([[0, 1, 0, []], nothing]);
  });
});
