import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { healthPath } from "../settings/health";
import { everyone, onlyFrontDoor } from "./only-front-door";
import { appSettings } from "./app-settings";
import { componentType, type Place } from "./place";
import { inTheOpen } from "./site-config";

/** What an app runs: a zip in storage on a runtime of App Service's, or an image that brings everything. */
export type AppContent =
  | {
      readonly kind: "package";
      /** Address of the zip package in storage, which the identity may read. */
      readonly url: pulumi.Input<string>;
      /** App Service's Linux runtime, e.g. NODE|20-lts. */
      readonly runtime: string;
      readonly start: string;
    }
  | { readonly kind: "container"; readonly image: string; readonly start?: string | undefined };

export interface AppServiceArgs extends Place {
  readonly planName: pulumi.Input<string>;
  readonly appName: pulumi.Input<string>;
  readonly sku: { readonly name: string; readonly tier: string };
  /** Instances to start with; the autoscale setting takes over from there. */
  readonly instances: number;
  readonly content: AppContent;
  /** What is warmed beside it before it is swapped in; none leaves the slot stopped. Without it there is no slot. */
  readonly slot?: { readonly content?: AppContent | undefined };
  readonly identity: { readonly id: pulumi.Input<string>; readonly clientId: pulumi.Input<string> };
  readonly subnetId: pulumi.Input<string>;
  /** Id of the one Front Door that may call; without one everybody may. */
  readonly frontDoorId?: pulumi.Input<string> | undefined;
  /** Where what it runs answers 200 when it works; {@link healthPath} unless it says so. */
  readonly healthPath?: string;
  /** Addresses that may reach the deployment site; none closes it. */
  readonly operatorAddresses: readonly string[];
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The slot's name: its host is `<app>-next.azurewebsites.net`. */
const slotName = "next";

/** The plan and the app on it: always on, its secrets read from the vault; behind an edge it is reached only through that. */
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
    const { resourceGroupName, location, tags, appName } = args;
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
    const place = { resourceGroupName, name: appName, location, tags };
    const site = siteOf(args, plan.id, args.content);
    const app = new web.WebApp(name, { ...place, ...site }, { parent: this, ...inTheOpen(site.siteConfig) });
    if (args.slot !== undefined) {
      // Nothing here sticks to a slot: beside what runs, both have the same settings, so that a swap changes nothing else
      // and needs no restart.
      const next = siteOf(args, plan.id, args.slot.content ?? args.content);
      new web.WebAppSlot(
        `${name}-next`,
        {
          ...place,
          slot: slotName,
          // A second copy of the shop would take its part of the plan, and of the work on the database.
          enabled: args.slot.content !== undefined,
          ...next,
        },
        { parent: this, dependsOn: [app], ...inTheOpen(next.siteConfig) },
      );
    }

    this.appName = app.name;
    this.appId = app.id;
    this.planId = plan.id;
    this.host = app.defaultHostName;
    this.verificationId = app.customDomainVerificationId.apply((id) => id ?? "");
    this.registerOutputs({ appName: this.appName, host: this.host });
  }
}

/** What the site and its slot have in common. */
function siteOf(args: AppServiceArgs, serverFarmId: pulumi.Output<string>, content: AppContent) {
  const { identity } = args;
  return {
    kind: content.kind === "container" ? "app,linux,container" : "app,linux",
    reserved: true,
    serverFarmId,
    httpsOnly: true,
    // Sessions live in the database: any instance may answer.
    clientAffinityEnabled: false,
    identity: { type: "UserAssigned" as const, userAssignedIdentities: [identity.id] },
    keyVaultReferenceIdentity: identity.id,
    virtualNetworkSubnetId: args.subnetId,
    siteConfig: {
      ...contentConfig(content, args),
      alwaysOn: true,
      http20Enabled: true,
      minTlsVersion: "1.2",
      scmMinTlsVersion: "1.2",
      ftpsState: "Disabled",
      healthCheckPath: args.healthPath ?? healthPath,
      ...(args.frontDoorId === undefined ? everyone : onlyFrontDoor(args.frontDoorId)),
      scmIpSecurityRestrictionsUseMain: false,
      scmIpSecurityRestrictionsDefaultAction: "Deny",
      scmIpSecurityRestrictions: args.operatorAddresses.map((address, position) => ({
        name: `operator-${address}`,
        action: "Allow",
        priority: 100 + position,
        ipAddress: `${address}/32`,
      })),
    },
  };
}

/** How App Service comes by what it runs: by the app's own identity, from storage or from a registry. */
function contentConfig(content: AppContent, { identity, settings }: AppServiceArgs) {
  if (content.kind === "container")
    return {
      linuxFxVersion: `DOCKER|${content.image}`,
      ...(content.start === undefined ? {} : { appCommandLine: content.start }),
      ...(/^[a-z0-9]+\.azurecr\.io\//i.test(content.image)
        ? { acrUseManagedIdentityCreds: true, acrUserManagedIdentityID: identity.clientId }
        : {}),
      appSettings: appSettings(settings),
    };
  return {
    linuxFxVersion: content.runtime,
    appCommandLine: content.start,
    appSettings: appSettings({
      ...settings,
      WEBSITE_RUN_FROM_PACKAGE: content.url,
      WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.id,
    }),
  };
}
