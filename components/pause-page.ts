import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { pauseReadyPath, pauseVariables } from "../settings/pause-page";
import { PackageUpload } from "./dynamic/package-upload";
import type { FileStorage } from "./file-storage";
import { onlyFrontDoor } from "./only-front-door";
import { componentType, type Place } from "./place";
import { inTheOpen } from "./site-config";

export interface PauseWords {
  /** The shop's name, as its customers know it. */
  readonly shop: string;
  readonly title: string;
  readonly text: string;
  readonly language: string;
  /** Seconds. */
  readonly retryAfter: number;
}

/** The program of the page: everything that it needs, in one file. */
export const pausePackage = {
  label: "pause-page",
  source: { kind: "bundle", entry: "pause-page/main.ts" },
} as const;
export const pauseRuntime = { runtime: "NODE|22-lts", start: "node main.js" } as const;

/** The page's words as its app settings. */
export const pauseSettingsOf = (words: PauseWords): Readonly<Record<string, string>> => ({
  [pauseVariables.shop]: words.shop,
  [pauseVariables.title]: words.title,
  [pauseVariables.text]: words.text,
  [pauseVariables.language]: words.language,
  [pauseVariables.retryAfter]: String(words.retryAfter),
});

export interface PausePageArgs extends Place, PauseWords {
  readonly appName: pulumi.Input<string>;
  readonly planId: pulumi.Input<string>;
  /** Of its own: the shop's may read the shop's secrets. */
  readonly identityName: pulumi.Input<string>;
  /** Where its package lies. */
  readonly files: FileStorage;
  /** Id of the one Front Door that may call. */
  readonly frontDoorId: pulumi.Input<string>;
}

/** The tiny origin that can stand in for the shop at any time: always on, on a plan that is not the shop's. */
export class PausePage extends pulumi.ComponentResource {
  /** `<app>.azurewebsites.net`. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: PausePageArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("PausePage"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const identity = new managedidentity.UserAssignedIdentity(
      `${name}-identity`,
      { resourceGroupName, resourceName: args.identityName, location, tags },
      { parent: this },
    );
    const program = new PackageUpload(
      `${name}-package`,
      {
        account: args.files.accountName,
        container: args.files.packages,
        ...pausePackage,
      },
      { parent: this },
    );
    const siteConfig = {
      linuxFxVersion: pauseRuntime.runtime,
      appCommandLine: pauseRuntime.start,
      alwaysOn: true,
      http20Enabled: true,
      minTlsVersion: "1.2",
      scmMinTlsVersion: "1.2",
      ftpsState: "Disabled",
      healthCheckPath: pauseReadyPath,
      ...onlyFrontDoor(args.frontDoorId),
      scmIpSecurityRestrictionsUseMain: false,
      scmIpSecurityRestrictionsDefaultAction: "Deny",
      appSettings: Object.entries<pulumi.Input<string>>({
        ...pauseSettingsOf(args),
        WEBSITE_RUN_FROM_PACKAGE: program.url,
        WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.id,
      }).map(([key, value]) => ({ name: key, value })),
    };
    const app = new web.WebApp(
      name,
      {
        resourceGroupName,
        name: args.appName,
        location,
        kind: "app,linux",
        reserved: true,
        serverFarmId: args.planId,
        httpsOnly: true,
        clientAffinityEnabled: false,
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
        siteConfig,
        tags,
      },
      {
        parent: this,
        dependsOn: [args.files.letRun("pause", identity.principalId)],
        ...inTheOpen(siteConfig),
      },
    );
    this.host = app.defaultHostName;
    this.registerOutputs({ host: this.host });
  }
}
