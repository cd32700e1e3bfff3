/** The part of a reconcile that looks and writes: once, or part by part, on a live target. */
import { outside } from "../../fault";
import { batches } from "../batches";
import { parentId, sourceId } from "../candidate";
import { groupBy } from "../collections";
import { written, type Decision } from "../decision";
import type { Progress, ReconcileRequest, ShownConflict } from "../engine";
import { rowId, type Generator, type Key, type RowId, type Table } from "../model";
import type { Base, Database, TextRow } from "../port";
import type { Settled } from "../settled";
import { sideEffects } from "../side-effects";
import type { Step } from "../steps";
import type { TouchedRows } from "./against-base";
import { agreedNotes } from "./agreed";
import { Applier } from "./apply";
import { follow } from "./base";
import { bringFresh, recordBrought, verifyBrought } from "./bulk";
import type { Deliberation } from "./deliberate";
import { doubtOver, refuseDoubt } from "./fitting";
import { lastsOf } from "./generators";
import type { Lookout, Sight, Touched } from "./look";
import { namedRows } from "./named";
import { showConflicts } from "./show";
import type { Sides } from "./sides";
import type { Settlement } from "./takes";

/** A live target may change under each attempt; after so many, somebody is working against this run. */
const attempts = 10;
/** How often a row may bounce off the target for no visible reason before it is reported instead. */
const bounces = 2;

/** Everything a run of reconcile works with. */
export interface Context {
  readonly sides: Sides;
  /** The database with the base: on the target's connection, or on one of its own where that would be in the way. */
  readonly holder: Database;
  readonly base: Base;
  readonly baseOnTarget: boolean;
  readonly found: TouchedRows;
  readonly request: ReconcileRequest;
  readonly settlement: Settlement;
  readonly deliberation: Deliberation;
  /** @param lock hold what is seen until the transaction ends */
  readonly lookout: (lock: boolean) => Lookout;
}

/** Completes what an earlier run was kept from: its rows are in the ledger and not yet in the base. */
export async function catchUp(sides: Sides, holder: Database, base: Base): Promise<void> {
  await follow(sides.target, sides.targetId, holder, sides.order.tables, base);
  await follow(sides.source, sides.sourceId, holder, sides.order.tables, base);
}

export interface RunOutcome {
  readonly decision: Decision;
  readonly conflicts: readonly ShownConflict[];
  readonly verified: boolean;
  readonly warnings: readonly string[];
  /** New rows that were brought in sets; the decision says nothing of them. */
  readonly together: number;
  /** Those among them that had to be looked at by themselves. */
  readonly doubtful: number;
}

/** Looks and decides as a run would, on a snapshot, without a lock. */
export async function foresee({ sides, found, deliberation, lookout }: Context): Promise<RunOutcome> {
  const { target } = sides;
  await target.begin("snapshot");
  const { sight, decision } = await deliberation.run(lookout(false), found.touched);
  const conflicts = await showConflicts(sides, decision.conflicts);
  await target.rollback();
  const doubt = await doubtOver(sides, conflicts);
  const warnings = [
    ...sideEffects(firing(decision), sides.targetSchema),
    ...agreedNotes(sides.order.tables, sight.candidates),
    ...(doubt === undefined ? [] : [`a run would refuse: ${doubt}`]),
  ];
  return { decision, conflicts, verified: false, warnings, together: 0, doubtful: 0 };
}

/** In one transaction, or part by part, each with its rows, their ledger and, where it can be, the base. */
export async function write(context: Context, progress: Progress): Promise<RunOutcome> {
  const { batch } = context.request;
  const { target } = context.sides;
  if (target.schemaChangesCommit) await target.store.ensure();
  if (batch === undefined) return writePart(context, context.found.touched, progress);
  return writeParts(context, batch, progress);
}

/**
 * Part by part: what was refused so far is looked at again with each, so that nothing is attached to a row that was
 * not brought. Cut short at any point, what was committed is in the ledger, and the next run goes on from there.
 */
async function writeParts(context: Context, size: number, progress: Progress): Promise<RunOutcome> {
  const { sides, found, deliberation, lookout } = context;
  await sides.target.begin("write");
  const { sight, decision } = await deliberation.run(lookout(false), found.touched);
  await sides.target.rollback();
  await refuseDoubt(sides, decision.conflicts);
  const accepted = new Set(decision.settled.map(settledId));
  const parts = batches(
    sight.candidates.filter((one) => accepted.has(sourceId(one))),
    size,
    decision.leaving,
  );
  const rows = new Map(found.touched.map((row) => [rowId(row.table, row.key), row]));
  const staying = stayingParents(sight, decision, rows);
  let left = found.touched.filter((row) => !accepted.has(rowId(row.table, row.key)));
  const outcomes: RunOutcome[] = [];
  const said = new Map<RowId, string>();
  for (const part of parts.length === 0 ? [[]] : parts) {
    const own = [...left, ...part.flatMap((one) => rows.get(sourceId(one)) ?? [])];
    const along = staying(own);
    const touched = [...own, ...along.values()];
    const outcome = withoutSettled(
      await writePart(context, touched, progress, said, parts.length <= 1),
      along,
    );
    const done = new Set(outcome.decision.settled.map(settledId));
    left = own.filter((row) => !done.has(rowId(row.table, row.key)));
    outcomes.push(outcome);
    progress(`part ${outcomes.length} of ${Math.max(parts.length, 1)} is committed: ${done.size} rows`, true);
  }
  const last = outcomes.at(-1);
  return {
    decision: {
      parked: outcomes.flatMap((one) => one.decision.parked),
      steps: outcomes.flatMap((one) => one.decision.steps),
      settled: outcomes.flatMap((one) => one.decision.settled),
      conflicts: last?.decision.conflicts ?? [],
      leaving: last?.decision.leaving ?? new Set(),
    },
    conflicts: last?.conflicts ?? [],
    verified: outcomes.every((one) => one.verified),
    warnings: [...new Set(outcomes.flatMap((one) => one.warnings))],
    together: 0,
    doubtful: 0,
  };
}

