/** How the tables of a run are treated: what the file says, what was recorded with the base, and what they show. */
import { refusal, usage } from "../../fault";
import type { ShownTreatment } from "../engine";
import type { GeneratorPlan } from "../identities";
import type { Generator, Schema, Table, TableName } from "../model";
import type { Base, Database } from "../port";
import { noRules, type TableRules } from "../tables/file";
import { identifying, withIntent } from "../tables/intent";
import { withTies, type ShownNumber } from "../tables/numbers";
import { recordedOf, recordedText, type Recorded } from "../tables/recorded";
import { withReferences } from "../tables/resolve";
import { ignoredBy, scopeOf, withUncounted, within, type LeftOut } from "../tables/scope";
import type { ShownReference } from "../tables/shown";
import { Evidence } from "./evidence";
import { NumberSearch } from "./find-numbers";
import { findReferences } from "./find-references";
import { isShutOut, lackingOf, refuseLacking, type Lacking } from "./rights";
import type { Sides } from "./sides";

export type Purpose = "sync" | "reconcile" | "identities";

/** The rules of a file, with its name for messages. */
export interface GivenRules {
  readonly rules: TableRules;
  readonly file: string;
}

export interface Treatment {
  readonly rules: TableRules;
  readonly leftOut: readonly LeftOut[];
  /** Those of them whose rows may hang on rows that take part. */
  readonly outsiders: readonly Table[];
  readonly references: readonly ShownReference[];
  readonly numbers: readonly ShownNumber[];
  readonly notes: readonly string[];
  /** Columns that do not count from the next sync on, by table. */
  readonly uncounted: ReadonlyMap<TableName, readonly string[]>;
  /** Tables in which these are others than the base has them, or whose digests were made by an earlier version. */
  readonly recount: readonly TableName[];
}

export interface Treated {
  readonly treatment: Treatment;
  readonly schema: Schema;
  readonly targetSchema: Schema;
  /** Which side holds a base, where one does. */
  readonly baseOn: "source" | "target" | undefined;
}

/** How the base's own tables were treated, by whichever side holds it. */
async function recordedTreatment(
  source: Database,
  target: Database,
): Promise<{
  readonly recorded: Recorded | undefined;
  readonly base: Base | undefined;
  readonly baseOn: Treated["baseOn"];
}> {
  const sides = { target, source };
  for (const baseOn of ["target", "source"] as const) {
    const { store } = sides[baseOn];
    const base = await store.base();
    if (base === undefined) continue;
    const text = await store.treatment?.();
    return { base, baseOn, recorded: text === undefined ? undefined : recordedOf(text) };
  }
  return { base: undefined, baseOn: undefined, recorded: undefined };
}

/**
 * @param given undefined: as recorded with the base, else the defaults
 * @param purpose which run this is: a reconcile looks at no more values than it must
 * @param lacking what the users lack; what is about tables that take no part matters to nobody
 * @throws Fault (2) naming everything in the file that fits no table, (1) where rows could not be written, (3) naming
 *   every right that is missing
 */
