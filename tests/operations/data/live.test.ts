/** Reconcile on a live target, beside another run, and killed in the middle. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { Client } from "pg";
import { withPostgres } from "../../support/postgres";
import { contents, query, rows, schema } from "./shop";
import { reconcile, synced } from "./sides";

const server = withPostgres();
const afterCutover = () =>
  synced({ server, query }, { schema, rows }, { rule: { kind: "fixed", ids: 100000n } });
const root = path.resolve(__dirname, "../../..");

const stragglers = `
  INSERT INTO customers (email, name) SELECT 'late' || n || '@blanklabel.example', 'Late ' || n FROM generate_series(1, 200) n;
  INSERT INTO orders (customer_id, total) SELECT c.id, n FROM customers c, generate_series(1, 3) n WHERE c.name LIKE 'Late%';
  INSERT INTO order_lines SELECT id, 1, NULL, 2 FROM orders WHERE id > 699;
  UPDATE orders SET total = total + 1000 WHERE id < 300`;

test("visitors go on writing to the target while rows come in: nothing of theirs is lost or overwritten", async () => {
  const { primary, standby } = await afterCutover();
  await query(primary, stragglers);
  const client = new Client({ connectionString: standby });
  await client.connect();
  const visiting = { goesOn: true };
  let placed = 0;
  const changed = new Set<number>();
  const visitors = (async () => {
    while (visiting.goesOn) {
      await client.query("INSERT INTO orders (customer_id, total) VALUES (1, -1)");
      placed++;
      const id = 101 + 2 * (placed % 60);
      await client.query("UPDATE orders SET state = 'cancelled' WHERE id = $1", [id]);
      changed.add(id);
    }
  })();
  const done = await reconcile(primary, standby);
  visiting.goesOn = false;
  await visitors;
  await client.end();
  expect(done.inserted).toBe(200 + 600 + 600);
  const count = async (sql: string): Promise<number> => Number((await query(standby, sql))[0]?.["count"]);
  expect(await count("SELECT count(*) FROM orders WHERE total = -1")).toBe(placed);
  // A visitor's change stands whether it came before the run (a conflict) or after it; a row may hold both.
  const cancelled = await query(standby, "SELECT id::int FROM orders WHERE state = 'cancelled'");
  const conflicts = new Set(done.conflicts.map((one) => Number(one.key[0])));
  expect(done.conflicts.every((one) => one.kind === "changed-both")).toBe(true);
  const kept = new Set(cancelled.map((row) => Number(row["id"])));
  for (const id of conflicts) expect(kept.has(id)).toBe(true);
  expect(conflicts.size + done.updated).toBe(100);
  expect([...kept].every((id) => changed.has(id))).toBe(true);
});

test("a row locked by a visitor is decided on as the visitor leaves it", async () => {
  const { primary, standby } = await afterCutover();
  await query(primary, "UPDATE orders SET total = 1000 WHERE id = 101");
  const client = new Client({ connectionString: standby });
  await client.connect();
  await client.query("BEGIN");
  await client.query("UPDATE orders SET state = 'paid' WHERE id = 101");
  const pending = reconcile(primary, standby);
  for (;;) {
    const waiting = await query(
      standby,
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (waiting.length > 0) break;
  }
  await client.query("COMMIT");
  await client.end();
  const done = await pending;
  expect(done.conflicts.map((one) => [one.kind, one.columns])).toEqual([
    ["changed-both", ["state", "total"]],
  ]);
  expect(await query(standby, "SELECT state, total::int FROM orders WHERE id = 101")).toEqual([
    { state: "paid", total: 1 },
  ]);
});

test("two runs at once: the second is turned away, in whichever direction, and the first goes on", async () => {
  const { primary, standby } = await afterCutover();
  await query(primary, stragglers);
  const visitor = new Client({ connectionString: standby });
  await visitor.connect();
  await visitor.query("BEGIN; LOCK TABLE order_lines IN SHARE MODE");
  const first = reconcile(primary, standby);
  for (;;) {
    const waiting = await query(
      standby,
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (waiting.length > 0) break;
  }
  for (const [from, to] of [
    [primary, standby],
    [standby, primary],
  ] as const)
    await expect(reconcile(from, to)).rejects.toThrow("another sync or reconcile is at work");
  await visitor.query("ROLLBACK");
  await visitor.end();
  expect((await first).inserted).toBe(200 + 600 + 600);
  expect((await reconcile(primary, standby)).inserted).toBe(0);
});

test("killed in the middle, it leaves nothing half done, and the next run ends as an undisturbed one", async () => {
  const [killed, undisturbed] = [await afterCutover(), await afterCutover()];
  for (const { primary } of [killed, undisturbed]) await query(primary, stragglers);
  const before = await contents(killed.standby);
  // A lock against writes to order_lines stops the run after customers and orders are written.
  const visitor = new Client({ connectionString: killed.standby });
  await visitor.connect();
  await visitor.query("BEGIN");
  await visitor.query("LOCK TABLE order_lines IN SHARE MODE");
  const child = spawn(
    process.execPath,
    ["bin/standby.js", "reconcile", "--from", "env:SOURCE", "--to", "env:TARGET"],
    { cwd: root, env: { ...process.env, SOURCE: killed.primary, TARGET: killed.standby }, stdio: "ignore" },
  );
  for (;;) {
    const waiting = await query(
      killed.standby,
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'standby reconcile'
         AND wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) break;
    if (child.exitCode !== null) throw new Error(`the run ended by itself with ${child.exitCode}`);
  }
  child.kill("SIGKILL");
  await once(child, "exit");
  await visitor.query("ROLLBACK");
  await visitor.end();
  expect(await contents(killed.standby)).toBe(before);
  await until(() =>
    query(
      killed.standby,
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'standby%'",
    ),
  );
  await reconcile(killed.primary, killed.standby);
  await reconcile(undisturbed.primary, undisturbed.standby);
  const ignoringTime = (text: string): string => text.replaceAll(/"[0-9-]+ [0-9:.]+\+\d\d"/g, "T");
  expect(ignoringTime(await contents(killed.standby))).toBe(
    ignoringTime(await contents(undisturbed.standby)),
  );
  expect((await reconcile(killed.primary, killed.standby)).inserted).toBe(0);
});

test("cut between the rows and the base on a failback, the next run completes the base", async () => {
  const { primary, standby } = await afterCutover();
  await query(standby, "INSERT INTO orders (customer_id, total) VALUES (2, 22)");
  await reconcile(standby, primary);
  // As if the standby had been lost from sight right after the primary's commit.
  await query(standby, "DELETE FROM warm_standby.followed");
  const id = (await query(standby, "SELECT max(id) AS id FROM orders"))[0]?.["id"];
  const [table] = await query(
    standby,
    "SELECT id FROM warm_standby.base_tables WHERE table_name = 'public.orders'",
  );
  await query(standby, `DELETE FROM warm_standby.base_${String(table?.["id"])} WHERE k1 = ${String(id)}`);
  // The primary then changes the row it was brought: its own change, to be kept.
  await query(primary, `UPDATE orders SET total = 23 WHERE id = ${String(id)}`);
  const again = await reconcile(standby, primary);
  expect([again.inserted, again.updated, again.conflicts.length]).toEqual([0, 0, 0]);
  expect(await query(primary, `SELECT total::int FROM orders WHERE id = ${String(id)}`)).toEqual([
    { total: 23 },
  ]);
});

async function until(look: () => Promise<unknown[]>): Promise<void> {
  while ((await look()).length > 0) await new Promise((resolve) => setImmediate(resolve));
}
