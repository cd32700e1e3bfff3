/** References that no foreign key declares, in whatever way they are kept: the same days come out alike. */
import fc from "fast-check";
import { operations, type ReconcileRequest, type ReconcileResult } from "../../../../operations/data/engine";
import type { ReferenceRule } from "../../../../operations/data/tables/file";
import { noRules } from "../../../../operations/data/tables/file";
import { describeServers } from "../../../support/servers";
import { connection, quiet } from "../sides";
import { dayOf, type Day, type Sites } from "./case";
import { beginning, statementsOf, type Act } from "./history";
import type { Contents } from "./oracle";
import { closePooled } from "./pooled";
import { definition, type Engine, type Link, type Shape } from "./shape";
import { openSite } from "./sites";

jest.mock("../../../../operations/data/engines", () => ({
  openDatabase: (...args: Parameters<typeof import("./pooled").openDatabase>) =>
    jest.requireActual<typeof import("./pooled")>("./pooled").openDatabase(...args),
}));

const long = process.env["CAMPAIGN"] !== undefined;
const cases = long ? { postgres: 1200, mysql: 400 } : { postgres: 40, mysql: 12 };
const seedOf = (): number => Number(process.env["SEED"] ?? (long ? Date.now() % 0x7fffffff : 20100519));
const lanes = 2;

/** How a reference to one number is kept: as a number, in a text, or in a text beside the name of the table. */
const ways = ["number", "text", "pointer"] as const;
type Way = (typeof ways)[number];

const isMeant = (link: Link): boolean => !link.identifying && link.parentColumns.join() === "id";

/** The schema without its foreign keys, but for those that are part of a key. */
function schemaOf(shapes: readonly Shape[], engine: Engine, way: Way): string {
  const bare = shapes.map((shape) => ({ ...shape, links: shape.links.filter((one) => one.identifying) }));
  const added = shapes.flatMap(({ name, links }) =>
    links
      .filter((one) => !one.identifying)
      .flatMap((link) => [
        ...link.columns.map((column, part) => {
          const isWord = link.parentColumns[part] === "code";
          const type = isWord || (isMeant(link) && way !== "number") ? "varchar(9)" : "int";
          return `ALTER TABLE ${name} ADD ${column} ${type};`;
        }),
        ...(isMeant(link) && way === "pointer"
          ? [`ALTER TABLE ${name} ADD ${link.name}_kind varchar(9) DEFAULT '${link.parent}';`]
          : []),
      ]),
  );
  return [definition(bare, engine), ...added].join("\n");
}

const rulesOf = (shapes: readonly Shape[], way: Way): readonly ReferenceRule[] =>
  shapes.flatMap(({ name, links }) =>
    links
      .filter((one) => !one.identifying)
      .map((link): ReferenceRule => {
        const [from = "", ...others] = link.columns.map((column) => `${name}.${column}`);
        if (others.length > 0) return { from: [from, ...others], to: link.parent };
        return isMeant(link) && way === "pointer"
          ? { from, type: `${link.name}_kind`, to: { [link.parent]: link.parent } }
          : { from, to: link.parent };
      }),
  );