export async function treat(
  source: Database,
  target: Database,
  schema: Schema,
  targetSchema: Schema,
  given: GivenRules | undefined,
  purpose: Purpose,
  lacking: readonly Lacking[],
): Promise<Treated> {
  // Where not even what was recorded can be read, the run ends below.
  const { recorded, base, baseOn } = isShutOut(lacking)
    ? { recorded: undefined, base: undefined, baseOn: undefined }
    : await recordedTreatment(source, target);
  const rules = given?.rules ?? recorded?.rules ?? noRules;
  const scope = scopeOf(schema, rules);
  const own = new Set(schema.tables.map((table) => table.name));
  const targetOnly = scopeOf(targetSchema, rules).leftOut.filter(({ table }) => !own.has(table));
  const leftOut = [...scope.leftOut, ...targetOnly];
  const out = new Set(leftOut.map((one) => one.table));
  // The base follows what is brought, on whichever side it lies.
  const holds = baseOn === "source" && purpose === "reconcile";
  refuseLacking(
    [...lacking, ...(holds ? [await lackingOf(source, { tables: [], generators: [] }, "write")] : [])],
    out,
  );
  const inScope = within(schema, out);
  const ignored = ignoredBy(inScope, rules);
  const evidence = new Evidence(source, inScope);
  const found = await findReferences(inScope, rules, evidence);
  const referring = new Set(
    found.references
      .filter(({ status }) => status !== "denied")
      .flatMap((reference) => reference.columns ?? [reference.from]),
  );
  const counting = await new NumberSearch(inScope, evidence, referring, recorded).find(
    rules,
    purpose !== "reconcile" || recorded === undefined,
  );
  const identities = identifying(inScope, rules.unique);
  const faults = [
    ...scope.faults,
    ...ignored.faults,
    ...found.faults,
    ...counting.faults,
    ...identities.faults,
  ];
  if (faults.length > 0)
    throw usage(
      `${given?.file ?? "what was recorded of standby.tables.yaml"} does not fit ${source.label}:\n` +
        faults.map((fault) => `  ${fault}`).join("\n"),
    );
  if (inScope.tables.length === 0) throw refusal(`${source.label} has no tables that take part`);

  const uncounted = merged(ignored.columns, counting.uncounted);
  const counted = countedBy(inScope, uncounted, recorded, base);
  // A counter that still counts in comparisons would look like a change of the standby's own, once raised.
  const isReady = ({ row }: Generator): boolean =>
    row !== undefined &&
    (counted.now.get(row.table.name)?.includes(row.column) === true ||
      (purpose === "sync" && counted.differing.includes(row.table.name)));
  const counters = counting.counters.filter((one) => isReady(one));
  const apply = (one: Schema, database: Database): Schema => {
    const own = withUncounted(withTies(withFormulas(within(one, out), base), counting.ties), counted.now);
    // Sync copies what the source has, twice or not.
    const quoted = (column: string): string => database.quoted?.(column) ?? JSON.stringify(column);
    const whole =
      purpose === "sync"
        ? own
        : withIntent(
            withIntent(own, "number", counting.unique, quoted),
            "identity",
            identities.columns,
            quoted,
          );
    const other = one === schema ? targetSchema : schema;
    return withReferences(withCounters(withEngines(whole, other), counters, counting.left), found.keys);
  };
  return {
    schema: apply(schema, source),
    targetSchema: apply(targetSchema, target),
    baseOn,
    treatment: {
      rules,
      leftOut,
      outsiders: targetSchema.tables.filter((table) => out.has(table.name) && table.key.length > 0),
      references: found.references,
      numbers: counting.numbers,
      uncounted,
      recount: [...new Set([...counted.differing, ...ofEarlierVersion(inScope, base)])],
      notes: [
        ...scope.notes,
        ...ignored.notes,
        ...found.notes,
        ...counting.notes,
        ...engineNotes([schema, targetSchema], out),
        ...scopeNotes(leftOut, recorded, base, own),
        ...counted.differing.map(
          (table) =>
            `${table}: other columns count in comparisons than at the sync of ${base?.at ?? "?"} (ignoreColumns, counters); ` +
            "what was recorded then holds until the next sync, which takes the change over",
        ),
      ],
    },
  };
}

/** Tables of which an earlier version recorded the base. The next sync records them anew. */
const ofEarlierVersion = (schema: Schema, base: Base | undefined): readonly TableName[] =>
  schema.tables.filter(({ name }) => base?.tables.get(name)?.digestAsText === true).map(({ name }) => name);

/** Digests are made as those of the base were. */
function withFormulas(schema: Schema, base: Base | undefined): Schema {
  const earlier = new Set(ofEarlierVersion(schema, base));
  if (earlier.size === 0) return schema;
  return {
    ...schema,
    tables: schema.tables.map((table) =>
      earlier.has(table.name) ? { ...table, digestAsText: true } : table,
    ),
  };
}

/** A table that one side writes without transactions cannot be trusted to be undone or to hold still on either. */
function withEngines(schema: Schema, other: Schema): Schema {
  const others = new Map(other.tables.map((table) => [table.name, table.withoutTransactions]));
  return {
    ...schema,
    tables: schema.tables.map((table) => {
      const engine = table.withoutTransactions ?? others.get(table.name);
      return engine === undefined ? table : { ...table, withoutTransactions: engine };
    }),
  };
}

const engineNotes = (schemas: readonly Schema[], out: ReadonlySet<TableName>): readonly string[] => {
  const engines = new Map<TableName, string>();
  for (const { name, withoutTransactions } of schemas.flatMap((schema) => schema.tables))
    if (withoutTransactions !== undefined && !out.has(name)) engines.set(name, withoutTransactions);
  if (engines.size === 0) return [];
  return [
    `${[...engines].map(([table, engine]) => `${table} (${engine})`).join(", ")}: their engine knows no transactions; they ` +
      "are written last, by key, so that a run which is cut there is mended by the next one, and what visitors write to " +
      "them meanwhile is not guarded: ALTER TABLE … ENGINE=InnoDB is better",
  ];
};

