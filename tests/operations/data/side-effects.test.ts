/** Triggers whose work would be done twice are named before anything is written. */
import type { Schema, Table, Trigger } from "../../../operations/data/model";
import { sideEffects } from "../../../operations/data/side-effects";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { reconcile, sync } from "./sides";

const server = withPostgres();

const table = (relation: string, triggers: readonly Trigger[] = []): Table => ({
  name: `public.${relation}`,
  schema: "public",
  relation,
  columns: [],
  key: ["id"],
  keyDeferrable: false,
  foreignKeys: [],
  uniqueKeys: [],
  triggers,
});

test.each([
  ["BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NEW; END", "public.audit"],
  ['begin insert into "public" . "audit" (id) values (new.id); end', "public.audit"],
  ["UPDATE stock SET left = left - 1; DELETE FROM Public.Audit", "public.audit, public.stock"],
  ["INSERT IGNORE INTO `audit` SELECT 1; REPLACE INTO stock VALUES (1)", "public.audit, public.stock"],
  ["UPDATE [stock] SET n = 1", "public.stock"],
])("what a trigger writes to is read from its text: %s", (body, named) => {
  const orders = table("orders", [{ name: "t", enabled: "O", events: ["insert"], body }]);
  const schema: Schema = { tables: [table("audit"), orders, table("stock")], generators: [], problems: [] };
  const step = { table: "public.orders", rows: [] };
  const [sentence, ...others] = sideEffects([{ kind: "insert", ...step }], schema);
  expect(sentence).toContain(`public.orders: its trigger t writes to ${named} for each row that is inserted`);
  expect(others).toEqual([]);
  expect(sideEffects([{ kind: "update", ...step }], schema)).toEqual([]);
});

test("a trigger that only minds its own row, or says so in a comment, is not named; one that calls others is", () => {
  const named = (body: string): readonly string[] => {
    const orders = table("orders", [{ name: "t", enabled: "O", events: ["insert", "update"], body }]);
    return sideEffects([{ kind: "insert", table: "public.orders", rows: [] }], {
      tables: [orders, table("audit")],
      generators: [],
      problems: [],
    });
  };
  expect(named("BEGIN NEW.changed = now(); RETURN NEW; END")).toEqual([]);
  expect(named("BEGIN -- once: INSERT INTO audit\n /* UPDATE audit */ RETURN NEW; END")).toEqual([]);
  expect(named("BEGIN PERFORM send_mail(NEW.id); RETURN NEW; END")[0]).toContain(
    "calls what cannot be looked into",
  );
});

test("on a real server: named by a dry run and before the first write, and only while it is enabled", async () => {
  const schema = `
    CREATE TABLE orders (id serial PRIMARY KEY, total int);
    CREATE TABLE audit (id serial PRIMARY KEY, order_id int);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit (order_id) VALUES (NEW.id); RETURN NULL; END';
    CREATE TRIGGER note AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION note();`;
  const [primary, standby] = [await server.database(), await server.database()];
  for (const url of [primary, standby]) await query(url, schema);
  await query(primary, "INSERT INTO orders (total) VALUES (1)");
  await sync(primary, standby, { rule: { kind: "fixed", ids: 100n } });
  await query(primary, "INSERT INTO orders (total) VALUES (2)");
  const lines: string[] = [];
  const run = (dryRun: boolean) => reconcile(primary, standby, { dryRun }, (line) => lines.push(line));
  const sentence = "public.orders: its trigger note writes to public.audit for each row that is inserted";
  const named = (warnings: readonly string[]) => warnings.filter((one) => one.includes("trigger"));
  expect(named((await run(true)).warnings)).toEqual([expect.stringContaining(sentence)]);
  expect(await query(standby, "SELECT FROM orders")).toHaveLength(1);
  const done = await run(false);
  expect([done.inserted, done.verified]).toEqual([2, true]);
  expect(lines.some((line) => line.startsWith(`about to be fired: ${sentence}`))).toBe(true);
  expect(await query(standby, "SELECT FROM audit WHERE order_id = 2")).toHaveLength(2);
  await query(standby, "ALTER TABLE orders DISABLE TRIGGER note");
  await query(primary, "INSERT INTO orders (total) VALUES (3)");
  expect(named((await run(false)).warnings)).toEqual([]);
  expect(await query(standby, "SELECT FROM audit WHERE order_id = 3")).toHaveLength(1);
});
