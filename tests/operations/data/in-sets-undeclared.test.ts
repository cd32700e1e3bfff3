/** Where no foreign key says what hangs on what, new rows come in sets all the same: as row by row, and onto nobody. */
import type { ReconcileResult } from "../../../operations/data/engine";
import { parseTableRules } from "../../../operations/data/tables/file";
import { describeServers } from "../../support/servers";
import { stages, type Visitor } from "./days";
import { comparable, kinds, quiet, reconcile, sync } from "./sides";

const schema = (id: string): string => `
  CREATE TABLE customers (id ${id}, name varchar(40));
  CREATE TABLE orders (id ${id}, customer_id bigint NOT NULL, gift_id int NOT NULL DEFAULT 0, note varchar(40));
  CREATE TABLE order_lines (order_id int, line int, note varchar(40), PRIMARY KEY (order_id, line));
  CREATE TABLE notes (id ${id}, kind varchar(20), subject varchar(40), customer_no varchar(20));`;
const file = {
  rules: parseTableRules(
    `references:
  - { from: orders.customer_id, to: customers }
  - { from: orders.gift_id, to: customers }
  - { from: order_lines.order_id, to: orders }
  - { from: notes.subject, type: kind, to: { Customer: customers, Order: orders } }
  - { from: notes.customer_no, to: customers }`,
    "f",
  ),
  file: "f",
};
const contents = ["customers", "orders", "order_lines", "notes"].map(
  (table) => `SELECT * FROM ${table} ORDER BY 1, 2`,
);

const listed = (rows: readonly (readonly unknown[])[]): string =>
  rows
    .map(
      (row) => `(${row.map((value) => (typeof value === "number" ? value : `'${String(value)}'`)).join()})`,
    )
    .join();
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);
const rows = `
  INSERT INTO customers (name) VALUES ${listed(upTo(100).map((n) => [`C${n}`]))};
  INSERT INTO orders (customer_id, note) VALUES ${listed(upTo(100).map((n) => [n, `of C${n}`]))};
  INSERT INTO order_lines VALUES ${listed(upTo(100).map((n) => [n, 1, "shirt"]))};`;
/** Of new customers and of old ones, some with a gift for another; one of nobody, by an id that is in use over there. */
const late = `
  INSERT INTO customers (id, name) VALUES ${listed(upTo(600).map((n) => [200 + n, `late ${n}`]))};
  INSERT INTO orders (id, customer_id, gift_id, note) VALUES ${listed(
    upTo(900).map((n) => [
      200 + n,
      n % 3 === 0 ? 1 + (n % 100) : 201 + (n % 600),
      n % 7 === 0 ? 1 + (n % 90) : 0,
      "late",
    ]),
  )};
  INSERT INTO orders (id, customer_id, note) VALUES (1200, 90001, 'of nobody'), (1201, 80001, 'of nobody');
  INSERT INTO order_lines VALUES ${listed(upTo(900).map((n) => [200 + n, 1, "late"]))}, (1200, 1, 'late');
  INSERT INTO notes (id, kind, subject, customer_no) VALUES ${listed(
    upTo(900).map((n) => [
      200 + n,
      n % 2 === 0 ? "Order" : "Customer",
      n % 5 === 0 ? 1 + (n % 100) : 201 + (n % 600),
      n % 3 === 0 ? "" : 1 + (n % 100),
    ]),
  )}, ${listed(
    // Nobody, in so many words; the last four are somebody's who is not there, or not the same.
    ["0", "0500", "500 ", "500x", "99999999999999999999", "2147483648", "-0", "500", "90001", "50", "51"].map(
      (subject, at) => [1200 + at, "Customer", subject, 0],
    ),
  )}, (1230, 'customer', '500', '0'), (1231, 'Page', '500', '0'), (1232, 'Order', '50', '500'), (1233, 'Page', '1', 'none');`;
const ofItsOwn = `
  INSERT INTO customers (id, name) VALUES (90001, 'own'), (500, 'own');
  DELETE FROM order_lines WHERE order_id IN (50, 51); DELETE FROM orders WHERE id IN (50, 51);
  DELETE FROM customers WHERE id IN (50, 51);`;

