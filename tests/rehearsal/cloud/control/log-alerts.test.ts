import type { JsonObject } from "../../../../rehearsal/cloud/control/json";
import { subscription, TestCloud } from "./test-cloud";

const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/logs`;
const people = `${group}/providers/Microsoft.Insights/actionGroups/people`;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
  await cloud.make("operationalinsights:Workspace", {
    resourceGroupName: "rg",
    workspaceName: "logs",
    location: "westeurope",
  });
  await cloud.make("monitor:ActionGroup", {
    resourceGroupName: "rg",
    actionGroupName: "people",
    location: "Global",
    enabled: true,
    groupShortName: "standby",
  });
});
afterEach(() => cloud.stop());

const condition = (more: JsonObject = {}): JsonObject => ({
  query: "AppServiceConsoleLogs\n| where true",
  timeAggregation: "Maximum",
  metricMeasureColumn: "value",
  operator: "GreaterThan",
  threshold: 0,
  ...more,
});
const rule = (more: JsonObject = {}) =>
  cloud.make("monitor:ScheduledQueryRule", {
    resourceGroupName: "rg",
    ruleName: "rule",
    location: "westeurope",
    kind: "LogAlert",
    severity: 1,
    scopes: [workspace],
    evaluationFrequency: "PT30M",
    windowSize: "PT2H",
    criteria: { allOf: [condition()] },
    actions: { actionGroups: [people] },
    ...more,
  });

test("an alert on a workspace's table", async () => {
  const { id } = await rule();
  expect(id).toBe(`${group}/providers/Microsoft.Insights/scheduledQueryRules/rule`);
});

const durations = "PT1M, PT5M, PT10M, PT15M, PT30M, PT45M, PT1H, PT2H, PT3H, PT4H, PT5H, PT6H, P1D";
test.each<[string, JsonObject, string]>([
  ["no scope", { scopes: [] }, "scopes is empty; a log alert looks into one resource or more."],
  [
    "a scope that is not there",
    { scopes: [`${workspace}-other`] },
    `the scope ${workspace}-other does not exist.`,
  ],
  [
    "people who are not there",
    { actions: { actionGroups: [`${people}-other`] } },
    `the action group ${people}-other does not exist.`,
  ],
  ["a severity beyond the last", { severity: 5 }, "severity is 5; a whole number from 0 to 4 is wanted."],
  [
    "a frequency that Azure does not have",
    { evaluationFrequency: "PT20M" },
    `evaluationFrequency is 'PT20M'; it takes ${durations}.`,
  ],
  [
    "a window that Azure does not have",
    { windowSize: "PT90M" },
    `windowSize is 'PT90M'; it takes ${durations}, P2D.`,
  ],
  [
    "a window shorter than the frequency",
    { evaluationFrequency: "PT1H", windowSize: "PT30M" },
    "windowSize PT30M is shorter than evaluationFrequency PT1H: what is logged in between would never be looked at.",
  ],
  [
    "two conditions",
    { criteria: { allOf: [condition(), condition()] } },
    "criteria.allOf holds 2 conditions; a log alert has one.",
  ],
  [
    "a table that there is not",
    { criteria: { allOf: [condition({ query: "AppServiceConsolLogs | count" })] } },
    "its query begins with 'AppServiceConsolLogs', which is no table that the local cloud knows; it knows " +
      "AppServiceConsoleLogs, AppServiceHTTPLogs, ACSEmailSendMailOperational, ACSEmailStatusUpdateOperational, AzureDiagnostics.",
  ],
  [
    "a column for a count of rows",
    { criteria: { allOf: [condition({ timeAggregation: "Count" })] } },
    "metricMeasureColumn has no meaning where rows are counted.",
  ],
])("refuses %s", async (_what, more, why) => {
  await expect(rule(more)).rejects.toThrow(`Scheduled query rule rule: ${why}`);
});

test("refuses a maximum of no column", async () => {
  const rest = Object.entries(condition()).filter(([name]) => name !== "metricMeasureColumn");
  await expect(rule({ criteria: { allOf: [Object.fromEntries(rest)] } })).rejects.toThrow(
    "Scheduled query rule rule: timeAggregation Maximum needs metricMeasureColumn.",
  );
});

test("refuses a category that a resource does not log", async () => {
  const { id } = await cloud.make("cdn:Profile", {
    resourceGroupName: "rg",
    profileName: "door",
    location: "Global",
    sku: { name: "Standard_AzureFrontDoor" },
  });
  const setting = (category: string) =>
    cloud.make("monitor:DiagnosticSetting", {
      resourceUri: id,
      name: `workspace-${category}`,
      workspaceId: workspace,
      logs: [{ category, enabled: true }],
    });
  await setting("FrontDoorAccessLog");
  await expect(setting("AppServiceConsoleLogs")).rejects.toThrow(
    "Category 'AppServiceConsoleLogs' is not supported by door; supported are FrontDoorAccessLog, " +
      "FrontDoorHealthProbeLog, FrontDoorWebApplicationFirewallLog.",
  );
});

describe("a workbook", () => {
  const workbook = (more: JsonObject = {}) =>
    cloud.make("applicationinsights:Workbook", {
      resourceGroupName: "rg",
      resourceName: "11111111-2222-4333-8444-555555555555",
      location: "westeurope",
      kind: "shared",
      category: "workbook",
      displayName: "at a glance",
      serializedData: JSON.stringify({ version: "Notebook/1.0", items: [{ type: 1 }] }),
      ...more,
    });

  test("is taken", async () => {
    expect((await workbook()).id).toMatch(/\/workbooks\/11111111-2222-4333-8444-555555555555$/);
  });

  test("is refused under a name that is no GUID", async () => {
    await expect(workbook({ resourceName: "glance" })).rejects.toThrow(
      'resourceName is "glance"; a GUID is wanted',
    );
  });

  test.each([["{"], ["{}"], ['{"version":"Notebook/1.0","items":[]}']])(
    "is refused with content that is none: %s",
    async (serializedData) => {
      await expect(workbook({ serializedData })).rejects.toThrow(
        "serializedData is no workbook; JSON of version Notebook/1.0 with items is wanted.",
      );
    },
  );
});
