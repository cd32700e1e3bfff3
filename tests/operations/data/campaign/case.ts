/** One case: a schema, what two sites do to it, and whether a real run does what the oracle says. */
import fc from "fast-check";
import type { Connection } from "../../../../operations/connection";
import {
  operations,
  type Progress,
  type ReconcileRequest,
  type ReconcileResult,
} from "../../../../operations/data/engine";
import { connection, quiet } from "../sides";
import { act, beginning, statementsOf, type Act } from "./history";
import { expectedOf, type Contents, type Expected } from "./oracle";
import type { Site } from "./sites";
import { definition, shapes, type Engine, type Shape } from "./shape";

const both = fc.array(fc.tuple(fc.boolean(), act), { minLength: 4, maxLength: 18, size: "max" });

/** `base`: on the primary before the sync; `legs`: what both sites do, then in which direction it is brought together. */
export const dayOf = fc.record({
  shapes,
  base: fc.array(act, { maxLength: 6 }),
  legs: fc.array(
    fc.record({
      acts: both,
      back: fc.boolean(),
      batch: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 1 }),
      dry: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
      // New rows are brought in sets, of however few there are.
      together: fc.integer({ min: 0, max: 2 }).map((one) => one > 0),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});
type Day = typeof dayOf extends fc.Arbitrary<infer T> ? T : never;

const nameOf = (row: { table: string; key: readonly string[] }): string =>
  `${row.table.replace(/^public\./, "")} ${row.key.join()}`;
const asObject = (all: Contents): unknown =>
  Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
const reported = (result: ReconcileResult): readonly string[] =>
  result.conflicts
    .map((one) => `${nameOf(one)} ${one.kind} holds ${one.held.map(nameOf).sort().join("; ")}`)
    .sort();

export interface Sites {
  readonly primary: Site;
  readonly standby: Site;
}

/**
 * @param tally how often each kind of conflict was met so far
 * @throws where the run and the oracle differ
 */
export async function play(
  engine: Engine,
  sites: Sites,
  day: Day,
  tally: Map<string, number>,
): Promise<void> {
  const { primary, standby } = sites;
  const text = definition(day.shapes, engine);
  await Promise.all([primary.begin(text), standby.begin(text)]);
  const doing = (acts: readonly Act[]): readonly string[] =>
    acts.flatMap((one) => statementsOf(day.shapes, one));
  let base = await primary.act(day.shapes, [...beginning(day.shapes), ...doing(day.base)]);
  const urls = [connection(primary.url), connection(standby.url)] as const;
  const rule = { kind: "fixed", ids: 1000n } as const;
  await operations.sync(...urls, { rule, dryRun: false, maxDeletes: undefined }, quiet);
  for (const [leg, { acts, back, batch: parts, dry, together }] of day.legs.entries()) {
    const [onPrimary, onStandby] = await Promise.all(
      [true, false].map((side) =>
        (side ? primary : standby).act(
          day.shapes,
          doing(acts.flatMap(([of, one]) => (of === side ? [one] : []))),
        ),
      ),
    );
    if (onPrimary === undefined || onStandby === undefined) throw new Error("a site is missing");
    const [source, target] = back ? [onStandby, onPrimary] : [onPrimary, onStandby];
    const [from, to] = back ? [urls[1], urls[0]] : urls;
    const expected = expectedOf(day.shapes, base, source, target);
    // All at once, then.
    const batch = together ? undefined : parts;
    const request = { dryRun: false, insertsOnly: false, batch, ...(together && { enough: 1 }) };
    const after = (): Promise<Contents> => (back ? primary : standby).act(day.shapes, []);
    const foreseen = dry ? await run(from, to, { ...request, dryRun: true }) : undefined;
    if (dry) expect(asObject(await after())).toEqual(asObject(target));
    let [brought, doubtful] = [0, 0];
    const done = await run(from, to, request, (line) => {
      const [, rows = 0, others = 0] = /(\d+) new rows brought together, (\d+)/.exec(line) ?? [];
      [brought, doubtful] = [brought + Number(rows), doubtful + Number(others)];
    });
    expect(asObject(await after())).toEqual(asObject(expected.target));
    judge(done, expected);
    const all = done.conflicts.flatMap(({ kind, held }) => [kind, ...held.map(() => "held")]);
    const count = (kind: string, more: number): unknown => tally.set(kind, (tally.get(kind) ?? 0) + more);
    for (const kind of all) count(kind, 1);
    count("rows shared", base.size);
    if (brought > 0) count("rows in sets", brought);
    if (doubtful > 0) count("rows doubtful", doubtful);
    count("rows brought", done.inserted + done.updated + done.deleted);
    if (foreseen !== undefined) {
      expect(reported(foreseen)).toEqual(reported(done));
      expect([foreseen.inserted, foreseen.updated, foreseen.deleted]).toEqual(expected.counts);
    }
    base = expected.base;
    // Before the last, the next finds what would be left.
    if (leg < day.legs.length - 1) continue;
    const again = await run(from, to, { ...request, batch: undefined });
    expect([again.inserted, again.updated, again.deleted]).toEqual([0, 0, 0]);
    expect(reported(again)).toEqual(reported(done));
    expect(asObject(await after())).toEqual(asObject(expected.target));
  }
}

const run = (
  from: Connection,
  to: Connection,
  request: ReconcileRequest,
  progress: Progress = quiet,
): Promise<ReconcileResult> => operations.reconcile(from, to, request, progress);

function judge(done: ReconcileResult, { refused, counts }: Expected): void {
  const conflicts = done.conflicts.map((one) => [nameOf(one), one.kind] as const);
  expect([...new Set(done.conflicts.flatMap((one) => [one, ...one.held].map(nameOf)))].sort()).toEqual(
    [...refused.keys()].sort(),
  );
  // A row with two troubles is reported with one of them.
  expect(conflicts.filter(([id, kind]) => refused.get(id)?.has(kind) !== true)).toEqual([]);
  expect([done.inserted, done.updated, done.deleted]).toEqual(counts);
  expect(done.verified).toBe(true);
}

export type { Day, Shape };