const merged = (
  ...maps: readonly ReadonlyMap<TableName, readonly string[]>[]
): ReadonlyMap<TableName, readonly string[]> => {
  const all = new Map<TableName, readonly string[]>();
  for (const [table, columns] of maps.flatMap((one) => [...one]))
    all.set(table, [...new Set([...(all.get(table) ?? []), ...columns])]);
  return all;
};

/** Counters become generators like any other; what is to be left alone is none. */
function withCounters(schema: Schema, counters: readonly Generator[], left: ReadonlySet<string>): Schema {
  const byName = new Map(schema.tables.map((table) => [table.name, table]));
  const own = counters.flatMap((counter): readonly Generator[] => {
    const table = byName.get(counter.row?.table.name ?? "");
    return counter.row === undefined || table === undefined
      ? []
      : [{ ...counter, row: { ...counter.row, table } }];
  });
  return { ...schema, generators: [...schema.generators, ...own].filter(({ name }) => !left.has(name)) };
}

/** What the base was recorded by counts; what it has no record of is as the file says. */
function countedBy(
  schema: Schema,
  wanted: ReadonlyMap<TableName, readonly string[]>,
  recorded: Recorded | undefined,
  base: Base | undefined,
): { readonly now: ReadonlyMap<TableName, readonly string[]>; readonly differing: readonly TableName[] } {
  const now = new Map<TableName, readonly string[]>();
  const differing: TableName[] = [];
  for (const { name } of schema.tables) {
    const next = wanted.get(name) ?? [];
    const then = base?.tables.has(name) === true ? (recorded?.uncounted.get(name) ?? []) : next;
    if (then.length > 0) now.set(name, then);
    if ([...then].sort().join("\0") !== [...next].sort().join("\0")) differing.push(name);
  }
  return { now, differing };
}

/** What a scope that changed since the base means. */
function scopeNotes(
  leftOut: readonly LeftOut[],
  recorded: Recorded | undefined,
  base: Base | undefined,
  tables: ReadonlySet<TableName>,
): readonly string[] {
  if (base === undefined) return [];
  const out = new Set(leftOut.map((one) => one.table));
  const went = [...base.tables.keys()].filter(
    (table) => out.has(table) && recorded?.leftOut.includes(table) !== true,
  );
  const came = (recorded?.leftOut ?? []).filter((table) => tables.has(table) && !out.has(table));
  return [
    ...went.map(
      (table) =>
        `${table}: it took part at the sync of ${base.at} and is left out now; its rows stay as they are on both sides`,
    ),
    ...came
      .filter((table) => !base.tables.has(table))
      .map(
        (table) =>
          `${table}: it was left out at the sync of ${base.at} and takes part now; nothing of it is shared yet, so rows ` +
          "that the standby has of its own keep a sync from writing, and are conflicts of a reconcile where ids are equal",
      ),
  ];
}

export const shownTreatment = (
  { leftOut, references, numbers, notes }: Treatment,
  plans: readonly GeneratorPlan[],
): ShownTreatment => ({
  leftOut,
  references,
  numbers,
  warnings: [...notes, ...plans.flatMap((plan) => plan.lag ?? [])],
});

/**
 * Records beside the base how tables are treated from now on. Where another set of columns counts, a table is recorded
 * anew: as the target has it, so that what did not count so far comes over with the next run.
 *
 * @param offset where it was given as a number of ids: the next sync needs not be told again
 */
export async function recordTreatment(sides: Sides, holder: Database, offset?: bigint): Promise<void> {
  const { rules, uncounted, leftOut, recount } = sides.treatment;
  const counted = new Map(uncounted);
  const paired = new Set((await holder.store.pairs()).map((pair) => pair.table));
  for (const table of sides.schema.tables.filter(({ name }) => recount.includes(name))) {
    const names = uncounted.get(table.name) ?? [];
    // Digests of rows that are others on each side cannot be made again here: they go on as they are.
    if (paired.has(table.name))
      counted.set(
        table.name,
        table.columns.filter((column) => column.uncounted === true).map((column) => column.name),
      );
    else
      await holder.store.recordTable({
        ...table,
        digestAsText: false,
        columns: table.columns.map((column) => ({ ...column, uncounted: names.includes(column.name) })),
      });
  }
  const out = leftOut.map((one) => one.table);
  await holder.store.recordTreatment?.(
    recordedText({ rules, uncounted: counted, leftOut: out, ...(offset !== undefined && { offset }) }),
  );
}
