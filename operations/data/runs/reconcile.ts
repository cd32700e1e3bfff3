import type { Connection } from "../../connection";
import { outside, refusal } from "../../fault";
import { decide, written, type Decision } from "../decide";
import type { Headroom, Progress, ReconcileRequest, ReconcileResult, ShownConflict } from "../engine";
import { rowId, type RowId } from "../model";
import type { Base, Database } from "../port";
import { touchedOf, type TouchedRows } from "./against-base";
import { Applier } from "./apply";
import { baseOf, follow } from "./base";
import { readHeadroom, readLasts } from "./headroom";
import { Lookout } from "./look";
import { showConflicts } from "./show";
import { withSides, type Sides } from "./sides";
import { seconds } from "./sync-run";
import { withDatabase } from "./with-database";

/** A live target may change under each attempt; after so many, somebody is working against this run. */
const attempts = 10;
/** How often a row may bounce off the target for no visible reason before it is reported instead. */
const bounces = 2;

/** Everything a run of reconcile works with. */
interface Context {
  readonly sides: Sides;
  /** The database with the base, on a connection of its own. */
  readonly holder: Database;
  readonly base: Base;
  readonly baseOnTarget: boolean;
  readonly found: TouchedRows;
  readonly request: ReconcileRequest;
}

/** Brings to the target what the source did since the base: three-way, in one transaction, on a live target. */
export async function reconcile(
  from: Connection,
  to: Connection,
  request: ReconcileRequest,
  progress: Progress,
): Promise<ReconcileResult> {
  const started = performance.now();
  return withSides(from, to, "reconcile", true, async (sides) => {
    const baseOnTarget = (await sides.target.store.base()) !== undefined;
    return withDatabase(baseOnTarget ? to : from, "reconcile", async (holder) => {
      const base = await baseOf(sides, baseOnTarget ? sides.target : sides.source);
      if (base === undefined)
        throw refusal(
          `neither ${from.label} nor ${to.label} holds a base, so nobody knows what both shared; ` +
            "run sync before the cutover: reconcile compares with what it recorded",
        );
      const headroom = await readHeadroom(sides, baseOnTarget);
      await holder.begin("write");
      await catchUp(sides, holder, base);
      const found = await touchedOf(sides, holder, base, request.insertsOnly ? "inserts" : "all", progress);
      await (request.dryRun ? holder.rollback() : holder.commit());
      const context: Context = { sides, holder, base, baseOnTarget, found, request };
      const run = request.dryRun ? await foresee(context) : await write(context, progress);
      return resultOf(context, run, headroom, started);
    });
  });
}

/** Completes what an earlier run was kept from: its rows are in the ledger and not yet in the base. */
async function catchUp(sides: Sides, holder: Database, base: Base): Promise<void> {
  await follow(sides.target, sides.targetId, holder, sides.order.tables, base);
  await follow(sides.source, sides.sourceId, holder, sides.order.tables, base);
}

interface RunOutcome {
  readonly decision: Decision;
  readonly conflicts: readonly ShownConflict[];
  readonly verified: boolean;
  readonly warnings: readonly string[];
}

/** Looks and decides as a run would, on a snapshot, without a lock. */
async function foresee({ sides, found, request }: Context): Promise<RunOutcome> {
  const { source, target, order } = sides;
  await target.begin("snapshot");
  const sight = await new Lookout(source, target, order, false).look(found.touched);
  const decision = decide(sight.candidates, { insertsOnly: request.insertsOnly, absent: sight.absent });
  const conflicts = await showConflicts(sides, decision.conflicts);
  await target.rollback();
  return { decision, conflicts, verified: false, warnings: [] };
}

async function write(context: Context, progress: Progress): Promise<RunOutcome> {
  const { sides, holder, base, baseOnTarget } = context;
  const { target } = sides;
  for (let attempt = 1; ; attempt++) {
    await target.begin("write");
    try {
      const outcome = await attemptWrites(context, progress);
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
async function attemptWrites(context: Context, progress: Progress): Promise<RunOutcome> {
  const { sides, found, request } = context;
  const { source, target, order, targetSchema } = sides;
  const bounced = new Map<RowId, number>();
  const before = await readLasts(target, targetSchema.generators);
  const applier = new Applier(source, target, order, targetSchema.generators);
  let reason = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    await target.save();
    const sight = await new Lookout(source, target, order, true).look(found.touched);
    const refused = new Set([...bounced].flatMap(([id, times]) => (times >= bounces ? [id] : [])));
    const decision = decide(sight.candidates, {
      insertsOnly: request.insertsOnly,
      absent: sight.absent,
      refused,
    });
    const outcome = await applier.apply(decision);
    if (outcome.done) {
      const warnings = [
        ...(await verify(sides, decision)),
        ...lowered(before, await readLasts(target, targetSchema.generators)),
      ];
      const conflicts = await showConflicts(sides, decision.conflicts);
      return { decision, conflicts, verified: warnings.length === 0, warnings };
    }
    await target.rollbackToSave();
    reason = outcome.reason;
    for (const id of outcome.rows) bounced.set(id, (bounced.get(id) ?? 0) + 1);
    progress(`the target changed or refused (${reason}); looking again`, true);
  }
  throw outside(
    `${target.label} did not take the rows after ${attempts} attempts (${reason}); nothing was written`,
  );
}

/** Reads back what was written: its digests, and that every parent is there. */
async function verify(sides: Sides, decision: Decision): Promise<readonly string[]> {
  const writes = written(decision, "insert", "update");
  const { source, target, order } = sides;
  const sight = await new Lookout(source, target, order, false).look(
    writes.map((row) => ({ table: row.table, key: row.key, base: row.digest, source: row.digest })),
  );
  const different = new Map<string, number>();
  for (const row of sight.candidates)
    if (row.target !== row.source) different.set(row.table, (different.get(row.table) ?? 0) + 1);
  const warnings = [...different].map(
    ([table, rows]) =>
      `${table}: ${rows} rows read back otherwise than they were brought; does a trigger change them?`,
  );
  if (sight.absent.size > 0) warnings.push(`${sight.absent.size} parents of brought rows are missing`);
  return warnings;
}

function lowered(before: ReadonlyMap<string, bigint>, after: ReadonlyMap<string, bigint>): readonly string[] {
  return [...before].flatMap(([generator, last]) =>
    (after.get(generator) ?? last) < last ? [`${generator} stands lower than before`] : [],
  );
}

function resultOf(
  { found, request }: Context,
  { decision, conflicts, verified, warnings }: RunOutcome,
  headroom: readonly Headroom[],
  started: number,
): ReconcileResult {
  const updated = written(decision, "update").length;
  const inserted = written(decision, "insert").length;
  const touched = new Set(
    found.touched.flatMap((row) => (row.source === undefined ? [] : [rowId(row.table, row.key)])),
  );
  const settled = decision.settled.filter((row) => row.digest !== undefined).length;
  const rows = [...found.tables.values()].reduce((sum, table) => sum + table.rows, 0);
  return {
    inserted,
    updated,
    deleted: written(decision, "delete").length,
    unchanged: rows - touched.size + settled - inserted - updated,
    conflicts,
    headroom,
    compared: request.insertsOnly ? "inserts" : "all",
    verified,
    warnings,
    dryRun: request.dryRun,
    seconds: seconds(started),
  };
}
