/** How the tables of a run are treated: what the file says, what was recorded with the base, and what they show. */
import { refusal, usage } from "../../fault";
import type { ShownTreatment } from "../engine";
import type { Schema, Table, TableName } from "../model";
import type { Base, Database } from "../port";
import { noRules, type TableRules } from "../tables/file";
import { recordedOf, recordedText, type Recorded } from "../tables/recorded";
import { withReferences } from "../tables/resolve";
import { ignoredBy, scopeOf, withUncounted, within, type LeftOut } from "../tables/scope";
import type { ShownReference } from "../tables/shown";
import { Evidence } from "./evidence";
import { findReferences } from "./find-references";
import type { Sides } from "./sides";

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
  readonly notes: readonly string[];
  /** Columns that do not count from the next sync on, by table. */
  readonly uncounted: ReadonlyMap<TableName, readonly string[]>;
  /** Tables in which these are others than the base has them. */
  readonly recount: readonly TableName[];
}

export interface Treated {
  readonly treatment: Treatment;
  readonly schema: Schema;
  readonly targetSchema: Schema;
}

/** How the base's own tables were treated, by whichever side holds it. */
async function recordedTreatment(
  source: Database,
  target: Database,
): Promise<{ readonly recorded: Recorded | undefined; readonly base: Base | undefined }> {
  for (const side of [target, source]) {
    const base = await side.store.base();
    if (base === undefined) continue;
    const text = await side.store.treatment?.();
    return { base, recorded: text === undefined ? undefined : recordedOf(text) };
  }
  return { base: undefined, recorded: undefined };
}

/**
 * @param given undefined: as recorded with the base, else the defaults
 * @throws Fault (2) naming everything in the file that fits no table, (1) where rows could not be written
 */
export async function treat(
  source: Database,
  target: Database,
  schema: Schema,
  targetSchema: Schema,
  given: GivenRules | undefined,
): Promise<Treated> {
  const { recorded, base } = await recordedTreatment(source, target);
  const rules = given?.rules ?? recorded?.rules ?? noRules;
  const scope = scopeOf(schema, rules);
  const own = new Set(schema.tables.map((table) => table.name));
  const targetOnly = scopeOf(targetSchema, rules).leftOut.filter(({ table }) => !own.has(table));
  const leftOut = [...scope.leftOut, ...targetOnly];
  const out = new Set(leftOut.map((one) => one.table));
  const inScope = within(schema, out);
  const ignored = ignoredBy(inScope, rules);
  const found = await findReferences(inScope, rules, new Evidence(source, inScope));
  const faults = [...scope.faults, ...ignored.faults, ...found.faults];
  if (faults.length > 0)
    throw usage(
      `${given?.file ?? "what was recorded of standby.tables.yaml"} does not fit ${source.label}:\n` +
        faults.map((fault) => `  ${fault}`).join("\n"),
    );
  if (inScope.tables.length === 0) throw refusal(`${source.label} has no tables that take part`);

  const counted = countedBy(inScope, ignored.columns, recorded, base);
  const apply = (one: Schema): Schema =>
    withReferences(withUncounted(within(one, out), counted.now), found.keys);
  return {
    schema: apply(schema),
    targetSchema: apply(targetSchema),
    treatment: {
      rules,
      leftOut,
      outsiders: targetSchema.tables.filter((table) => out.has(table.name) && table.key.length > 0),
      references: found.references,
      uncounted: ignored.columns,
      recount: counted.differing,
      notes: [
        ...scope.notes,
        ...ignored.notes,
        ...found.notes,
        ...scopeNotes(leftOut, recorded, base, own),
        ...counted.differing.map(
          (table) =>
            `${table}: ignoreColumns is another than at the sync of ${base?.at ?? "?"}; what was recorded then counts ` +
            "until the next sync, which takes the file over",
        ),
      ],
    },
  };
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

export const shownTreatment = ({ leftOut, references, notes }: Treatment): ShownTreatment => ({
  leftOut,
  references,
  warnings: notes,
});

/**
 * Records beside the base how tables are treated from now on. Where another set of columns counts, a table is recorded
 * anew: as the target has it, so that what did not count so far comes over with the next run.
 */
export async function recordTreatment(sides: Sides, holder: Database): Promise<void> {
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
        columns: table.columns.map((column) => ({ ...column, uncounted: names.includes(column.name) })),
      });
  }
  const out = leftOut.map((one) => one.table);
  await holder.store.recordTreatment?.(recordedText({ rules, uncounted: counted, leftOut: out }));
}
