import type { PostgresConnection } from "../../../connection";
import { refusal } from "../../../fault";
import type { Progress, SyncRequest, SyncResult } from "../../engine";
import { baseOf } from "./against-base";
import { offsetRule, planAll, raisePlanned, recordSeeds } from "./raise";
import { relationOf } from "./rows";
import { withSides, type Sides } from "./sides";
import { ensureStore, readBase, recordGaps, recordHead } from "./store";
import { FirstSync } from "./sync-first";
import { NextSync } from "./sync-next";

/** Makes the target equal to the source, in one transaction, and records what both share. */
export async function sync(
  from: PostgresConnection,
  to: PostgresConnection,
  request: SyncRequest,
  progress: Progress,
): Promise<SyncResult> {
  return withSides(from, to, "sync", true, async (sides) => {
    await refuseSwapped(sides);
    const rule = await offsetRule(request.rule, sides.target);
    const base = await baseOf(sides, sides.target);
    await sides.target.run("BEGIN");
    if (!request.dryRun) await lockTables(sides);
    const run =
      base === undefined ? new FirstSync(sides, progress) : new NextSync(sides, base, request, progress);
    await run.check();
    let plans = await planAll(sides, rule);
    if (!request.dryRun) {
      // Before any row: a seed does not roll back, and a row beyond it would be handed out again.
      plans = await raisePlanned(sides, plans);
      await ensureStore(sides.target);
    }
    const tables = request.dryRun ? await run.foresee() : await run.write();
    const rows = tables.reduce((sum, table) => sum + table.inserted + table.updated + table.unchanged, 0);
    const identities = plans.flatMap((plan) => plan.identities);
    if (request.dryRun) {
      await sides.target.run("ROLLBACK");
      return { tables, base: { at: base?.at, rows }, identities };
    }
    await recordHead(sides.target, sides.sourceId, sides.targetId);
    await recordSeeds(sides, plans);
    const recorded = await readBase(sides.target);
    if (recorded !== undefined)
      for (const table of sides.order.tables) {
        const one = recorded.tables.get(table.name);
        if (one !== undefined) await recordGaps(sides.target, table, one);
      }
    await sides.target.run("COMMIT");
    await sides.target.run("ANALYZE").catch(() => undefined);
    return { tables, base: { at: recorded?.at, rows }, identities };
  });
}

async function refuseSwapped(sides: Sides): Promise<void> {
  if ((await readBase(sides.source)) === undefined) return;
  throw refusal(
    `${sides.source.label} holds the base, so it is the standby, and it is given as --from; ` +
      "the two look swapped: sync goes from the primary to the standby (after a failback: reconcile brings rows back)",
  );
}

/** Keeps writers out for the time of a sync, so that nothing slips in between the check and the copy. */
async function lockTables(sides: Sides): Promise<void> {
  const tables = sides.schema.tables.map(relationOf).join(", ");
  await sides.target.run(`LOCK TABLE ${tables} IN SHARE ROW EXCLUSIVE MODE`);
}
