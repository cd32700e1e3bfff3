/** What `--take target` leaves where it is: each side keeps its own, no run deletes it, and none asks about it again. */
import { reconcileJson } from "../../../operations/data/json";
import type { ReconcileRequest, ReconcileResult } from "../../../operations/data/engine";
import { reconcileText } from "../../../operations/data/text";
import { describeServers } from "../../support/servers";
import { stages, type Visitor } from "./days";
import { kinds, reconcile, sync } from "./sides";

const schema = (id: string): string => `
  CREATE TABLE customers (id ${id}, email varchar(40) NOT NULL UNIQUE, name varchar(40) NOT NULL);
  CREATE TABLE orders (id ${id}, customer_id int NOT NULL, note varchar(40),
    CONSTRAINT owner FOREIGN KEY (customer_id) REFERENCES customers (id));
  CREATE TABLE order_lines (order_id int, line int, PRIMARY KEY (order_id, line),
    CONSTRAINT part FOREIGN KEY (order_id) REFERENCES orders (id));`;
const rows = `
  INSERT INTO customers (email, name) VALUES ('c1', 'C1'), ('c2', 'C2'), ('c3', 'C3');
  INSERT INTO orders (customer_id, note) VALUES (1, 'of C1'), (2, 'of C2'), (3, 'of C3');
  INSERT INTO order_lines VALUES (1, 1), (2, 1), (3, 1)`;
const contents = [
  "SELECT id, email, name FROM customers ORDER BY id",
  "SELECT o.id, c.name, o.note FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id",
  "SELECT order_id, line FROM order_lines ORDER BY 1, 2",
];
const tables = ["customers", "orders", "order_lines"];
const target = { take: tables.map((row) => ({ side: "target" as const, row })) };
const brief = (result: ReconcileResult): readonly unknown[] => [
  result.inserted,
  result.updated,
  result.deleted,
  kinds(result).map(String).sort(),
];
const left = (result: ReconcileResult): readonly string[] =>
  result.left.map(({ table, key, on }) => `${table.replace("public.", "")} ${key.join()} ${on}`).sort();
const nothing = [0, 0, 0, []];

describeServers("left where it is", ({ engine, start }) => {
  const server = start();
  const stage = stages[engine];
  const name = (table: string): string => `${stage.prefix}${table}`;
  const visitors: Visitor[] = [];
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.end();
  });

  /** Two sides after a sync, and what can be done to them. */
  async function shop(primary = "", standby = "") {
    const urls = { primary: await server.database(), standby: await server.database() };
    const at = { primary: await stage.connect(urls.primary), standby: await stage.connect(urls.standby) };
    visitors.push(at.primary, at.standby);
    for (const visitor of Object.values(at))
      await visitor.run(schema(engine === "mysql" ? "int AUTO_INCREMENT PRIMARY KEY" : "serial PRIMARY KEY"));
    await at.primary.run(rows);
    await sync(urls.primary, urls.standby);
    if (primary !== "") await at.primary.run(primary);
    if (standby !== "") await at.standby.run(standby);
    const seen = async (visitor: Visitor): Promise<readonly unknown[]> => {
      const all: unknown[] = [];
      for (const sql of contents) all.push(await visitor.rows(sql));
      return all;
    };
    return {
      at,
      urls,
      both: async () => ({ primary: await seen(at.primary), standby: await seen(at.standby) }),
      over: (more: Partial<ReconcileRequest> = {}) => reconcile(urls.primary, urls.standby, more),
      back: (more: Partial<ReconcileRequest> = {}) => reconcile(urls.standby, urls.primary, more),
      sync: () => sync(urls.primary, urls.standby),
    };
  }

  const lateOrder = `INSERT INTO customers (id, email, name) VALUES (4, 'twice', 'late');
    INSERT INTO orders (id, customer_id, note) VALUES (4, 4, 'of late'); INSERT INTO order_lines VALUES (4, 1)`;
  const own = "INSERT INTO customers (id, email, name) VALUES (5000, 'twice', 'own')";

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
    await expect(again()).rejects.toThrow(/customers: 1 added, 1 changed.*--take source TABLE:KEY/s);
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
    expect((await again()).tables.map((one) => one.inserted + one.updated + one.deleted)).toEqual([0, 0, 0]);
  });

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
});
