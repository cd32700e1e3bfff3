import { z } from "zod";
import { badRequest } from "../fault";
import { lastOf, pick, type RuleBook } from "./rules";

/**
 * The tables of a workspace that this project's queries may begin with, and the category of a diagnostic setting that
 * fills each (https://learn.microsoft.com/azure/azure-monitor/reference/tables-index, and "supported logs" of each
 * type). Front Door's categories share one table.
 */
export const logTables: ReadonlyMap<string, readonly string[]> = new Map([
  ["AppServiceConsoleLogs", ["AppServiceConsoleLogs"]],
  ["AppServiceHTTPLogs", ["AppServiceHTTPLogs"]],
  ["ACSEmailSendMailOperational", ["EmailSendMailOperational"]],
  ["ACSEmailStatusUpdateOperational", ["EmailStatusUpdateOperational"]],
  [
    "AzureDiagnostics",
    ["FrontDoorAccessLog", "FrontDoorHealthProbeLog", "FrontDoorWebApplicationFirewallLog"],
  ],
]);

/** The categories that each type of resource logs. */
const categories: Readonly<Record<string, readonly string[]>> = {
  "azure-native:web:WebApp": [
    "AppServiceAppLogs",
    "AppServiceAuditLogs",
    "AppServiceConsoleLogs",
    "AppServiceHTTPLogs",
    "AppServiceIPSecAuditLogs",
    "AppServicePlatformLogs",
  ],
  "azure-native:cdn:Profile": [
    "FrontDoorAccessLog",
    "FrontDoorHealthProbeLog",
    "FrontDoorWebApplicationFirewallLog",
  ],
  "azure-native:communication:CommunicationService": [
    "AuthOperational",
    "EmailSendMailOperational",
    "EmailStatusUpdateOperational",
    "EmailUserEngagementOperational",
    "Usage",
  ],
};

/** Minutes of the durations that Azure takes (hashicorp/terraform-provider-azurerm#18960); a day and two as windows. */
const frequencies: Readonly<Record<string, number>> = {
  PT1M: 1,
  PT5M: 5,
  PT10M: 10,
  PT15M: 15,
  PT30M: 30,
  PT45M: 45,
  PT1H: 60,
  PT2H: 120,
  PT3H: 180,
  PT4H: 240,
  PT5H: 300,
  PT6H: 360,
  P1D: 1440,
};
const windows: Readonly<Record<string, number>> = { ...frequencies, P2D: 2880 };

const ruleSchema = z.object({
  scopes: z.array(z.string()).default([]),
  severity: z.number().default(3),
  evaluationFrequency: z.string().default(""),
  windowSize: z.string().default(""),
  criteria: z
    .object({
      allOf: z
        .array(
          z.object({
            query: z.string(),
            timeAggregation: z.string(),
            metricMeasureColumn: z.string().optional(),
          }),
        )
        .default([]),
    })
    .default({ allOf: [] }),
  actions: z.object({ actionGroups: z.array(z.string()).default([]) }).default({ actionGroups: [] }),
});
const settingSchema = z.object({
  resourceUri: z.string(),
  logs: z.array(z.object({ category: z.string().optional() })).default([]),
});
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const notebook = z.object({ version: z.literal("Notebook/1.0"), items: z.array(z.unknown()).min(1) });

/** The table that a query begins with. */
export const tableOf = (query: string): string => /^\s*([A-Za-z_]\w*)/.exec(query)?.[1] ?? "";

export const logAlertRules: RuleBook = {
  "monitor:ScheduledQueryRule": {
    admit: ({ id, values }, { world }) => {
      const rule = pick(ruleSchema, values);
      const refuse = (why: string): never => {
        throw badRequest("BadRequest", `Scheduled query rule ${lastOf(id)}: ${why}`);
      };
      if (rule.scopes.length === 0) refuse("scopes is empty; a log alert looks into one resource or more.");
      for (const scope of rule.scopes)
        if (world.get(scope) === undefined) refuse(`the scope ${scope} does not exist.`);
      for (const group of rule.actions.actionGroups)
        if (world.get(group) === undefined) refuse(`the action group ${group} does not exist.`);
      if (!Number.isInteger(rule.severity) || rule.severity < 0 || rule.severity > 4)
        refuse(`severity is ${String(rule.severity)}; a whole number from 0 to 4 is wanted.`);
      const every = frequencies[rule.evaluationFrequency];
      const window = windows[rule.windowSize];
      if (every === undefined)
        return refuse(
          `evaluationFrequency is '${rule.evaluationFrequency}'; it takes ${Object.keys(frequencies).join(", ")}.`,
        );
      if (window === undefined)
        return refuse(`windowSize is '${rule.windowSize}'; it takes ${Object.keys(windows).join(", ")}.`);
      if (window < every)
        refuse(
          `windowSize ${rule.windowSize} is shorter than evaluationFrequency ${rule.evaluationFrequency}: what is ` +
            "logged in between would never be looked at.",
        );
      if (rule.criteria.allOf.length !== 1)
        refuse(`criteria.allOf holds ${String(rule.criteria.allOf.length)} conditions; a log alert has one.`);
      for (const { query, timeAggregation, metricMeasureColumn } of rule.criteria.allOf) {
        const table = tableOf(query);
        if (!logTables.has(table))
          refuse(
            `its query begins with '${table}', which is no table that the local cloud knows; it knows ` +
              `${[...logTables.keys()].join(", ")}.`,
          );
        if ((timeAggregation === "Count") === (metricMeasureColumn !== undefined))
          refuse(
            timeAggregation === "Count"
              ? "metricMeasureColumn has no meaning where rows are counted."
              : `timeAggregation ${timeAggregation} needs metricMeasureColumn.`,
          );
      }
    },
    outputs: () => ({ createdWithApiVersion: "2025-01-01-preview", isLegacyLogAnalyticsRule: false }),
  },
  "monitor:DiagnosticSetting": {
    admit: ({ values }, { world }) => {
      const { resourceUri, logs } = pick(settingSchema, values);
      const resource = world.get(resourceUri);
      if (resource === undefined) return;
      const known = categories[resource.type];
      for (const { category } of logs)
        if (category !== undefined && known !== undefined && !known.includes(category))
          throw badRequest(
            "BadRequest",
            `Category '${category}' is not supported by ${lastOf(resourceUri)}; supported are ${known.join(", ")}.`,
          );
    },
  },
  "applicationinsights:Workbook": {
    replaces: ["sourceId"],
    check: (values) => {
      const name = values["resourceName"];
      return typeof name === "string" && !guid.test(name)
        ? [{ property: "resourceName", reason: `is ${JSON.stringify(name)}; a GUID is wanted` }]
        : [];
    },
    admit: ({ id, values }) => {
      const { serializedData } = pick(z.object({ serializedData: z.string() }), values);
      const content = z
        .string()
        .transform((text, context) => {
          try {
            return JSON.parse(text) as unknown;
          } catch {
            context.addIssue({ code: "custom", message: "no JSON" });
            return z.NEVER;
          }
        })
        .pipe(notebook)
        .safeParse(serializedData);
      if (!content.success)
        throw badRequest(
          "BadRequest",
          `Workbook ${lastOf(id)}: serializedData is no workbook; JSON of version Notebook/1.0 with items is wanted.`,
        );
    },
    outputs: () => ({ revision: "1", timeModified: "2026-11-01T00:00:00Z", userId: "" }),
  },
};
