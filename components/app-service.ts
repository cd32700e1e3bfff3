import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { healthPath } from "../settings/health";
import { onlyFrontDoor } from "./only-front-door";
import { appSettings } from "./app-settings";
import { componentType, type Place } from "./place";

export interface AppServiceArgs extends Place {
  readonly planName: pulumi.Input<string>;
  readonly appName: pulumi.Input<string>;
  readonly sku: { readonly name: string; readonly tier: string };
  /** Instances to start with; the autoscale setting takes over from there. */
  readonly instances: number;
  /** App Service's Linux runtime, e.g. NODE|20-lts. */
  readonly runtime: pulumi.Input<string>;
  readonly startCommand: pulumi.Input<string>;
  /** Address of the zip package in storage, which the identity may read. */
  readonly packageUrl: pulumi.Input<string>;
  readonly identityId: pulumi.Input<string>;
  readonly subnetId: pulumi.Input<string>;
  /** Id of the one Front Door that may call. */
  readonly frontDoorId: pulumi.Input<string>;
  /** Addresses that may reach the deployment site; none closes it. */
  readonly operatorAddresses: readonly string[];
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The plan and the app on it: always on, reached only through the edge, its secrets read from the vault. */
export class AppService extends pulumi.ComponentResource {
  readonly appName: pulumi.Output<string>;
  readonly appId: pulumi.Output<string>;
  readonly planId: pulumi.Output<string>;
  /** `<app>.azurewebsites.net`. */
  readonly host: pulumi.Output<string>;
  /** What TXT `asuid.<host>` must hold before a host name can be bound. */
  readonly verificationId: pulumi.Output<string>;

  constructor(name: string, args: AppServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("AppService"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const plan = new web.AppServicePlan(
      `${name}-plan`,
      {
        resourceGroupName,
        name: args.planName,
        location,
        kind: "linux",
        // Linux.
        reserved: true,
        sku: { ...args.sku, capacity: args.instances },
        tags,
      },
      // The number of instances belongs to the autoscale setting once it runs.
      { parent: this, ignoreChanges: ["sku.capacity"] },
    );
    const app = new web.WebApp(
      name,
      {
        resourceGroupName,
        name: args.appName,
        location,
        kind: "app,linux",
        reserved: true,
        serverFarmId: plan.id,
        httpsOnly: true,
        // Sessions live in the database: any instance may answer.
        clientAffinityEnabled: false,
        identity: { type: "UserAssigned", userAssignedIdentities: [args.identityId] },
        keyVaultReferenceIdentity: args.identityId,
        virtualNetworkSubnetId: args.subnetId,
        siteConfig: {
          linuxFxVersion: args.runtime,
          appCommandLine: args.startCommand,
          alwaysOn: true,
          http20Enabled: true,
          minTlsVersion: "1.2",
          scmMinTlsVersion: "1.2",
          ftpsState: "Disabled",
          healthCheckPath: healthPath,
          ...onlyFrontDoor(args.frontDoorId),
          scmIpSecurityRestrictionsUseMain: false,
          scmIpSecurityRestrictionsDefaultAction: "Deny",
          scmIpSecurityRestrictions: args.operatorAddresses.map((address, position) => ({
            name: `operator-${address}`,
            action: "Allow",
            priority: 100 + position,
            ipAddress: `${address}/32`,
          })),
          appSettings: appSettings({
            ...args.settings,
            WEBSITE_RUN_FROM_PACKAGE: args.packageUrl,
            WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: args.identityId,
          }),
        },
        tags,
      },
      { parent: this },
    );

    this.appName = app.name;
    this.appId = app.id;
    this.planId = plan.id;
    this.host = app.defaultHostName;
    this.verificationId = app.customDomainVerificationId.apply((id) => id ?? "");
    this.registerOutputs({ appName: this.appName, host: this.host });
  }
}
