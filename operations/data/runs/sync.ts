import type { Connection } from "../../connection";
import { refusal } from "../../fault";
import type { Progress, SyncRequest, SyncResult } from "../engine";
import type { GeneratorPlan } from "../identities";
import type { Database } from "../port";
import { baseOf } from "./base";
import { offsetRule, planAll, raisePlanned, recordSeeds } from "./raise";
import { withSides, type Sides } from "./sides";
import { FirstSync } from "./sync-first";
import { NextSync } from "./sync-next";
import type { SyncRun } from "./sync-run";
import { recordTreatment, shownTreatment } from "./treatment";
import { announce, unannounced } from "./untransacted";

/** Makes the target equal to the source, in one transaction, and records what both share. */
export async function sync(
  from: Connection,
  to: Connection,
  request: SyncRequest,
  progress: Progress,
): Promise<SyncResult> {
  return withSides(
    from,
    to,
    { purpose: "sync", use: "mirror", alone: true, tables: request.tables },
    async (sides) => {
      await refuseSwapped(sides);
      const rule = await offsetRule(request.rule, sides.target);
      const base = await baseOf(sides, sides.target, true);
      const { target } = sides;
      await target.begin("write");
      // Nothing may slip in between the check and the copy.
      if (!request.dryRun) await target.keepWritersOut(sides.schema.tables);
      const newRun = (): SyncRun =>
        base === undefined ? new FirstSync(sides, progress) : new NextSync(sides, base, request, progress);
      let run = newRun();
      await run.check();
      let plans = await planAll(sides, rule);
      if (!request.dryRun) {
        const fresh = base === undefined ? await unannounced(target, sides.schema.tables) : [];
        const again =
          target.schemaChangesCommit && (fresh.length > 0 || (await changesSchema(target, plans)));
        if (again) await target.commit();
        // Before any row: a seed does not roll back, and a row beyond it would be handed out again.
        plans = await raisePlanned(sides, plans, "generators");
        await target.store.ensure();
        if (again) {
          await announce(target, fresh);
          // What was looked at may have changed meanwhile.
          await target.begin("write");
          await target.keepWritersOut(sides.schema.tables);
          run = newRun();
          await run.check();
        }
      }
      const tables = request.dryRun ? await run.foresee() : await run.write();
      const rows = tables.reduce((sum, table) => sum + table.inserted + table.updated + table.unchanged, 0);
      const shown = shownTreatment(sides.treatment, plans);
      if (request.dryRun) {
        await target.rollback();
        const identities = plans.flatMap((plan) => plan.identities);
        return { tables, base: { at: base?.at, rows }, identities, ...shown };
      }
      await target.store.recordHead(sides.sourceId, sides.targetId);
      await recordTreatment(sides, target, rule.kind === "fixed" ? rule.ids : undefined);
      // Their rows have come only now.
      plans = await raisePlanned(sides, plans, "counters");
      const identities = plans.flatMap((plan) => plan.identities);
      await recordSeeds(sides, plans);
      const recorded = await target.store.base();
      if (recorded !== undefined)
        for (const table of sides.order.tables) {
          const one = recorded.tables.get(table.name);
          if (one !== undefined) await target.store.recordGaps(table, one);
        }
      await target.commit();
      // Only makes what follows quicker: a right that is missing for it fails no sync.
      await target.refreshStatistics(sides.order.tables).catch(() => undefined);
      return { tables, base: { at: recorded?.at, rows }, identities, ...shown };
    },
  );
}

const changesSchema = async (target: Database, plans: readonly GeneratorPlan[]): Promise<boolean> =>
  plans.some((plan) => plan.status === "planned" && plan.generator.row === undefined) ||
  !(await target.store.exists());

async function refuseSwapped(sides: Sides): Promise<void> {
  if ((await sides.source.store.base()) === undefined) return;
  throw refusal(
    `${sides.source.label} holds the base, so it is the standby, and it is given as --from; ` +
      "the two look swapped: sync goes from the primary to the standby (after a failback: reconcile brings rows back)",
  );
}
