import { z } from "zod";
import { Workbook } from "../../components/workbook";
import { tiles, workbookContent } from "../../components/workbook-content";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

const subject = { imageHost: "images.blanklabel.example", workspaceId: "/id/logs", groupId: "/id/group" };

test("a workbook under a GUID, with the day's questions", async () => {
  const { registered } = await runMocked(
    "standby",
    () => new Workbook("workbook", { ...place, ...subject, displayName: "shop at a glance" }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:applicationinsights:Workbook workbook": {
      category: "workbook",
      displayName: "shop at a glance",
      kind: "shared",
      location: "westeurope",
      resourceGroupName: "shop-standby-rg",
      resourceName: "99999999-8888-4777-8666-555555555555",
      serializedData: workbookContent(subject),
      sourceId: "azure monitor",
      tags: { site: "standby" },
    },
    "random:index/randomUuid:RandomUuid workbook-id": {},
  });
});

test("its items: a text that leads to the cost, then a query for each question", () => {
  const item = z.object({ type: z.number(), name: z.string(), content: z.record(z.string(), z.unknown()) });
  const content = z
    .object({ version: z.string(), items: z.array(item), fallbackResourceIds: z.array(z.string()) })
    .parse(JSON.parse(workbookContent(subject)));
  expect(content.version).toBe("Notebook/1.0");
  expect(content.fallbackResourceIds).toEqual(["/id/logs"]);
  const [about, ...queries] = content.items;
  expect(about?.content["json"]).toContain("(https://portal.azure.com/#resource/id/group/overview)");
  expect(queries.map(({ name }) => name)).toEqual([
    "orders",
    "standby",
    "images",
    "images-at-edge",
    "mail",
    "mail-ready",
    "room",
    "certificate",
    "job",
  ]);
  expect(queries[0]).toEqual({
    type: 3,
    name: "orders",
    content: {
      version: "KqlItem/1.0",
      query: `AppServiceConsoleLogs
| where ResultDescription startswith '{"metric":"standby.'
| extend told = parse_json(ResultDescription)
| extend metric = tostring(told.metric), value = todouble(told.value)
| where metric in ("standby.orders-primary", "standby.orders-standby")
| summarize orders = max(value) by bin(TimeGenerated, 1h), metric`,
      size: 1,
      title: "Are orders coming in, and where? (orders in each database)",
      timeContext: { durationMs: 86400000 },
      queryType: 0,
      resourceType: "microsoft.operationalinsights/workspaces",
      crossComponentResources: ["/id/logs"],
      visualization: "timechart",
    },
  });
});

test("images are asked of the edge's own log", () => {
  expect(tiles(subject).find(({ name }) => name === "images")?.query).toBe(
    `AzureDiagnostics
| where Category == "FrontDoorAccessLog" and requestUri_s contains "//images.blanklabel.example"
| summarize requests = count() by bin(TimeGenerated, 15m), httpStatusCode_s`,
  );
});