/**
 * Finds those rows that stay on the source to which some others lead: they are looked at along with each part, as somebody
 * else may have their ids on the target.
 */
function stayingParents(
  { candidates }: Sight,
  { settled }: Decision,
  rows: ReadonlyMap<RowId, Touched>,
): (some: readonly Touched[]) => ReadonlyMap<RowId, Touched> {
  const staying = new Set(
    settled
      .filter(({ origin }) => origin?.relation === "alone" && origin.straggler === "source")
      .map(settledId),
  );
  const parents = new Map(candidates.map((one) => [sourceId(one), one.references.map(parentId)]));
  return (some) => {
    const given = new Set(some.map((row) => rowId(row.table, row.key)));
    const along = new Map<RowId, Touched>();
    const open = [...given];
    for (let id = open.pop(); id !== undefined; id = open.pop())
      for (const parent of parents.get(id) ?? []) {
        const row = rows.get(parent);
        if (row === undefined || !staying.has(parent) || given.has(parent) || along.has(parent)) continue;
        along.set(parent, row);
        open.push(parent);
      }
    return along;
  };
}

/** What was only looked at along with a part is settled by its own. */
function withoutSettled(outcome: RunOutcome, along: ReadonlyMap<RowId, Touched>): RunOutcome {
  const settled = outcome.decision.settled.filter((row) => !along.has(settledId(row)));
  return { ...outcome, decision: { ...outcome.decision, settled } };
}

/** By the source's key. */
const settledId = (row: Settled): RowId => rowId(row.table, row.origin?.key ?? row.key);

async function writePart(
  context: Context,
  touched: readonly Touched[],
  progress: Progress,
  said = new Map<RowId, string>(),
  whole = true,
): Promise<RunOutcome> {
  const { sides, holder, base, baseOnTarget } = context;
  const { target } = sides;
  for (let attempt = 1; ; attempt++) {
    await target.begin("write");
    try {
      const { brought, doubtful } = await bringFresh(sides, context.found, progress);
      const attempted = await attemptWrites(context, [...touched, ...doubtful], progress, said, whole);
      await refuseDoubt(
        sides,
        attempted.conflicts,
        context.request.batch === undefined ? "nothing" : "some parts",
      );
      const faults = await verifyBrought(target, brought);
      const outcome = {
        ...attempted,
        verified: attempted.verified && faults.length === 0,
        warnings: [...attempted.warnings, ...faults],
        together: [...brought.values()].reduce((sum, one) => sum + one.rows, 0),
        doubtful: doubtful.length,
      };
      await recordBrought(sides, brought);
      const { settled } = outcome.decision;
      if (settled.length > 0) {
        await target.store.ensure();
        await target.store.writeRun(sides.sourceId, settled);
        // On one database the base goes with the rows; on two it follows them.
        if (baseOnTarget)
          await follow(
            target,
            sides.targetId,
            target,
            sides.order.tables,
            (await target.store.base()) ?? base,
          );
      }
      await target.commit();
      if (!baseOnTarget) {
        await holder.begin("write");
        await catchUp(sides, holder, (await holder.store.base()) ?? base);
        await holder.commit();
      }
      return outcome;
    } catch (error) {
      await target.rollback().catch(() => undefined);
      if (!target.asksForAnother(error) || attempt >= attempts) throw error;
      const reason = error instanceof Error ? error.message : "it asks for another run";
      progress(`the target was busy (${reason}); once more`, true);
    }
  }
}

