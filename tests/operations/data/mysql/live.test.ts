/** Reconcile on a live MariaDB, beside another run, in a deadlock, and killed in the middle. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createConnection, type Connection } from "mysql2/promise";
import { withDatabase } from "../../../../operations/data/runs/with-database";
import { mariadbOrSkip, withMariadb } from "../../../support/mariadb";
import { contents, query, rows, schema } from "./shop";
import { connection, reconcile, synced } from "../sides";

const root = path.resolve(__dirname, "../../../..");

const stragglers = `
  INSERT INTO customers (id, email, name) WITH RECURSIVE s AS (SELECT 100 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 299)
    SELECT n, CONCAT('late', n, '@blanklabel.example'), CONCAT('Late ', n) FROM s;
  INSERT INTO orders (customer_id, total, placed) SELECT c.id, n, '2010-05-20' FROM customers c, (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3) n
    WHERE c.name LIKE 'Late%' ORDER BY 1, 2;
  INSERT INTO order_lines SELECT id, 1, NULL, 2, NULL FROM orders WHERE id > 600;
  UPDATE orders SET total = total + 1000 WHERE id < 201`;

const visit = (url: string): Promise<Connection> =>
  createConnection({ uri: url.replace(/\?.*/, ""), multipleStatements: true });

mariadbOrSkip()("a live MariaDB", () => {
  const server = withMariadb();
  const afterCutover = () =>
    synced({ server, query }, { schema, rows }, { rule: { kind: "fixed", ids: 100000n } });

  const somebodyWaits = async (): Promise<void> => {
    while ((await server.waiting()) === 0) await delay(10);
  };

  test("visitors go on writing to the target while rows come in: nothing of theirs is lost or overwritten", async () => {
    const { primary, standby } = await afterCutover();
    await query(primary, stragglers);
    const client = await visit(standby);
    const visiting = { goesOn: true };
    let placed = 0;
    const changed = new Set<number>();
    const visitors = (async () => {
      while (visiting.goesOn) {
        await client.query("INSERT INTO orders (customer_id, total) VALUES (1, -1)");
        placed++;
        const id = 101 + (placed % 60);
        await client.query(`UPDATE orders SET state = 'cancelled' WHERE id = ${String(id)}`);
        changed.add(id);
      }
    })();
    const done = await reconcile(primary, standby);
    visiting.goesOn = false;
    await visitors;
    await client.end();
    expect(done.inserted).toBe(200 + 600 + 600);
    expect(await query(standby, "SELECT COUNT(*) AS n FROM orders WHERE total = -1")).toEqual([
      { n: placed },
    ]);
    // A visitor's change stands whether it came before the run (a conflict) or after it; a row may hold both.
    const cancelled = await query(standby, "SELECT id FROM orders WHERE state = 'cancelled'");
    const kept = new Set(cancelled.map((row) => Number(row["id"])));
    expect(done.conflicts.every((one) => one.kind === "changed-both")).toBe(true);
    for (const one of done.conflicts) expect(kept.has(Number(one.key[0]))).toBe(true);
    expect(done.conflicts.length + done.updated).toBe(100);
    expect([...kept].every((id) => changed.has(id))).toBe(true);
  });

  test("a row locked by a visitor is decided on as the visitor leaves it", async () => {
    const { primary, standby } = await afterCutover();
    await query(primary, "UPDATE orders SET total = 1000 WHERE id = 101");
    const client = await visit(standby);
    await client.beginTransaction();
    await client.query("UPDATE orders SET state = 'paid' WHERE id = 101");
    const pending = reconcile(primary, standby);
    await somebodyWaits();
    await client.commit();
    await client.end();
    const done = await pending;
    expect(done.conflicts.map((one) => [one.kind, one.columns])).toEqual([
      ["changed-both", ["state", "total"]],
    ]);
    expect(await query(standby, "SELECT state, total FROM orders WHERE id = 101")).toEqual([
      { state: "paid", total: "1.00" },
    ]);
  });

  test("a deadlock with a visitor is the run's to give way to, and it goes on", async () => {
    const { primary, standby } = await afterCutover();
    await query(primary, "UPDATE orders SET total = 1000 WHERE id IN (101, 102)");
    const client = await visit(standby);
    await client.beginTransaction();
    await client.query("UPDATE orders SET state = 'paid' WHERE id > 101");
    const lines: string[] = [];
    const pending = reconcile(primary, standby, {}, (line) => lines.push(line));
    await somebodyWaits();
    await client.query("UPDATE orders SET state = 'paid' WHERE id = 101");
    await client.query("UPDATE orders SET state = 'open'");
    await client.commit();
    await client.end();
    const done = await pending;
    expect(lines).toContainEqual(
      expect.stringMatching(/the target was busy \(Deadlock found.*\); once more/),
    );
    expect([done.updated, done.conflicts]).toEqual([2, []]);
    expect(await contents(standby)).toBe(await contents(primary));
  });

  test("what a run held is free once it is over: the next one is not turned away", async () => {
    const to = connection(await server.database());
    await withDatabase(to, "test", async (waiting) => {
      for (let run = 0; run < 50; run++) {
        await withDatabase(to, "test", async (database) => {
          expect(await database.tryLock("warm-standby")).toBe(true);
        });
        expect([run, await waiting.tryLock("warm-standby")]).toEqual([run, true]);
        await waiting.unlock("warm-standby");
      }
    });
  });

  test("two runs at once: the second is turned away", async () => {
    const { primary, standby } = await afterCutover();
    await withDatabase(connection(standby), "test", async (database) => {
      expect(await database.tryLock("warm-standby")).toBe(true);
      await expect(reconcile(primary, standby)).rejects.toThrow("another sync or reconcile is at work");
    });
    expect(await reconcile(primary, standby)).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
  });

  test("killed in the middle, it leaves nothing half done, and the next run ends as an undisturbed one", async () => {
    const [killed, undisturbed] = [await afterCutover(), await afterCutover()];
    for (const { primary } of [killed, undisturbed]) await query(primary, stragglers);
    const before = await contents(killed.standby);
    // A row in the way of the last table's stops the run after customers and orders are written.
    const visitor = await visit(killed.standby);
    await visitor.beginTransaction();
    await visitor.query("INSERT INTO orders (id, customer_id) VALUES (1000, 1)");
    const child = spawn(
      process.execPath,
      ["bin/standby.js", "reconcile", "--from", "env:SOURCE", "--to", "env:TARGET"],
      { cwd: root, env: { ...process.env, SOURCE: killed.primary, TARGET: killed.standby }, stdio: "ignore" },
    );
    while ((await server.waiting()) === 0) {
      if (child.exitCode !== null) throw new Error(`the run ended by itself with ${String(child.exitCode)}`);
      await delay(10);
    }
    child.kill("SIGKILL");
    await once(child, "exit");
    await visitor.rollback();
    await visitor.end();
    expect(await contents(killed.standby)).toBe(before);
    const last = await reconcile(killed.primary, killed.standby);
    expect(last.inserted).toBe(1400);
    await reconcile(undisturbed.primary, undisturbed.standby);
    expect(await contents(killed.standby)).toBe(await contents(undisturbed.standby));
    expect((await reconcile(killed.primary, killed.standby)).inserted).toBe(0);
  });

  test("a connection that is cut ends the run with nothing written, and it is safe to run again", async () => {
    const { primary, standby } = await afterCutover();
    await query(primary, "UPDATE orders SET total = 1000 WHERE id IN (101, 102)");
    const before = await contents(standby);
    const client = await visit(standby);
    client.on("error", () => undefined);
    await client.beginTransaction();
    await client.query("UPDATE orders SET state = 'paid' WHERE id = 102");
    const pending = reconcile(primary, standby).catch((error: unknown) => error);
    await somebodyWaits();
    await server.cutAll();
    expect(await pending).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /127\.0\.0\.1:\d+\/test_\d+: the connection was cut; safe to run again/,
      ) as string,
    });
    client.destroy();
    expect(await contents(standby)).toBe(before);
    expect(await reconcile(primary, standby)).toMatchObject({ updated: 2, conflicts: [] });
  });

  test("cut between the rows and the base on a failback, the next run completes the base", async () => {
    const { primary, standby } = await afterCutover();
    await query(standby, "INSERT INTO orders (customer_id, total) VALUES (2, 22)");
    await reconcile(standby, primary);
    // As if the standby had been lost from sight right after the primary's commit.
    const [order] = await query(standby, "SELECT MAX(id) AS id FROM orders");
    const id = String(order?.["id"]);
    await query(
      standby,
      `DELETE FROM warm_standby_followed; DELETE r FROM warm_standby_base_rows r JOIN warm_standby_base_tables t
         ON t.id = r.table_id AND t.table_name = 'orders' WHERE r.number = ${id}`,
    );
    // The primary then changes the row it was brought: its own change, to be kept.
    await query(primary, `UPDATE orders SET total = 23 WHERE id = ${id}`);
    const again = await reconcile(standby, primary);
    expect([again.inserted, again.updated, again.conflicts.length]).toEqual([0, 0, 0]);
    expect(await query(primary, `SELECT total FROM orders WHERE id = ${id}`)).toEqual([{ total: "23.00" }]);
  });
});
