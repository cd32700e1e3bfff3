import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { healthPath } from "../settings/health";
import { appSettings } from "./app-settings";
import { PackageUpload } from "./dynamic/package-upload";
import type { FileStorage } from "./file-storage";
import { componentType, type Place } from "./place";
import { grant } from "./roles";
import { inTheOpen } from "./site-config";
import type { AppVault } from "./vault";

export interface JobArgs extends Place {
  readonly jobName: pulumi.Input<string>;
  readonly identityName: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  /** Id of the resource group, whose state the checks read. */
  readonly groupId: pulumi.Input<string>;
  readonly planId: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  readonly files: FileStorage;
  readonly vault: AppVault;
  /** Names of secrets in the vault, by the setting that refers to each; the job may read these and no other. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The deployment as the checks need it, without secrets: what setting STANDBY_DEPLOYMENT holds as JSON. */
  readonly deployment: pulumi.Input<object>;
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * The standby's own job (operations/job): inside its network, since the database is private, on the side plan, so that
 * it never takes from the shop. Nobody reaches it; App Service asks for its health from within
 * (https://learn.microsoft.com/azure/app-service/monitor-instances-health-check).
 */
export class Job extends pulumi.ComponentResource {
  readonly jobId: pulumi.Output<string>;
  /** Object id of the identity that the job acts as. */
  readonly principalId: pulumi.Output<string>;

  constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Job"), name, {}, opts);
    const { resourceGroupName, location, tags, subscriptionId, files, vault } = args;
    const identity = new managedidentity.UserAssignedIdentity(
      `${name}-identity`,
      { resourceGroupName, resourceName: args.identityName, location, tags },
      { parent: this },
    );
    const { principalId } = identity;
    const reader = grant(
      `${name}-reader`,
      { scope: args.groupId, role: "reader", principalId, principalType: "ServicePrincipal", subscriptionId },
      this,
    );
    const secrets = Object.entries(args.secrets).map(
      ([setting, secretName]) => [setting, vault.letRead(name, secretName, principalId)] as const,
    );
    const code = new PackageUpload(
      `${name}-package`,
      {
        account: files.accountName,
        container: files.packages,
        label: "job",
        source: { kind: "bundle", entry: "operations/job/main.ts" },
      },
      { parent: this },
    );
    const siteConfig = {
      linuxFxVersion: "NODE|22-lts",
      appCommandLine: "node main.js",
      alwaysOn: true,
      http20Enabled: true,
      minTlsVersion: "1.2",
      scmMinTlsVersion: "1.2",
      ftpsState: "Disabled",
      healthCheckPath: healthPath,
      ipSecurityRestrictionsDefaultAction: "Deny",
      scmIpSecurityRestrictionsUseMain: false,
      scmIpSecurityRestrictionsDefaultAction: "Deny",
      appSettings: appSettings({
        ...args.settings,
        ...Object.fromEntries(secrets),
        STANDBY_DEPLOYMENT: pulumi.output(args.deployment).apply((deployment) => JSON.stringify(deployment)),
        // Which identity the SDKs sign in as, where an app may have several.
        AZURE_CLIENT_ID: identity.clientId,
        WEBSITE_RUN_FROM_PACKAGE: code.url,
        WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.id,
      }),
    };
    const job = new web.WebApp(
      name,
      {
        resourceGroupName,
        name: args.jobName,
        location,
        kind: "app,linux",
        reserved: true,
        serverFarmId: args.planId,
        httpsOnly: true,
        publicNetworkAccess: "Disabled",
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
        keyVaultReferenceIdentity: identity.id,
        virtualNetworkSubnetId: args.subnetId,
        siteConfig,
        tags,
      },
      { parent: this, dependsOn: [reader, files.letRun(name, principalId)], ...inTheOpen(siteConfig) },
    );
    this.jobId = job.id;
    this.principalId = principalId;
    this.registerOutputs({ jobId: this.jobId });
  }
}
