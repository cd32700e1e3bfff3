import { mailQuery, metricQuery, metricsQuery } from "./metric-query";

/** What the queries look into, and where the reader finds more. */
export interface WorkbookSubject {
  /** Lower case, as host names are logged. */
  readonly imageHost: string;
  readonly workspaceId: string;
  readonly groupId: string;
}

interface Tile {
  readonly name: string;
  readonly title: string;
  readonly query: string;
  readonly visualization: "timechart" | "barchart" | "table";
}

const latest =
  "| summarize arg_max(TimeGenerated, value) by metric\n| project metric, value, at = TimeGenerated";

/** The story's questions, each with the query that answers it. */
export const tiles = ({ imageHost }: Pick<WorkbookSubject, "imageHost">): readonly Tile[] => [
  {
    name: "orders",
    title: "Are orders coming in, and where? (orders in each database)",
    query: `${metricsQuery(["ordersPrimary", "ordersStandby"])}\n| summarize orders = max(value) by bin(TimeGenerated, 1h), metric`,
    visualization: "timechart",
  },
  {
    name: "standby",
    title: "Is the standby ready, and who is live?",
    query: `${metricsQuery(["ready", "live", "dnsAsDeclared", "checkFailures"])}\n${latest}`,
    visualization: "table",
  },
  {
    name: "images",
    title: "Do images load? (answers of the edge, by status)",
    query: [
      "AzureDiagnostics",
      `| where Category == "FrontDoorAccessLog" and requestUri_s contains "//${imageHost}"`,
      "| summarize requests = count() by bin(TimeGenerated, 15m), httpStatusCode_s",
    ].join("\n"),
    visualization: "timechart",
  },
  {
    name: "images-at-edge",
    title: "Do the shop's pages take their images from the edge? (1: yes)",
    query: `${metricQuery("imagesAtEdge")}\n| summarize value = min(value) by bin(TimeGenerated, 1h)`,
    visualization: "timechart",
  },
  {
    name: "mail",
    title: "Does mail arrive? (recipients, by what became of it)",
    query: `${mailQuery}\n| summarize recipients = count() by bin(TimeGenerated, 15m), DeliveryStatus`,
    visualization: "barchart",
  },
  {
    name: "mail-ready",
    title: "Is mail ready for the day? (1: verified, in DNS, signed in, limits above the forecast)",
    query: `${metricQuery("mailReady")}\n| summarize value = min(value) by bin(TimeGenerated, 1h)`,
    visualization: "timechart",
  },
  {
    name: "room",
    title: "How much room have the ids (percent left), and how old is the base (hours)?",
    query: `${metricsQuery(["idHeadroom", "baseAge"])}\n| summarize value = max(value) by bin(TimeGenerated, 1h), metric`,
    visualization: "timechart",
  },
  {
    name: "certificate",
    title: "How many days is the edge's certificate good for?",
    query: `${metricQuery("certificateDays")}\n| summarize days = min(value) by bin(TimeGenerated, 6h)`,
    visualization: "timechart",
  },
  {
    name: "job",
    title: "Is the job at work? (the last of each)",
    query: `${metricsQuery(["heartbeat", "failedRun", "synced", "syncSeconds"])}\n${latest}`,
    visualization: "table",
  },
];

/**
 * The workbook as Azure stores it: a text, then a query a tile. The form is that of the gallery's own templates
 * (https://github.com/microsoft/Application-Insights-Workbooks, schema/workbook.json).
 */
export function workbookContent(subject: WorkbookSubject): string {
  const { workspaceId, groupId } = subject;
  const intro = {
    type: 1,
    name: "about",
    content: {
      json:
        "## The standby at a glance\n\nWhat the day will ask, and what the standby's job and its services say. " +
        "`standby check` names the fix of whatever is not well; `standby watch` shows the day as it happens; " +
        "`standby cost` what it costs, and so does *Cost analysis* of " +
        `[its resource group](https://portal.azure.com/#resource${groupId}/overview).`,
    },
  };
  const queries = tiles(subject).map(({ name, title, query, visualization }) => ({
    type: 3,
    name,
    content: {
      version: "KqlItem/1.0",
      query,
      size: 1,
      title,
      timeContext: { durationMs: 86_400_000 },
      queryType: 0,
      resourceType: "microsoft.operationalinsights/workspaces",
      crossComponentResources: [workspaceId],
      visualization,
    },
  }));
  return JSON.stringify({
    version: "Notebook/1.0",
    items: [intro, ...queries],
    fallbackResourceIds: [workspaceId],
    $schema: "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
  });
}
