/** Over, back and over again, on random days, with every way to settle a conflict: nothing is lost, mixed up or asked twice. */
import fc from "fast-check";
import { operations, type ReconcileRequest, type ReconcileResult } from "../../../operations/data/engine";
import { describeServers } from "../../support/servers";
import { act, play, stages, start, type Stage, type Visitor } from "./days";
import { connection, quiet } from "./sides";

const tables = ["customers", "orders", "order_lines"];
const leg = fc.record({
  acts: fc.array(act, { maxLength: 8 }),
  remap: fc.subarray(["customers", "orders"]),
  merge: fc.subarray(["customers"]),
  take: fc.option(fc.constantFrom("source" as const, "target" as const), { nil: undefined, freq: 2 }),
});
const cycle = fc.record({
  legs: fc.array(leg, { minLength: 2, maxLength: 4 }),
  forgotten: fc.subarray(["customers", "orders"] as const),
});

/** Everything there is, by names instead of ids: equal on two sides that know the same of the world. */
const world = ({ lines }: Stage): string => `
  SELECT 'customer ' || c.born || ' ' || c.email || ' by ' || coalesce(r.born, '-') || ' likes ' ||
      coalesce(f.for_whom || f.total, '-') AS one FROM customers c
    LEFT JOIN customers r ON r.id = c.referred_by LEFT JOIN orders f ON f.id = c.favourite
  UNION ALL SELECT 'order of ' || c.born || ' for ' || o.for_whom || ' ' || o.total || ' ' ||
      coalesce((${lines} FROM order_lines l WHERE l.order_id = o.id), '-')
    FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY 1`;

const brief = (result: ReconcileResult): readonly unknown[] => [
  result.inserted,
  result.updated,
  result.deleted,
  result.remapped.length,
  result.merged.length,
];
const named = (result: ReconcileResult): readonly string[] =>
  result.conflicts.map((one) => `${one.kind} ${one.table} ${one.key.join()}`).sort();

/** Who was found to be whom, by the names they were born with. */
class People {
  private readonly same = new Map<string, string>();

  find(name: string): string {
    const next = this.same.get(name);
    return next === undefined ? name : this.find(next);
  }

  join(one: string, other: string): void {
    if (this.find(one) !== this.find(other)) this.same.set(this.find(one), this.find(other));
  }
}

describeServers("cycles", ({ engine, start: startServer }) => {
  const server = startServer();
  const stage = stages[engine];

  test("a whole cycle with remaps, merges and takes keeps every row and repeats no conflict", async () => {
    const urls = [await server.database(), await server.database()] as const;
    const [primary, standby] = [await stage.connect(urls[0]), await stage.connect(urls[1])];
    for (const visitor of [primary, standby]) await visitor.run(stage.schema);
    const sides = { primary: connection(urls[0]), standby: connection(urls[1]) };
    const clients = { primary, standby };
    const seen = async (visitor: Visitor): Promise<readonly (string | null | undefined)[]> =>
      (await visitor.rows(world(stage))).map((row) => row["one"]);
    try {
      await fc.assert(
        fc.asyncProperty(cycle, async ({ legs, forgotten }) => {
          for (const visitor of [primary, standby]) await visitor.run(stage.wipe);
          await primary.run(start);
          const rule = { kind: "fixed", ids: 1000n } as const;
          await operations.sync(
            sides.primary,
            sides.standby,
            { rule, dryRun: false, maxDeletes: undefined },
            quiet,
          );
          for (const table of forgotten) await standby.run(stage.forget(table));
          const people = new People();
          let merged = false;
          let over = true;
          for (const { acts, remap, merge, take } of legs) {
            const [from, to] = over ? (["primary", "standby"] as const) : (["standby", "primary"] as const);
            over = !over;
            for (const one of acts) await play(one.onPrimary ? primary : standby, one);
            const request: ReconcileRequest = {
              dryRun: false,
              insertsOnly: false,
              remap,
              merge,
              take: take === undefined ? [] : tables.map((row) => ({ side: take, row })),
            };
            const run = (dryRun = false) =>
              operations.reconcile(sides[from], sides[to], { ...request, dryRun }, quiet);
            const dry = await run(true);
            const done = await run();
            expect([brief(dry), named(dry)]).toEqual([brief(done), named(done)]);
            expect(done.verified).toBe(true);
            const look = async (source: Visitor, target: Visitor, result: ReconcileResult): Promise<void> => {
              const born = async (visitor: Visitor, id: string | undefined): Promise<string> =>
                (await visitor.rows(`SELECT born FROM customers WHERE id = ${id ?? "NULL"}`))[0]?.["born"] ??
                "";
              for (const one of result.merged)
                people.join(await born(source, one.from[0]), await born(target, one.to?.[0]));
              for (const client of [primary, standby]) {
                const rows = await client.rows(
                  "SELECT o.for_whom, c.born FROM orders o JOIN customers c ON c.id = o.customer_id",
                );
                for (const row of rows)
                  expect(people.find(row["for_whom"] ?? "")).toBe(people.find(row["born"] ?? ""));
              }
            };
            await look(clients[from], clients[to], done);
            const again = await run();
            expect([brief(again), named(again)]).toEqual([[0, 0, 0, 0, 0], named(done)]);

            const back = await operations.reconcile(sides[to], sides[from], request, quiet);
            await look(clients[to], clients[from], back);
            merged ||= done.merged.length + back.merged.length > 0;
            const settled = [done, back].every((one) => one.conflicts.length === 0);
            if (settled && !merged && take === undefined)
              expect(await seen(primary)).toEqual(await seen(standby));
            const once = await run();
            if (settled) expect([brief(once), named(once)]).toEqual([[0, 0, 0, 0, 0], []]);
          }
        }),
        { numRuns: engine === "postgres" ? 10 : 5 },
      );
    } finally {
      await primary.end();
      await standby.end();
    }
  }, 600_000);
});
