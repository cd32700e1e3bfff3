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
import { loadAlerts, webTests } from "./standby-watched";

interface WatchAllArgs {
  readonly settings: StandbySettings;
  readonly primaryHost: pulumi.Input<string>;
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

  for (const { part, ...test } of webTests(args))
    new WebTest(`test-${part}`, {
      ...place,
      ...test,
      testName: `${names.base}-${part}`,
      insightsId,
      actionGroupId,
    });

  const scopes = {
    app: { scope: app.appId, metricNamespace: "Microsoft.Web/sites" },
    plan: { scope: app.planId, metricNamespace: "Microsoft.Web/serverfarms" },
    database: {
      scope: database.monitoredId,
      metricNamespace: databaseNamespaces[settings.databaseEngine],
    },
    edge: { scope: edge.profileId, metricNamespace: "Microsoft.Cdn/profiles" },
  };
  for (const { part, of, ...alert } of loadAlerts)
    new Alert(`alert-${part}`, {
      ...place,
      ...scopes[of],
      ...alert,
      ruleName: `${names.base}-${part}`,
      actionGroupId,
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
