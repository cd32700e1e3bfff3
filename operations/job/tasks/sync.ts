import { performance } from "node:perf_hooks";
import { parseDatabaseUrl } from "../../connection";
import { operations } from "../../data/engine";
import { databaseUrl } from "../../deployment";
import { liveSite } from "../active-site";
import type { TaskContext } from "./context";

/**
 * Makes the standby's data equal to the primary's, until the standby is live. Where nobody can tell which site is, it
 * does nothing either: the live side is never overwritten. (The sync itself refuses, too, as soon as the standby has
 * rows of its own.)
 */
export async function syncTask({ deployment, env, emit, say, signal }: TaskContext): Promise<void> {
  const { name } = deployment.prod.outputs.record;
  const { site } = await liveSite(deployment, signal);
  emit("live", site === "standby" ? 1 : 0);
  if (site !== "primary") {
    say(
      site === "standby"
        ? `sync: left out, ${name} leads to the standby; its data is the shop's own now`
        : `sync: left out, ${name} leads to neither site for certain; run \`standby sync\` by hand while the primary serves`,
    );
    return;
  }
  const began = performance.now();
  try {
    const from = parseDatabaseUrl(
      "the primary's database",
      await databaseUrl("primary", deployment.settings, env),
    );
    const to = parseDatabaseUrl("the standby's database", deployment.standby.outputs.databaseUrl);
    const request = {
      rule: { kind: "forecast", policy: deployment.standby.outputs.offsets },
      dryRun: false,
      maxDeletes: undefined,
    } as const;
    const { tables, base } = await operations.sync(from, to, request, () => undefined);
    const moved = tables.reduce((sum, table) => sum + table.inserted + table.updated + table.deleted, 0);
    say(
      `sync: ${String(moved)} rows moved in ${String(tables.length)} tables, base of ${String(base.rows)} rows`,
    );
    emit("synced", 1);
  } catch (error) {
    emit("synced", 0);
    throw error;
  } finally {
    emit("syncSeconds", Math.round((performance.now() - began) / 100) / 10);
  }
}
