/** Runs that commit part by part: what needs each other stays together, and a killed one is finished by the next. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { batches } from "../../../operations/data/batches";
import type { Candidate } from "../../../operations/data/candidate";
import type { ReconcileRequest } from "../../../operations/data/engine";
import { withPostgres } from "../../support/postgres";
import { query } from "./shop";
import { reconcile, synced, type Sides } from "./sides";

const server = withPostgres();
const root = path.resolve(__dirname, "../../..");

test("no row is in a part before one that it needs, and circles are never cut", () => {
  const graph = fc.integer({ min: 1, max: 12 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      needs: fc.array(fc.tuple(fc.nat(rows - 1), fc.nat(rows - 1)), { maxLength: 20 }),
      size: fc.integer({ min: 1, max: 5 }),
    }),
  );
  fc.assert(
    fc.property(graph, ({ rows, needs, size }) => {
      const candidates = Array.from({ length: rows }, (_, row): Candidate => ({
        table: "t",
        key: [String(row)],
        base: undefined,
        source: "s",
        target: undefined,
        references: needs
          .filter(([one]) => one === row)
          .map(([, other]) => ({
            foreignKey: "f",
            parent: { table: "t", key: [String(other)] },
            identifying: false,
            elsewhere: false,
          })),
        holders: [],
        dependents: [],
      }));
      const parts = batches(candidates, size, new Set());
      const partOf = new Map(
        parts.flatMap((part, at) => part.map((one) => [Number(one.key[0]), at] as const)),
      );
      expect(partOf.size).toBe(rows);
      for (const [one, other] of needs)
        expect(partOf.get(one) ?? 0).toBeGreaterThanOrEqual(partOf.get(other) ?? 0);
      const leads = (from: number, to: number, seen = new Set<number>()): boolean =>
        needs.some(([one, other]) => {
          if (one !== from || seen.has(other)) return false;
          seen.add(other);
          return other === to || leads(other, to, seen);
        });
      // A part is too large only for a circle: every two rows of its last addition need each other.
      for (const part of parts)
        if (part.length > size) {
          const [first] = part;
          for (const one of part.slice(1))
            expect(leads(Number(one.key[0]), Number(first?.key[0]))).toBe(true);
        }
    }),
  );
});

const schema = `
  CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL,
    referred_by int REFERENCES customers);
  CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, for_whom text NOT NULL);
  ALTER TABLE customers ADD favourite int REFERENCES orders;
  CREATE TABLE lines (order_id int REFERENCES orders, line int, what text, PRIMARY KEY (order_id, line));`;
const old =
  "INSERT INTO customers (email, name) SELECT 'old' || n, 'old ' || n FROM generate_series(1, 20) n;";
const sell = (side: string): string => `
  INSERT INTO customers (email, name) SELECT '${side}' || n, '${side} ' || n FROM generate_series(1, 30) n;
  INSERT INTO orders (customer_id, for_whom) SELECT id, name FROM customers WHERE name LIKE '${side} %' OR id <= 5;
  INSERT INTO lines SELECT id, line, for_whom FROM orders, generate_series(1, 3) line;
  UPDATE customers c SET favourite = o.id, referred_by = greatest(c.id - 1, 1) FROM orders o
    WHERE o.customer_id = c.id AND c.name LIKE '${side} %'`;
const world = `
  SELECT c.name, r.name AS by, f.for_whom AS likes, (SELECT json_agg(o.for_whom || (SELECT string_agg(what, ',')
      FROM lines l WHERE l.order_id = o.id) ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) AS orders
    FROM customers c LEFT JOIN customers r ON r.id = c.referred_by LEFT JOIN orders f ON f.id = c.favourite ORDER BY 1`;

/** After a tail with forgotten customers' ids and one customer registered on both sides. */
async function afterTail(): Promise<Sides> {
  const rule = { kind: "fixed", ids: 1000n } as const;
  const { primary, standby } = await synced({ server, query }, { schema, rows: old }, { rule });
  await query(standby, "SELECT setval('customers_id_seq', max(id)) FROM customers");
  await query(primary, `${sell("late")}; DELETE FROM customers WHERE id = 19`);
  await query(standby, `${sell("own")}; UPDATE customers SET email = 'late7' WHERE name = 'own 3'`);
  return { primary, standby };
}

const settle = { remap: ["public.customers"], merge: ["public.customers"] };
const run = ({ primary, standby }: Sides, more: Partial<ReconcileRequest> = {}) =>
  reconcile(primary, standby, more);

test("part by part it comes to the same as at once, conflicts included", async () => {
  const [parts, atOnce] = [await afterTail(), await afterTail()];
  for (const request of [{}, settle]) {
    const [some, all] = [await run(parts, { ...request, batch: 7 }), await run(atOnce, request)];
    for (const key of [
      "inserted",
      "updated",
      "deleted",
      "unchanged",
      "verified",
      "merged",
      "conflicts",
    ] as const)
      expect([key, some[key]]).toEqual([key, all[key]]);
    expect(some.remapped.map((one) => one.from).sort()).toEqual(all.remapped.map((one) => one.from).sort());
    expect(await query(parts.standby, world)).toEqual(await query(atOnce.standby, world));
  }
  const [ledger] = await query<{ runs: number }>(
    parts.standby,
    "SELECT count(*)::int AS runs FROM warm_standby.runs",
  );
  expect(ledger?.runs).toBeGreaterThan(20);
});

test("killed after whichever part, even in the middle of one, the next run goes on from there", async () => {
  const [killed, undisturbed] = [await afterTail(), await afterTail()];
  let committed = 0;
  for (const part of [1, 4]) {
    const words = ["--batch", "9", "--remap", "customers", "--merge", "customers"];
    const child = spawn(
      process.execPath,
      ["bin/standby.js", "reconcile", "--from", "env:SOURCE", "--to", "env:TARGET", ...words],
      {
        cwd: root,
        env: { ...process.env, SOURCE: killed.primary, TARGET: killed.standby },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    for await (const line of createInterface({ input: child.stderr })) {
      if (!line.startsWith(`part ${part} of`)) continue;
      child.kill("SIGKILL");
      break;
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    while (
      (
        await query(
          killed.standby,
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'standby%'",
        )
      ).length > 0
    )
      await new Promise((resolve) => setImmediate(resolve));
    const [ledger] = await query<{ runs: number }>(
      killed.standby,
      "SELECT count(*)::int AS runs FROM warm_standby.runs",
    );
    expect(ledger?.runs).toBeGreaterThanOrEqual(committed + part);
    committed = ledger?.runs ?? 0;
  }
  const last = await run(killed, { ...settle, batch: 9 });
  expect([last.conflicts, last.verified]).toEqual([[], true]);
  await run(undisturbed, settle);
  expect(await query(killed.standby, world)).toEqual(await query(undisturbed.standby, world));
  expect((await run(killed, settle)).inserted).toBe(0);
});
