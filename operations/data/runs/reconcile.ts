import type { Connection } from "../../connection";
import { outside, refusal } from "../../fault";
import { written, type Decision } from "../decide";
import type { Headroom, Progress, ReconcileRequest, ReconcileResult, ShownConflict } from "../engine";
import { Mapping } from "../mapping";
import { rowId, type RowId } from "../model";
import type { Base, Database } from "../port";
import { touchedOf, type TouchedRows } from "./against-base";
import { Applier } from "./apply";
import { baseOf, follow } from "./base";
import { Deliberation } from "./deliberate";
import { DrawnIds, ForeseenIds } from "./fresh-ids";
import { readHeadroom, readLasts } from "./headroom";
import { Images } from "./images";
import { Lookout, type SharedRows, type Sight } from "./look";
import { showConflicts, showMove } from "./show";
import { withSides, type Sides } from "./sides";
import { seconds } from "./sync-run";
import { settlementOf, type Settlement } from "./takes";
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
  readonly settlement: Settlement;
  readonly deliberation: Deliberation;
  /** @param lock hold what is seen until the transaction ends */
  readonly lookout: (lock: boolean) => Lookout;
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
    const settlement = await settlementOf(sides, request);
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
      const mapping = new Mapping(await holder.store.pairs(), baseOnTarget ? "primary" : "standby");
      const only = request.insertsOnly ? "inserts" : "all";
      const found = await touchedOf(sides, holder, base, only, mapping, progress);
      await (request.dryRun ? holder.rollback() : holder.commit());
      const images = new Images(sides.source, sides.target, sides.order.tables, mapping);
      const shared: SharedRows = async (table, keys) => {
        const known = base.tables.get(table.name) ?? (await holder.store.tables()).get(table.name);
        return known === undefined ? new Set<RowId>() : holder.store.shared(table, known, keys);
      };
      const ids = request.dryRun ? new ForeseenIds(sides) : new DrawnIds(sides);
      const context: Context = {
        sides,
        holder,
        base,
        baseOnTarget,
        found,
        request,
        settlement,
        deliberation: new Deliberation(mapping, settlement, ids, request),
        lookout: (lock) => new Lookout(images, sides.target, sides.order, shared, lock),
      };
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
async function foresee({ sides, found, deliberation, lookout }: Context): Promise<RunOutcome> {
  const { target } = sides;
  await target.begin("snapshot");
  const { decision } = await deliberation.run(lookout(false), found.touched);
  const conflicts = await showConflicts(sides, decision.conflicts);
  await target.rollback();
  return { decision, conflicts, verified: false, warnings: [] };
}

async function write(context: Context, progress: Progress): Promise<RunOutcome> {
  const { sides, holder, base, baseOnTarget } = context;
  const { target } = sides;
  if (target.schemaChangesCommit) await target.store.ensure();
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
  const { sides, found, deliberation } = context;
  const { source, target, order, targetSchema } = sides;
  const bounced = new Map<RowId, number>();
  const before = await readLasts(target, targetSchema.generators);
  let reason = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    await target.save();
    const lookout = context.lookout(true);
    const refused = new Set([...bounced].flatMap(([id, times]) => (times >= bounces ? [id] : [])));
    const { sight, decision } = await deliberation.run(lookout, found.touched, refused);
    const applier = new Applier(source, target, order, targetSchema.generators, (table, keys) =>
      lookout.translated(table, keys),
    );
    const outcome = await applier.apply(decision);
    if (outcome.done) {
      const warnings = [
        ...(await verify(sides, decision, sight)),
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
async function verify(sides: Sides, decision: Decision, sight: Sight): Promise<readonly string[]> {
  const writes = new Map(written(decision, "insert", "update").map((row) => [row.id, row]));
  const warnings: string[] = [];
  let orphans = 0;
  for (const table of sides.order.tables) {
    const own = [...writes.values()].filter((row) => row.table === table.name);
    const found = await sides.target.read.digests(
      table,
      own.map((row) => row.key),
      "none",
    );
    const different = own.filter((row) => found.get(row.id) !== row.digest).length;
    if (different > 0)
      warnings.push(
        `${table.name}: ${different} rows read back otherwise than they were brought; does a trigger change them?`,
      );
    const parents = new Map(
      sight.candidates
        .filter((row) => writes.has(rowId(row.table, row.key)))
        .flatMap((row) => row.references.filter(({ parent }) => parent.table === table.name))
        .map(({ parent }) => [rowId(parent.table, parent.key), parent.key]),
    );
    const there = await sides.target.read.digests(table, [...parents.values()], "none");
    orphans += parents.size - there.size;
  }
  if (orphans > 0) warnings.push(`${orphans} parents of brought rows are missing`);
  return warnings;
}

function lowered(before: ReadonlyMap<string, bigint>, after: ReadonlyMap<string, bigint>): readonly string[] {
  return [...before].flatMap(([generator, last]) =>
    (after.get(generator) ?? last) < last ? [`${generator} stands lower than before`] : [],
  );
}

function resultOf(
  { sides, found, request, deliberation, settlement }: Context,
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
    remapped: deliberation.remapped(decision).map((one) => showMove(sides, one, !request.dryRun)),
    merged: deliberation.merged(decision).map((one) => ({ ...showMove(sides, one, true), by: one.by })),
    conflicts,
    headroom,
    compared: request.insertsOnly ? "inserts" : "all",
    verified,
    warnings: [...warnings, ...unsettled(settlement, found, decision)],
    dryRun: request.dryRun,
    seconds: seconds(started),
  };
}

/** What was named with --take and is not settled by it. */
function unsettled({ named }: Settlement, found: TouchedRows, { conflicts }: Decision): readonly string[] {
  const touched = new Set(found.touched.map((row) => rowId(row.table, row.key)));
  const left = new Map(conflicts.map((one) => [rowId(one.table, one.key), one]));
  return named.flatMap(({ table, key, option }) => {
    const id = rowId(table, key);
    const conflict = left.get(id);
    if (conflict !== undefined)
      return [`${option}: the conflict (${conflict.kind}) cannot be settled so; the target's row stands`];
    return touched.has(id) ? [] : [`${option}: the row is in no conflict, so there is nothing to settle`];
  });
}
