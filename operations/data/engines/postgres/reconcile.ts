import { DatabaseError } from "pg";
import type { PostgresConnection } from "../../../connection";
import { outside, refusal } from "../../../fault";
import { decide, written, type Decision } from "../../decide";
import type { Headroom, Progress, ReconcileRequest, ReconcileResult, ShownConflict } from "../../engine";
import { rowId, type RowId } from "../../model";
import { baseOf, touchedOf, type TouchedRows } from "./against-base";
import { Applier } from "./apply";
import { readHeadroom, readLasts } from "./headroom";
import { Lookout } from "./look";
import { withSession, type Session } from "./session";
import { showConflicts } from "./show";
import { withSides, type Sides } from "./sides";
import { ensureStore, follow, readBase, writeLedger, type Base } from "./store";

/** A live target may change under each attempt; after so many, somebody is working against this run. */
const attempts = 10;
/** How often a row may bounce off the target for no visible reason before it is reported instead. */
const bounces = 2;
/** Deadlock, serialization: the database asks for the transaction to be run again. */
const again: ReadonlySet<string> = new Set(["40P01", "40001"]);

/** Everything a run of reconcile works with. */
interface Context {
  readonly sides: Sides;
  /** On the database that holds the base. */
  readonly store: Session;
  readonly base: Base;
  readonly baseOnTarget: boolean;
  readonly found: TouchedRows;
  readonly request: ReconcileRequest;
}

/** Brings to the target what the source did since the base: three-way, in one transaction, on a live target. */
export async function reconcile(
  from: PostgresConnection,
  to: PostgresConnection,
  request: ReconcileRequest,
  progress: Progress,
): Promise<ReconcileResult> {
  const started = performance.now();
  return withSides(from, to, "reconcile", true, async (sides) => {
    const baseOnTarget = (await readBase(sides.target)) !== undefined;
    return withSession(baseOnTarget ? to : from, "reconcile", async (store) => {
      const base = await baseOf(sides, baseOnTarget ? sides.target : sides.source);
      if (base === undefined)
        throw refusal(
          `neither ${from.label} nor ${to.label} holds a base, so nobody knows what both shared; ` +
            "run sync before the cutover: reconcile compares with what it recorded",
        );
      const headroom = await readHeadroom(sides, baseOnTarget);
      await store.run("BEGIN");
      await catchUp(sides, store, base);
      const found = await touchedOf(sides, store, base, request.insertsOnly ? "inserts" : "all", progress);
      await store.run(request.dryRun ? "ROLLBACK" : "COMMIT");
      const context: Context = { sides, store, base, baseOnTarget, found, request };
      const run = request.dryRun ? await foresee(context) : await write(context, progress);
      return resultOf(context, run, headroom, started);
    });
  });
}

/** Completes what an earlier run was kept from: its rows are in the ledger and not yet in the base. */
async function catchUp(sides: Sides, store: Session, base: Base): Promise<void> {
  await follow(sides.target, sides.targetId, store, sides.order.tables, base);
  await follow(sides.source, sides.sourceId, store, sides.order.tables, base);
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
  await target.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const sight = await new Lookout(source, target, order, false).look(found.touched);
  const decision = decide(sight.candidates, { insertsOnly: request.insertsOnly, absent: sight.absent });
  const conflicts = await showConflicts(sides, decision.conflicts);
  await target.run("ROLLBACK");
  return { decision, conflicts, verified: false, warnings: [] };
}

async function write(context: Context, progress: Progress): Promise<RunOutcome> {
  const { sides, store, base, baseOnTarget } = context;
  const { target } = sides;
  for (let attempt = 1; ; attempt++) {
    await target.run("BEGIN");
    try {
      const outcome = await attemptWrites(context, progress);
      const { settled } = outcome.decision;
      if (settled.length > 0) {
        await ensureStore(target);
        await writeLedger(target, sides.sourceId, settled);
        // On one database the base goes with the rows; on two it follows them.
        if (baseOnTarget)
          await follow(target, sides.targetId, target, sides.order.tables, (await readBase(target)) ?? base);
      }
      await target.run("COMMIT");
      if (!baseOnTarget) {
        await store.run("BEGIN");
        await catchUp(sides, store, (await readBase(store)) ?? base);
        await store.run("COMMIT");
      }
      return outcome;
    } catch (error) {
      await target.run("ROLLBACK").catch(() => undefined);
      if (!(error instanceof DatabaseError) || !again.has(error.code ?? "") || attempt >= attempts)
        throw error;
      progress(`the target was busy (${error.message}); once more`, true);
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
    await target.run("SAVEPOINT attempt");
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
    await target.run("ROLLBACK TO SAVEPOINT attempt");
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
    seconds: Math.round((performance.now() - started) / 10) / 100,
  };
}