/** Looks under locks, decides, writes; whatever the target does not take is looked at anew. */
async function attemptWrites(
  context: Context,
  touched: readonly Touched[],
  progress: Progress,
  said: Map<RowId, string>,
  whole: boolean,
): Promise<Omit<RunOutcome, "together" | "doubtful">> {
  const { sides, deliberation } = context;
  const { source, target, order, targetSchema } = sides;
  const bounced = new Map([...said.keys()].map((id): [RowId, number] => [id, bounces]));
  let unexplained = 0;
  const before = await lastsOf(target, targetSchema.generators);
  let reason = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    await target.save();
    const lookout = context.lookout(true);
    const refused = new Set([...bounced].flatMap(([id, times]) => (times >= bounces ? [id] : [])));
    const { sight, decision } = await deliberation.run(lookout, touched, refused, whole);
    const translated = (table: Table, keys: readonly Key[]): Promise<readonly TextRow[]> =>
      lookout.translated(table, keys);
    const applier = new Applier(source, target, order, targetSchema.generators, translated, unexplained > 0);
    const effects = sideEffects(firing(decision), sides.targetSchema);
    for (const effect of effects) progress(`about to be fired: ${effect}`, true);
    const outcome = await applier.apply(decision);
    if (outcome.done) {
      const faults = [
        ...(await verify(sides, decision, sight)),
        ...lowered(targetSchema.generators, before, await lastsOf(target, targetSchema.generators)),
      ];
      const conflicts = await showConflicts(sides, decision.conflicts, said);
      const warnings = [...effects, ...agreedNotes(sides.order.tables, sight.candidates), ...faults];
      return { decision, conflicts, verified: faults.length === 0, warnings };
    }
    await target.rollbackToSave();
    reason = outcome.reason;
    if (outcome.said === undefined)
      for (const id of outcome.rows) bounced.set(id, (bounced.get(id) ?? 0) + 1);
    // What a row was refused for by itself needs no second time, and every such round leaves fewer rows to be written.
    for (const [id, words] of rootsOf(outcome.said, sight)) {
      bounced.set(id, bounces);
      said.set(id, words);
      attempt = 0;
    }
    if (outcome.rows.length === 0) unexplained++;
    progress(`the target changed or refused (${reason}); looking again`, true);
  }
  throw outside(
    `${target.label} did not take the rows after ${attempts} attempts (${reason}); ` +
      `nothing ${context.request.batch === undefined ? "was" : "more was"} written`,
  );
}

/** Of rows that were refused: those that do not hang on another one, which keeps them back by itself. */
function rootsOf(
  said: ReadonlyMap<RowId, string> = new Map(),
  { candidates }: Sight,
): ReadonlyMap<RowId, string> {
  // A new row that is refused keeps back what refers to it, one that stays what it refers to; a changed one nobody.
  const keeping = new Set(
    candidates
      .filter((one) => one.base === undefined || one.source === undefined)
      .map((one) => rowId(one.table, one.key)),
  );
  const hanging = new Set(
    candidates
      .map((one) => ({ one, id: rowId(one.table, one.key) }))
      .filter(({ one, id }) =>
        [...one.references.map(({ parent }) => parent), ...one.dependents]
          .map((other) => rowId(other.table, other.key))
          .some((other) => other !== id && said.has(other) && keeping.has(other)),
      )
      .map(({ id }) => id),
  );
  const roots = new Map([...said].filter(([id]) => !hanging.has(id)));
  return roots.size === 0 ? said : roots;
}

/** What may fire triggers: rows that let go of a value are updated for it. */
const firing = ({ parked, steps }: Decision): readonly Step[] => [
  ...parked.map(({ table }) => ({ kind: "update" as const, table, rows: [] })),
  ...steps,
];

/** Reads back what was written: its digests, and that every parent is there. */
async function verify(sides: Sides, decision: Decision, sight: Sight): Promise<readonly string[]> {
  const writes = new Map(written(decision, "insert", "update").map((row) => [row.id, row]));
  const own = groupBy(writes.values(), (row) => row.table);
  const settled = new Set(decision.settled.map(settledId));
  const parents = groupBy(
    sight.candidates
      .filter((row) => settled.has(sourceId(row)) && writes.has(rowId(row.table, row.key)))
      .flatMap((row) => row.references)
      // Where no foreign key says so, a row may have lost its parent on the source already.
      .filter(({ parent, undeclared }) => {
        const id = rowId(parent.table, parent.key);
        return undeclared !== true || sight.lost?.has(id) !== true || writes.has(id);
      })
      .map(({ parent }) => parent),
    (parent) => parent.table,
  );
  const warnings: string[] = [];
  for (const table of sides.order.tables) {
    const rows = own.get(table.name) ?? [];
    // Most parents came with their children: each row is read once.
    const wanted = new Map(parents.get(table.name)?.map(({ key }) => [rowId(table.name, key), key]));
    const keys = new Map([...wanted, ...rows.map((row) => [row.id, row.key] as const)]);
    const found = await sides.target.read.digests(table, [...keys.values()], "none");
    const different = rows.filter((row) => found.get(row.id) !== row.digest).length;
    if (different > 0)
      warnings.push(
        `${table.name}: ${different} rows read back otherwise than they were brought; does a trigger change them?`,
      );
    const orphaned = [...wanted].flatMap(([id, key]) => (found.has(id) ? [] : [key]));
    if (orphaned.length > 0)
      warnings.push(`parents of brought rows are missing: ${table.name} ${namedRows(table, orphaned)}`);
  }
  return warnings;
}

function lowered(
  generators: readonly Generator[],
  before: readonly bigint[],
  after: readonly bigint[],
): readonly string[] {
  return generators
    .filter((_, at) => (after[at] ?? 0n) < (before[at] ?? 0n))
    .map(({ name }) => `${name} stands lower than before`);
}
