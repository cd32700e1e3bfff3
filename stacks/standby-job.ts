import * as pulumi from "@pulumi/pulumi";
import type { StandbyDatabase } from "../components/database";
import type { FileStorage } from "../components/file-storage";
import { Job } from "../components/job";
import { Logs } from "../components/logs";
import type { localNames } from "../components/names";
import type { PrivateNetwork } from "../components/network";
import type { Place } from "../components/place";
import type { AppVault } from "../components/vault";
import type { Watch } from "../components/watch";
import type { StandbySettings } from "../settings";
import { ordersTable } from "../settings/orders-table";
import type { Primary } from "./primary-reference";

interface StandbyJobArgs {
  readonly settings: StandbySettings;
  readonly primary: Primary;
  readonly place: Place;
  readonly names: ReturnType<typeof localNames>;
  readonly jobName: pulumi.Output<string>;
  readonly subscriptionId: pulumi.Input<string>;
  readonly groupId: pulumi.Output<string>;
  readonly planId: pulumi.Output<string>;
  readonly network: PrivateNetwork;
  readonly database: StandbyDatabase;
  readonly files: FileStorage;
  readonly vault: AppVault;
  readonly watch: Watch;
  /** The stack's own. */
  readonly outputs: object;
}

/** The job that syncs until the standby is live, checks, and tells both as metrics. */
export function standbyJob(args: StandbyJobArgs): Job {
  const { settings, place, names, network, database, watch } = args;
  const { sync, check, renew } = settings.schedules;
  const job = new Job(
    "job",
    {
      ...place,
      jobName: args.jobName,
      identityName: names.jobIdentity,
      subscriptionId: args.subscriptionId,
      groupId: args.groupId,
      planId: args.planId,
      subnetId: network.withSideSubnet(),
      files: args.files,
      vault: args.vault,
      secrets: {
        STANDBY_DATABASE_URL: "database-url",
        ...(args.primary.databaseUrl === undefined
          ? {}
          : { STANDBY_PRIMARY_DATABASE_URL: "primary-database-url" }),
      },
      deployment: {
        domain: settings.domain,
        zoneId: settings.zoneId,
        primaryHost: args.primary.host,
        config: {
          mailSendLimits: settings.mailSendLimits,
          webhooks: settings.webhooks,
        },
        // The database's URL is a secret, and in the vault.
        outputs: Object.fromEntries(Object.entries(args.outputs).filter(([name]) => name !== "databaseUrl")),
      },
      settings: {
        STANDBY_STACK: pulumi.getStack(),
        SYNC_SCHEDULE: sync,
        CHECK_SCHEDULE: check,
        RENEW_SCHEDULE: renew,
        ORDERS_TABLE: ordersTable(settings.databaseEngine, settings.ordersTable),
      },
    },
    // Its first look for the database finds the private way there.
    { dependsOn: [network, database] },
  );
  new Logs("logs-job", {
    workspaceId: watch.workspaceId,
    resourceUri: job.jobId,
    categories: ["AppServiceConsoleLogs", "AppServicePlatformLogs"],
  });
  return job;
}