describeServers("new rows in sets by references of the file", ({ engine, start }) => {
  const server = start();
  const stage = stages[engine];
  const id = engine === "postgres" ? "serial PRIMARY KEY" : "int AUTO_INCREMENT PRIMARY KEY";
  const lock =
    engine === "postgres"
      ? "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
      : "SELECT 1 FROM information_schema.processlist WHERE id <> connection_id() AND info LIKE 'SELECT COUNT%LOCK IN SHARE MODE%'";
  const open: Visitor[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.end();
  });
  const visitor = async (url: string): Promise<Visitor> => {
    const one = await stage.connect(url);
    open.push(one);
    return one;
  };
  const afterCutover = async () => {
    const [primary, standby] = [await server.database(), await server.database()];
    const [there, here] = [await visitor(primary), await visitor(standby)];
    for (const one of [there, here]) await one.run(schema(id));
    await there.run(rows);
    await sync(primary, standby, { tables: file, rule: { kind: "fixed", ids: 100_000n } });
    await there.run(late);
    const run = (enough: number, progress: (line: string) => void = quiet): Promise<ReconcileResult> =>
      reconcile(primary, standby, { tables: file, enough }, progress);
    return { standby, here, run };
  };

  test("what is brought and refused is the same as row by row, and most is brought together", async () => {
    const [inSets, single] = [await afterCutover(), await afterCutover()];
    for (const { here } of [inSets, single]) await here.run(ofItsOwn);
    const lines: string[] = [];
    const done = await inSets.run(100, (line) => lines.push(line));
    const expected = await single.run(Infinity);
    expect(comparable(done)).toEqual(comparable(expected));
    expect(done.verified).toBe(true);
    expect(new Set(done.conflicts.map(({ kind }) => kind))).toEqual(
      new Set(["id-collision", "missing-parent"]),
    );
    for (const sql of contents) expect(await inSets.here.rows(sql)).toEqual(await single.here.rows(sql));
    const together = lines.flatMap((line) => {
      const [, table = "", count] = /(\w+): (\d+) new rows brought together/.exec(line) ?? [];
      return count === undefined ? [] : [[table, Number(count)]];
    });
    expect(together).toEqual([
      ["customers", 599],
      ["orders", expect.any(Number)],
      ["notes", expect.any(Number)],
      ["order_lines", expect.any(Number)],
    ]);
    // All but those that hang on somebody who is not there, or not the same.
    expect(Number(together[1]?.[1])).toBeGreaterThan(850);
    expect(Number(together[2]?.[1])).toBeGreaterThan(850);
    expect((await inSets.run(100)).inserted).toBe(0);
  });

  test("a parent that is about to be deleted there is waited for: its late orders go to nobody", async () => {
    const { standby, here, run } = await afterCutover();
    const leaving = await visitor(standby);
    await leaving.run("BEGIN");
    await leaving.run(
      `DELETE FROM order_lines WHERE order_id = 40; DELETE FROM orders WHERE id = 40; DELETE FROM customers WHERE id = 40`,
    );
    const running = run(100);
    const waits = async (): Promise<string> => {
      while ((await here.rows(lock)).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      return "waits";
    };
    expect(await Promise.race([waits(), running.then(() => "is through")])).toBe("waits");
    await leaving.run("COMMIT");
    const done = await running;
    expect(new Set(kinds(done).map((one) => JSON.stringify(one).replace(/\d+/g, "#")))).toEqual(
      new Set(
        ["notes", "orders"].map((table) => JSON.stringify(["missing-parent", stage.prefix + table, "#"])),
      ),
    );
    expect(done.verified).toBe(true);
    expect(await here.rows("SELECT id FROM orders WHERE customer_id = 40 OR gift_id = 40")).toEqual([]);
    const notes = "SELECT id FROM notes WHERE customer_no = '40' OR kind = 'Customer' AND subject = '40'";
    expect(await here.rows(notes)).toEqual([]);
  });
});
