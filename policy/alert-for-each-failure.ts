import { metrics } from "../settings/metrics";
import { runsStandby } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, items, NotKnown, type Value } from "./values";

/** What went wrong in the story or would on its way here, and what an alert on it looks at. */
const inLogs: Readonly<Record<string, string>> = {
  "the name leading nowhere": metrics.dnsAsDeclared.name,
  "ids running out between the sites": metrics.idHeadroom.name,
  "a base that has grown old": metrics.baseAge.name,
  "a certificate near its end": metrics.certificateDays.name,
  "a failed run of the job": metrics.failedRun.name,
  "the job's silence": metrics.heartbeat.name,
  "mail that reaches nobody": "ACSEmailStatusUpdateOperational",
};
const inMetrics: Readonly<Record<string, readonly string[]>> = {
  "errors that visitors see": ["Http5xx", "Percentage5XX"],
  "answers that take long": ["HttpResponseTime", "TotalLatency"],
  "a busy app": ["CpuPercentage"],
  "a busy database": ["cpu_percent", "dtu_consumption_percent"],
};

export const alertForEachFailure = rule(
  "alert-for-each-failure",
  "Nothing of the story goes on unseen. There it was customers who told of each failure, hours late: images, orders, " +
    "mail, ids.",
  (stack, verdict) => {
    if (!runsStandby(stack)) return;
    const logAlerts = stack.of(types.logAlert);
    for (const alert of logAlerts) judgeAlert(stack, verdict, alert);
    const queries = valuesOf(logAlerts, "query", verdict);
    for (const [failure, wanted] of Object.entries(inLogs))
      if (queries.every((query) => !query.includes(wanted)) && !queries.includes(open))
        verdict.wrong(
          undefined,
          `no alert tells of ${failure}; wanted: a log alert whose query looks at ${wanted}. Fix: declare a ` +
            "ScheduledQueryRule on it.",
        );
    const watched = valuesOf(stack.of(types.alert), "metricName", verdict);
    for (const [failure, wanted] of Object.entries(inMetrics))
      if (!wanted.some((metric) => watched.includes(metric)) && !watched.includes(open))
        verdict.wrong(
          undefined,
          `no alert tells of ${failure}; wanted: a metric alert on ${wanted.join(" or ")}. Fix: declare a MetricAlert ` +
            "on it.",
        );
  },
);

/** Stands for what is not known yet, and may be what is looked for. */
const open = "\0";

/** What the criteria of alerts that are switched on look at. */
function valuesOf(alerts: readonly Resource[], key: string, verdict: Verdict): readonly string[] {
  const path = "criteria.allOf";
  return alerts
    .filter(({ inputs }) => at(inputs, "enabled") !== false)
    .flatMap((alert) => {
      const enabled = at(alert.inputs, "enabled");
      if (enabled instanceof NotKnown) {
        verdict.open(alert, "enabled", enabled);
        return [open];
      }
      const all = at(alert.inputs, path);
      const found: readonly (readonly [string, Value])[] =
        all instanceof NotKnown
          ? [[path, all]]
          : items(all).map((one, index) => [`${path}.${String(index)}.${key}`, at(one, key)]);
      return found.map(([where, value]) => {
        if (value instanceof NotKnown) {
          verdict.open(alert, where, value);
          return open;
        }
        return typeof value === "string" ? value : "";
      });
    });
}

function judgeAlert(stack: Stack, verdict: Verdict, alert: Resource): void {
  verdict.check(alert, "enabled", (value) => value === true, "true", "set enabled to true");
  if (!stack.of(types.actionGroup).some((group) => alert.madeFrom(group, "actions")))
    verdict.wrong(
      alert,
      `${alert.name} calls nobody; wanted: an action group of this stack among its actions. Fix: set ` +
        "actions.actionGroups to its id.",
    );
}
