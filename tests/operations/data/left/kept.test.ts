/** What `--take target` leaves where it is: each side keeps its own, no run deletes it, and none asks about it again. */
import { reconcileJson } from "../../../../operations/data/json";
import { reconcileText } from "../../../../operations/data/text";
import { describeServers } from "../../../support/servers";
import { kinds } from "../sides";
import { brief, lateOrder, left, nothing, own, target, update, withShop } from "./shop";

describeServers("left where it is", (server) => {
  const { name, shop } = withShop(server);

  test.each([undefined, 1])(
    "new rows stay on their side, run after run, over and back (batch %p)",
    async (batch) => {
      const { both, over, back } = await shop(lateOrder, own);
      const before = await both();
      const request = { ...target, batch };
      const dry = await over({ ...request, dryRun: true });
      const done = await over(request);
      const said = ["customers 4 source", "order_lines 4,1 source", "orders 4 source"];
      expect([brief(dry), left(dry), brief(done), left(done)]).toEqual([nothing, said, nothing, said]);
      expect(reconcileText(done)).toContain(`${name("customers")} 4: left where it is, on the source alone`);
      expect(Object.entries(reconcileJson(done))).toContainEqual([
        "left",
        [
          { table: name("customers"), key: 4, on: "source" },
          { table: name("orders"), key: 4, on: "source" },
          { table: name("order_lines"), key: [4, 1], on: "source" },
        ],
      ]);
      expect([brief(await over()), brief(await back())]).toEqual([
        nothing,
        // Whoever has the value on the standby is asked about: the late one is not deleted for him.
        [0, 0, 0, [`unique,${name("customers")},5000`]],
      ]);
      expect([brief(await back(request)), brief(await over()), brief(await back())]).toEqual([
        nothing,
        nothing,
        nothing,
      ]);
      expect(await both()).toEqual(before);
    },
  );

  test("a deletion that is left leaves the row on the target alone; it goes home with what hangs on it", async () => {
    const { at, both, over, back } = await shop(
      "DELETE FROM order_lines WHERE order_id = 3; DELETE FROM orders WHERE id = 3; DELETE FROM customers WHERE id = 3",
      "INSERT INTO orders (id, customer_id, note) VALUES (5000, 3, 'own')",
    );
    const done = await over(target);
    expect([brief(done), left(done)]).toEqual([
      nothing,
      ["customers 3 target", "order_lines 3,1 target", "orders 3 target"],
    ]);
    expect(brief(await over())).toEqual(nothing);
    expect(brief(await back())).toEqual([4, 0, 0, []]);
    const { primary, standby } = await both();
    expect(primary).toEqual(standby);
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
    // From then on it is a row like any other.
    await at.standby.run("UPDATE customers SET name = 'C3 again' WHERE id = 3");
    expect(brief(await back())).toEqual([0, 1, 0, []]);
  });

  test("nobody comes back to a side where he left, for an order that he was not asked about", async () => {
    const { both, over, back } = await shop(
      "INSERT INTO orders (id, customer_id, note) VALUES (4, 3, 'late')",
      "DELETE FROM order_lines WHERE order_id = 3; DELETE FROM orders WHERE id = 3; DELETE FROM customers WHERE id = 3",
    );
    const before = await both();
    expect([left(await over(target)), left(await back(target))]).toEqual([
      ["orders 4 source"],
      ["customers 3 target", "order_lines 3,1 target", "orders 3 target"],
    ]);
    expect([brief(await over()), brief(await back()), await both()]).toEqual([nothing, nothing, before]);
  });

  test("an update that is left: each side keeps its own, until one of them changes", async () => {
    const {
      at,
      both,
      over,
      back,
      sync: again,
    } = await shop("UPDATE customers SET email = 'twice' WHERE id = 2", own);
    const before = await both();
    const done = await over(target);
    expect([brief(done), left(done)]).toEqual([nothing, ["customers 2 both"]]);
    expect([brief(await over()), brief(await back())]).toEqual([
      nothing,
      [0, 0, 0, [`unique,${name("customers")},5000`]],
    ]);
    expect(await both()).toEqual(before);
    // The one that has the value is the standby's own; the primary's change is none of the standby.
    await expect(again()).rejects.toThrow(/customers: 1 added, 0 changed, 0 deleted \(5000\)/);
    // Changed on both sides since, it is in conflict; alike again, it is one row again.
    await at.primary.run("UPDATE customers SET name = 'here' WHERE id = 2");
    await at.standby.run("UPDATE customers SET name = 'there' WHERE id = 2");
    expect(brief(await over())).toEqual([0, 0, 0, [`changed-both,${name("customers")},2`]]);
    for (const visitor of Object.values(at))
      await visitor.run("UPDATE customers SET email = 'c2', name = 'C2' WHERE id = 2");
    expect([brief(await over()), brief(await back())]).toEqual([nothing, [1, 0, 0, []]]);
    expect((await again()).tables.map((one) => one.inserted + one.updated + one.deleted)).toEqual([0, 0, 0]);
  });

  test("what became of it there: alike again by the source's change alone", async () => {
    const {
      at,
      over,
      back,
      sync: again,
    } = await shop("UPDATE customers SET email = 'twice' WHERE id = 2", own);
    await over(target);
    await at.primary.run("UPDATE customers SET email = 'c2' WHERE id = 2");
    expect([brief(await over()), brief(await back())]).toEqual([nothing, [1, 0, 0, []]]);
    // One row again: what changes on either side is no conflict with anybody.
    await at.standby.run("UPDATE customers SET name = 'later' WHERE id = 2");
    expect(brief(await back())).toEqual([0, 1, 0, []]);
    expect((await again()).tables.map((one) => one.inserted + one.updated + one.deleted)).toEqual([0, 0, 0]);
  });

  test("a sync deletes none of it, and brings what the primary alone has once it can", async () => {
    const { at, both, over, back, sync: again } = await shop(lateOrder, own);
    await over(target);
    await back(target);
    const before = await both();
    await expect(again()).rejects.toThrow(/customers: 1 added.*Rows that a reconcile left here/s);
    expect(await both()).toEqual(before);
    await at.standby.run("DELETE FROM customers WHERE id = 5000");
    expect((await again()).tables.map((one) => one.inserted)).toEqual([1, 1, 1]);
    const { primary, standby } = await both();
    expect(standby).toEqual(primary);
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
  });

  test("whose change was left does not lose it to the other side's next change, nor to a deletion there", async () => {
    for (const [there, kind] of [
      ["UPDATE customers SET name = 'there' WHERE id = 2", "changed-both"],
      [
        "DELETE FROM order_lines WHERE order_id = 2; DELETE FROM orders WHERE id = 2; DELETE FROM customers WHERE id = 2",
        "deleted-source-changed-target",
      ],
    ] as const) {
      const { at, over, back } = await shop(update, own);
      await over(target);
      await at.standby.run(there);
      expect(kinds(await back())).toContainEqual([kind, name("customers"), "2"]);
      expect(await at.primary.rows("SELECT email, name FROM customers WHERE id = 2")).toEqual([
        { email: "twice", name: "here" },
      ]);
    }
  });

  test("a sync takes the primary's change once it can, and takes the standby's as its own", async () => {
    const first = await shop(update, own);
    await first.over(target);
    await first.at.standby.run("DELETE FROM customers WHERE id = 5000");
    expect((await first.sync()).tables.map((one) => one.updated)).toContain(1);
    expect([brief(await first.over()), brief(await first.back())]).toEqual([nothing, nothing]);
    // The other way round: what was left of the standby's is to be settled there.
    const {
      at,
      over,
      back,
      sync: again,
    } = await shop("INSERT INTO customers (id, email, name) VALUES (4, 'twice', 'late')", update);
    await back(target);
    await expect(again()).rejects.toThrow(
      /customers: 0 added, 1 changed, 0 deleted.*--take source TABLE:KEY/s,
    );
    await at.standby.run("UPDATE customers SET email = 'c2', name = 'C2' WHERE id = 2");
    expect((await again()).tables.map((one) => one.inserted)).toContain(1);
    await at.primary.run("UPDATE customers SET name = 'later' WHERE id = 2");
    expect((await again()).tables.map((one) => one.updated)).toContain(1);
    expect([brief(await over()), brief(await back())]).toEqual([nothing, nothing]);
  });

  test("new rows by the thousand leave the record of what is shared in order", async () => {
    const { at, over, back } = await shop(
      "DELETE FROM order_lines WHERE order_id = 3; DELETE FROM orders WHERE id = 3",
      "INSERT INTO order_lines VALUES (3, 2)",
    );
    await over(target);
    await at.standby.run("DELETE FROM order_lines WHERE order_id = 3; DELETE FROM orders WHERE id = 3");
    await at.primary.run(
      `INSERT INTO orders (id, customer_id, note) VALUES (3, 3, 'again'), ${Array.from({ length: 30 }, (_, n) => `(${10 + n}, 1, 'late')`).join()}`,
    );
    expect(brief(await over({ enough: 1 }))).toEqual([31, 0, 0, []]);
    expect(brief(await back())).toEqual(nothing);
    await at.primary.run("UPDATE orders SET note = 'changed' WHERE id = 3");
    expect([brief(await over()), brief(await back())]).toEqual([[0, 1, 0, []], nothing]);
  });
});
