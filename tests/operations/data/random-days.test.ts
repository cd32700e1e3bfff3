/** Random days on two sites, with and without offsets, reconciled on a real server and judged by a plain oracle. */
import fc from "fast-check";
import type { ReconcileResult } from "../../../operations/data/engine";
import { operations } from "../../../operations/data/engine";
import { describeServers } from "../../support/servers";
import { contents, day, play, stages, start } from "./days";
import { expectedOf, type Contents } from "./oracle";
import { connection, quiet } from "./sides";

const nameOf = (row: { table: string; key: readonly string[] }): string =>
  `${row.table.replace(/^public\./, "").replace("order_", "")} ${row.key.join()}`;
const sorted = (names: Iterable<string>): readonly string[] => [...names].sort();
const kindsOf = (result: ReconcileResult): readonly string[] =>
  sorted(result.conflicts.map((one) => `${nameOf(one)} ${one.kind}`));
const asObject = (all: Contents): unknown =>
  Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));

describeServers("random days", ({ engine, start: startServer }) => {
  const server = startServer();
  const stage = stages[engine];

  test("whatever two sites did: what the table says happens, and no order is ever somebody else's", async () => {
    const urls = [await server.database(), await server.database()] as const;
    const [primary, standby] = [await stage.connect(urls[0]), await stage.connect(urls[1])];
    for (const visitor of [primary, standby]) await visitor.run(stage.schema);
    const [from, to] = [connection(urls[0]), connection(urls[1])];
    const reconcile = (dryRun: boolean) =>
      operations.reconcile(from, to, { dryRun, insertsOnly: false }, quiet);
    try {
      await fc.assert(
        fc.asyncProperty(day, async ({ before, tail, forgotten }) => {
          for (const visitor of [primary, standby]) await visitor.run(stage.wipe);
          await primary.run(start);
          for (const one of before) await play(primary, one);
          const rule = { kind: "fixed", ids: 1000n } as const;
          await operations.sync(from, to, { rule, dryRun: false, maxDeletes: undefined }, quiet);
          const base = await contents(standby);
          for (const table of forgotten) await standby.run(stage.forget(table));
          for (const one of tail) await play(one.onPrimary ? primary : standby, one);
          const [source, target] = [await contents(primary), await contents(standby)];

          const expected = expectedOf(base, source, target);
          const dry = await reconcile(true);
          expect(asObject(await contents(standby))).toEqual(asObject(target));
          const done = await reconcile(false);
          const after = await contents(standby);
          expect(asObject(after)).toEqual(asObject(expected.target));
          expect([done.inserted, done.updated, done.deleted]).toEqual(expected.counts);
          expect(sorted(new Set(done.conflicts.flatMap((one) => [one, ...one.held].map(nameOf))))).toEqual(
            sorted(expected.refused),
          );
          for (const one of done.conflicts) {
            const allowed = expected.kinds.get(nameOf(one)) ?? [];
            // A row with two troubles is reported with one of them.
            if (allowed.length > 0 && !["unique", "missing-parent"].includes(one.kind))
              expect(allowed).toContain(one.kind);
          }
          expect(done.verified).toBe(true);
          const wrong = await standby.rows(
            "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.for_whom <> c.born",
          );
          expect(wrong).toEqual([]);
          expect([dry.inserted, dry.updated, dry.deleted, kindsOf(dry)]).toEqual([
            ...expected.counts,
            kindsOf(done),
          ]);

          const again = await reconcile(false);
          expect([again.inserted, again.updated, again.deleted]).toEqual([0, 0, 0]);
          expect(kindsOf(again)).toEqual(kindsOf(done));
          expect(asObject(await contents(standby))).toEqual(asObject(after));
        }),
        // Days on MariaDB take twice as long.
        { numRuns: engine === "postgres" ? 60 : 20 },
      );
    } finally {
      await primary.end();
      await standby.end();
    }
  }, 200_000);
});
