import type { Connection } from "../../connection";
import { written, type Decision } from "../decision";
import { groupBy } from "../collections";
import type { Headroom, Progress, ReconcileRequest, ReconcileResult } from "../engine";
import { Mapping } from "../mapping";
import { rowId, type RowId } from "../model";
import type { Database } from "../port";
import { isOnSource } from "../settled";
import { touchedOf, type TouchedRows } from "./against-base";
import { baseOf } from "./base";
import { Deliberation } from "./deliberate";
import { enough, plainTables } from "./bulk";
import { DrawnIds, ForeseenIds } from "./fresh-ids";
import { namedRows } from "./named";
import { readHeadroom } from "./headroom";
import { Images } from "./images";
import { withLeft } from "./left";
import { Lookout, type SharedRows } from "./look";
import { showLeft, showMove } from "./show";
import { withSides, type Sides } from "./sides";
import { seconds } from "./sync-run";
import { settlementOf, type Settlement } from "./takes";
import { recordTreatment } from "./treatment";
import { recordWindows } from "./windows";
import { withDatabase } from "./with-database";
import { catchUp, foresee, write, type Context, type RunOutcome } from "./write";

/** Brings to the target what the source did since the base: three-way, in one transaction, on a live target. */
export async function reconcile(
  from: Connection,
  to: Connection,
  request: ReconcileRequest,
  progress: Progress,
): Promise<ReconcileResult> {
  const started = performance.now();
  return withSides(
    from,
    to,
    { purpose: "reconcile", use: "write", alone: true, tables: request.tables },
    async (sides) => {
      const settlement = await settlementOf(sides, request);
      const without = sides.baseOn === undefined;
      // Where nobody has one, it is worked out on the side that took over.
      const baseOnTarget = sides.baseOn !== "source";
      const withHolder = <T>(action: (holder: Database) => Promise<T>): Promise<T> =>
        // The target's own connection serves, unless two things are to be open at once, as what a dry run takes back; or
        // the base would still be read, under this run's lock, after the run was cut.
        baseOnTarget && !without && !request.dryRun && sides.target.endsWithClient
          ? action(sides.target)
          : withDatabase(baseOnTarget ? to : from, "reconcile", action);
      return withHolder(async (holder) => {
        const headroom = await readHeadroom(sides, baseOnTarget);
        // Where making tables ends a transaction, they are made before it: empty, they say nothing.
        if (without && holder.schemaChangesCommit) await holder.store.ensure();
        await holder.begin("write");
        const unknown = without ? await recordWindows(sides, holder, progress) : [];
        if (without) await recordTreatment(sides, holder);
        const base = await baseOf(sides, holder, baseOnTarget);
        if (base === undefined) throw new Error("the base is gone");
        await catchUp(sides, holder, base);
        const again = new Set(
          settlement.named.flatMap(({ table, key, side }) => (side === "source" ? [rowId(table, key)] : [])),
        );
        const mapping = new Mapping(await holder.store.pairs(), baseOnTarget ? "primary" : "standby", again);
        const only = request.insertsOnly ? "inserts" : "all";
        const compared = await touchedOf(sides, holder, base, only, mapping, progress, {
          tables: inSets(sides, request, baseOnTarget && mapping.isEmpty) ? plainTables(sides) : new Set(),
          enough: request.enough ?? enough,
        });
        if (!request.dryRun) await holder.commit();
        const images = new Images(sides.source, sides.target, sides.order.tables, mapping);
        const found = { ...compared, touched: await withLeft(compared.touched, images) };
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
          lookout: (lock) =>
            new Lookout(images, sides.target, sides.order, shared, lock, sides.treatment.outsiders),
        };
        const run = request.dryRun ? await foresee(context) : await write(context, progress);
        if (request.dryRun) await holder.rollback();
        return resultOf(context, { ...run, warnings: [...unknown, ...run.warnings] }, headroom, started);
      });
    },
  );
}

/**
 * Whether rows may be brought without being looked at one by one: the base goes with them, everything is written at
 * once, no row is another on the target, and nobody has said how single ones are to be treated.
 */
function inSets(sides: Sides, request: ReconcileRequest, simple: boolean): boolean {
  const { dryRun, batch, remap, merge, take } = request;
  const asked = [remap, merge, take].some((one) => one !== undefined && one.length > 0);
  return simple && !dryRun && batch === undefined && !asked && sides.target.bulk !== undefined;
}

function resultOf(
  { sides, found, request, deliberation, settlement }: Context,
  { decision, conflicts, verified, warnings, together, doubtful }: RunOutcome,
  headroom: readonly Headroom[],
  started: number,
): ReconcileResult {
  const updated = written(decision, "update").length;
  const alone = written(decision, "insert").length;
  const touched = new Set(
    found.touched.flatMap((row) => (row.source === undefined ? [] : [rowId(row.table, row.key)])),
  );
  const settled = decision.settled.filter(isOnSource).length;
  const rows = [...found.tables.values()].reduce((sum, table) => sum + table.rows, 0);
  return {
    inserted: alone + together,
    updated,
    deleted: written(decision, "delete").length,
    unchanged: rows - touched.size - doubtful - together + settled - alone - updated,
    remapped: deliberation.remapped(decision).map((one) => showMove(sides, one, !request.dryRun)),
    merged: deliberation.merged(decision).map((one) => ({ ...showMove(sides, one, true), by: one.by })),
    left: showLeft(sides, decision.settled),
    conflicts,
    headroom,
    compared: request.insertsOnly ? "inserts" : "all",
    verified,
    warnings: [
      ...sides.treatment.notes,
      ...warnings,
      ...unsettled(settlement, found, decision),
      ...freed(sides, decision),
    ],
    leftOut: sides.treatment.leftOut,
    references: sides.treatment.references,
    numbers: sides.treatment.numbers,
    dryRun: request.dryRun,
    seconds: seconds(started),
  };
}

/** What collides with a row that goes in this very run: it has to wait for the next. */
function freed({ order }: Sides, decision: Decision): readonly string[] {
  const gone = new Set(written(decision, "delete").map((row) => row.id));
  const waiting = groupBy(
    decision.conflicts.filter(
      ({ kind, table, targetKey }) => kind === "id-collision" && gone.has(rowId(table, targetKey)),
    ),
    (one) => one.table,
  );
  return order.tables.flatMap((table) => {
    const keys = waiting.get(table.name)?.map(({ key }) => key);
    return keys === undefined
      ? []
      : [
          `${table.name}: whoever has the id of these rows on the target goes with this run, so the next one brings them: ` +
            namedRows(table, keys),
        ];
  });
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
