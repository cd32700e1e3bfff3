import { metrics, type Metric } from "../settings/metrics";

/**
 * The values of a metric as the job told them, newest last by TimeGenerated. App Service writes each line of the job's
 * stdout into ResultDescription (https://learn.microsoft.com/azure/azure-monitor/reference/tables/appserviceconsolelogs).
 */
export const metricQuery = (metric: Metric): string =>
  [
    "AppServiceConsoleLogs",
    `| where ResultDescription startswith '{"metric":"${metrics[metric].name}"'`,
    "| extend value = todouble(parse_json(ResultDescription).value)",
  ].join("\n");

/** The values of some metrics in one table, with the column `metric` telling them apart. */
export const metricsQuery = (chosen: readonly Metric[]): string =>
  [
    "AppServiceConsoleLogs",
    `| where ResultDescription startswith '{"metric":"standby.'`,
    "| extend told = parse_json(ResultDescription)",
    "| extend metric = tostring(told.metric), value = todouble(told.value)",
    `| where metric in (${chosen.map((metric) => `"${metrics[metric].name}"`).join(", ")})`,
  ].join("\n");

/**
 * What became of each mail, one row a recipient; the rows without one speak of the whole message
 * (https://learn.microsoft.com/azure/azure-monitor/reference/tables/acsemailstatusupdateoperational).
 */
export const mailQuery = ["ACSEmailStatusUpdateOperational", "| where isnotempty(RecipientId)"].join("\n");

/** The states of a mail that reached nobody (https://learn.microsoft.com/azure/event-grid/communication-services-email-events). */
export const undelivered = ["Bounced", "Failed", "FilteredSpam", "Quarantined", "Suppressed"] as const;
