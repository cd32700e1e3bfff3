import type { Figures, Metric } from "../../../settings/metrics";
import { checks } from "../../check/checks";
import { reason, type CheckResult, type Finding } from "../../check/check";
import { runChecks } from "../../check/run";
import { sites, type Site } from "../../deployment";
import { countOrders } from "../../watch/sample";
import { asSeen, liveSite, type LiveSite } from "../active-site";
import { emitAll } from "../emit";
import type { TaskContext } from "./context";

/** Checks that the job cannot run: they need what only an operator has. */
export const leftToOperators: readonly string[] = checks.flatMap(({ id, operatorOnly }) =>
  operatorOnly === true ? [id] : [],
);

/** Runs every check that can be run beside the standby, and tells what they found as metrics. */
export async function checkTask(context: TaskContext): Promise<void> {
  const { deployment, env, emit, say, signal } = context;
  try {
    const live = await liveSite(deployment, signal).catch((error: unknown): LiveSite => {
      say(`check: which site is live cannot be told: ${reason(error)}`);
      return { site: undefined, proxied: false, primaryTarget: undefined };
    });
    const { site } = live;
    if (site !== undefined) emit("live", site === "standby" ? 1 : 0);
    const seen = asSeen(deployment, live);
    const chosen = checks.filter(
      ({ id, operatorOnly }) => operatorOnly !== true && !(site === "standby" && id === "last-sync"),
    );
    const result = await runChecks(
      chosen,
      { deployment: seen, target: "standby", env, now: new Date() },
      signal,
    );
    // Cut short, it says nothing of the standby.
    signal.throwIfAborted();
    emitAll(emit, figuresOf(result));
    for (const { id, status, found, fix } of result.checks)
      if (status !== "pass") say(`check: ${id} ${status}: ${found}. Fix: ${fix}`);
    await countAll(context);
  } finally {
    emit("heartbeat", 1);
  }
}

/** What a result says in figures. What could not be looked at says nothing: it counts as a check that failed. */
export function figuresOf({ ready, checks: findings }: CheckResult): Figures {
  const all = (metric: Metric): readonly number[] =>
    findings.flatMap(({ figures }) => figures?.[metric] ?? []);
  const least = (metric: Metric): Figures =>
    all(metric).length === 0 ? {} : { [metric]: Math.min(...all(metric)) };
  const dns = findings.find(({ id }) => id === "dns")?.status ?? "unknown";
  return {
    ready: ready ? 1 : 0,
    checkFailures: findings.filter(({ status }) => status === "fail" || status === "unknown").length,
    ...(dns === "unknown" ? {} : { dnsAsDeclared: dns === "fail" ? 0 : 1 }),
    ...least("idHeadroom"),
    ...least("baseAge"),
    ...least("certificateDays"),
    ...yesOrNo("imagesAtEdge", findings, (id) => id === "images"),
    ...yesOrNo("mailReady", findings, (id) => id.startsWith("mail-")),
  };
}

/** 0 as soon as one of the findings failed, 1 where all of them could look and none did. */
function yesOrNo(metric: Metric, findings: readonly Finding[], about: (id: string) => boolean): Figures {
  const own = findings.filter(({ id }) => about(id)).map(({ status }) => status);
  if (own.includes("fail")) return { [metric]: 0 };
  return own.length === 0 || own.includes("unknown") ? {} : { [metric]: 1 };
}

const ordersOf: Readonly<Record<Site, Metric>> = { primary: "ordersPrimary", standby: "ordersStandby" };

async function countAll({ deployment, settings, env, emit, say }: TaskContext): Promise<void> {
  await Promise.all(
    sites.map(async (site) => {
      try {
        emit(ordersOf[site], await countOrders(deployment, site, settings.orders, env));
      } catch (error) {
        say(`check: the orders of the ${site} could not be counted: ${reason(error)}`);
      }
    }),
  );
}
