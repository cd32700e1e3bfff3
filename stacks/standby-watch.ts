import type * as pulumi from "@pulumi/pulumi";
import { Alert } from "../components/alert";
import type { AppService } from "../components/app-service";
import type { StandbyDatabase } from "../components/database";
import type { Edge } from "../components/edge";
import { JobAlerts } from "../components/job-alerts";
import { Logs } from "../components/logs";
import type { Mail } from "../components/mail";
import type { Hosts, localNames } from "../components/names";
import type { Place } from "../components/place";
import type { Watch } from "../components/watch";
import { WebTest } from "../components/web-test";
import { Workbook } from "../components/workbook";
import type { StandbySettings } from "../settings";
import { healthPath } from "../settings/health";

interface WatchAllArgs {
  readonly settings: StandbySettings;
  readonly hosts: Hosts;
  readonly place: Place;
  readonly names: ReturnType<typeof localNames>;
  readonly groupId: pulumi.Output<string>;
  readonly watch: Watch;
  readonly app: AppService;
  readonly database: StandbyDatabase;
  readonly edge: Edge;
  readonly mail: Mail;
}

const databaseNamespaces = {
  postgres: "Microsoft.DBforPostgreSQL/flexibleServers",
  sqlserver: "Microsoft.Sql/servers/databases",
  mysql: "Microsoft.DBforMySQL/flexibleServers",
} as const;

/** What calls a person: both sites and the images as visitors see them, and the standby's own load. */
export function watchAll(args: WatchAllArgs): void {
  const { settings, hosts, place, names, watch, app, database, edge, mail } = args;
  const { actionGroupId, insightsId, workspaceId } = watch;

  const tests = [
    ["public", `https://${hosts.public}${healthPath}`, "The shop as its visitors reach it", 0, true],
    // By its own name the primary may show another's certificate.
    ["primary", `https://${settings.primaryHost}${healthPath}`, "The primary itself", 1, false],
    ["standby", `https://${hosts.standby}${healthPath}`, "The standby itself", 1, true],
    ["images", `https://${hosts.images}${settings.watchedImage}`, "Images from the edge", 1, true],
  ] as const;
  for (const [part, url, description, severity, checkCertificate] of tests)
    new WebTest(`test-${part}`, {
      ...place,
      testName: `${names.base}-${part}`,
      insightsId,
      actionGroupId,
      url,
      description,
      severity,
      checkCertificate,
    });

  const alerts = [
    ["app-errors", app.appId, "Microsoft.Web/sites", "Http5xx", "Total", 10, 1],
    ["app-slow", app.appId, "Microsoft.Web/sites", "HttpResponseTime", "Average", 3, 2],
    ["app-busy", app.planId, "Microsoft.Web/serverfarms", "CpuPercentage", "Average", 85, 2],
    [
      "database-busy",
      database.monitoredId,
      databaseNamespaces[settings.databaseEngine],
      "cpu_percent",
      "Average",
      85,
      2,
    ],
    ["edge-errors", edge.profileId, "Microsoft.Cdn/profiles", "Percentage5XX", "Average", 5, 1],
  ] as const;
  for (const [part, scope, metricNamespace, metric, aggregation, above, severity] of alerts)
    new Alert(`alert-${part}`, {
      ...place,
      ruleName: `${names.base}-${part}`,
      actionGroupId,
      scope,
      metricNamespace,
      metric,
      aggregation,
      above,
      severity,
    });

  new JobAlerts("alert", {
    ...place,
    baseName: names.base,
    workspaceId,
    actionGroupId,
    syncAgeHours: settings.syncAgeHours,
    mailsPerHour: settings.mailsPerHour,
  });
  new Workbook("workbook", {
    ...place,
    displayName: `${names.base} at a glance`,
    imageHost: hosts.images,
    workspaceId,
    groupId: args.groupId,
  });

  new Logs("logs-app", {
    workspaceId,
    resourceUri: app.appId,
    categories: ["AppServiceHTTPLogs", "AppServiceConsoleLogs"],
  });
  new Logs("logs-edge", {
    workspaceId,
    resourceUri: edge.profileId,
    categories: ["FrontDoorAccessLog", "FrontDoorWebApplicationFirewallLog"],
  });
  new Logs("logs-mail", {
    workspaceId,
    resourceUri: mail.communicationId,
    categories: ["EmailSendMailOperational", "EmailStatusUpdateOperational"],
  });
}