/** Everything there is, but for the names of tables that only one way has. */
const contentsOf = (all: Contents): unknown =>
  [...all]
    .map(([id, row]) => [id, Object.entries(row).filter(([column]) => !column.endsWith("_kind"))] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** How often each came about, over all days. */
const tally = new Map<string, number>();
const count = (what: string, more: number): void => {
  if (more > 0) tally.set(what, (tally.get(what) ?? 0) + more);
};

const outcomeOf = (result: ReconcileResult): unknown => [
  [result.inserted, result.updated, result.deleted, result.verified],
  result.remapped.map((one) => JSON.stringify(one)).sort(),
  result.conflicts
    .map((one) =>
      JSON.stringify([one.kind, one.table, one.key, one.held.map((row) => JSON.stringify(row)).sort()]),
    )
    .sort(),
];

const dayWithRemaps = fc.tuple(dayOf, fc.boolean());

/** @returns what each run came to, and what was where after it */
async function play(
  engine: Engine,
  sites: Sites,
  day: Day,
  remap: readonly string[],
  way: Way,
): Promise<unknown> {
  const { primary, standby } = sites;
  const { shapes } = day;
  const text = schemaOf(shapes, engine, way);
  await Promise.all([primary.begin(text), standby.begin(text)]);
  const doing = (acts: readonly Act[]): readonly string[] => acts.flatMap((one) => statementsOf(shapes, one));
  await primary.act(shapes, [...beginning(shapes), ...doing(day.base)]);
  const urls = [connection(primary.url), connection(standby.url)] as const;
  const tables = { rules: { ...noRules, references: [...rulesOf(shapes, way)] }, file: "f" };
  const rule = { kind: "fixed", ids: 1000n } as const;
  await operations.sync(...urls, { rule, dryRun: false, maxDeletes: undefined, tables }, quiet);
  const seen: unknown[] = [];
  for (const { acts, back, together } of day.legs) {
    const of = (onPrimary: boolean): readonly string[] =>
      doing(acts.flatMap(([side, one]) => (side === onPrimary ? [one] : [])));
    await Promise.all([primary.act(shapes, of(true)), standby.act(shapes, of(false))]);
    const [from, to] = back ? [urls[1], urls[0]] : urls;
    const request: ReconcileRequest = {
      dryRun: false,
      insertsOnly: false,
      remap,
      tables,
      ...(together && { enough: 1 }),
    };
    for (let round = 0; round < 2; round++) {
      const done = await operations.reconcile(from, to, request, quiet);
      count("rows brought", done.inserted + done.updated + done.deleted);
      count("rows remapped", done.remapped.length);
      for (const { kind, held } of done.conflicts) {
        if (kind === "missing-parent") count(kind, 1);
        count("held", held.length);
      }
      seen.push(outcomeOf(done), contentsOf(await (back ? primary : standby).act(shapes, [])));
    }
  }
  return seen;
}

describeServers("references that no foreign key declares", ({ engine, start }) => {
  const server = start();

  test("are the same kept as a number, in a text, or in a text beside the name of the table", async () => {
    const wanted = Number(process.env["CASES"] ?? cases[engine]);
    const seed = seedOf();
    tally.clear();
    const lane = async (number: number): Promise<void> => {
      const sites = {
        primary: await openSite[engine](await server.database()),
        standby: await openSite[engine](await server.database()),
      };
      try {
        await fc.assert(
          fc.asyncProperty(dayWithRemaps, async ([day, isRemapped]) => {
            const drawn = day.shapes.filter(({ kind }) => isRemapped && kind === "identity");
            const remap = drawn.map(({ name }) => name);
            const outcomes: unknown[] = [];
            for (const way of ways) outcomes.push(await play(engine, sites, day, remap, way));
            expect(outcomes[1]).toEqual(outcomes[0]);
            expect(outcomes[2]).toEqual(outcomes[0]);
          }),
          { numRuns: Math.ceil(wanted / lanes), seed: seed + number, endOnFailure: !long },
        );
      } finally {
        await sites.primary.end();
        await sites.standby.end();
      }
    };
    try {
      const ends = await Promise.allSettled(Array.from({ length: lanes }, (_, at) => lane(at)));
      for (const one of ends) if (one.status === "rejected") throw one.reason;
      if (long)
        process.stderr.write(`${engine}: ${JSON.stringify(Object.fromEntries(tally))} (seed ${seed})\n`);
      // So many days meet all of it.
      if (wanted >= (long ? 400 : 40))
        expect([...tally.keys()]).toEqual(expect.arrayContaining(["held", "rows brought", "rows remapped"]));
    } finally {
      await closePooled();
    }
  }, 3_600_000);
});
