import type * as pulumi from "@pulumi/pulumi";
import { AppHostName } from "../components/app-host-name";
import { AppService } from "../components/app-service";
import { Autoscale } from "../components/autoscale";
import type { StandbyDatabase } from "../components/database";
import { PackageUpload } from "../components/dynamic/package-upload";
import type { Edge } from "../components/edge";
import type { FileStorage } from "../components/file-storage";
import type { Mail } from "../components/mail";
import type { Hosts, localNames } from "../components/names";
import type { PrivateNetwork } from "../components/network";
import type { Place } from "../components/place";
import type { AppVault } from "../components/vault";
import type { Watch } from "../components/watch";
import type { StandbySettings } from "../settings";
import { instances, planSku } from "../settings/derive";

interface ShopAppArgs {
  readonly settings: StandbySettings;
  readonly hosts: Hosts;
  readonly place: Place;
  readonly names: ReturnType<typeof localNames>;
  readonly appName: pulumi.Output<string>;
  readonly network: PrivateNetwork;
  readonly database: StandbyDatabase;
  readonly edge: Edge;
  readonly vault: AppVault;
  readonly files: FileStorage;
  readonly mail: Mail;
  readonly watch: Watch;
}

/** The shop's app, scaled by load, answering to its public names from the first day. */
export function shopApp(args: ShopAppArgs): AppService {
  const { settings, hosts, place, names, network, database, vault, files, mail } = args;
  const range = instances(settings.size, settings);
  const shopPackage = new PackageUpload(
    "app-package",
    {
      account: files.accountName,
      container: files.packages,
      label: "shop",
      source: { kind: "url", url: settings.appPackage },
    },
    {},
  );
  const app = new AppService(
    "app",
    {
      ...place,
      planName: names.plan,
      appName: args.appName,
      sku: planSku(settings.size),
      instances: range.minimum,
      runtime: settings.appRuntime,
      startCommand: settings.appStart,
      packageUrl: shopPackage.url,
      identityId: vault.identityId,
      subnetId: network.appSubnetId,
      frontDoorId: args.edge.frontDoorId,
      operatorAddresses: settings.operatorAddresses,
      settings: {
        ...secretSettings(vault, settings.mailSender === "smtp" ? { ...inVault, ...withSmtp } : inVault),
        ...mail.appSettings,
        // Names the one of the app's identities that its tokens are for.
        AZURE_CLIENT_ID: vault.clientId,
        IMAGE_BASE_URL: `https://${hosts.images}`,
        PUBLIC_URL: `https://${hosts.public}`,
        SITE: "standby",
        APPLICATIONINSIGHTS_CONNECTION_STRING: args.watch.connectionString,
      },
    },
    // Its first look for the database finds the private way there, and that for its package what it may read.
    { dependsOn: [network, database, files.letRun("app", vault.principalId)] },
  );
  new Autoscale("autoscale", {
    ...place,
    settingName: `${names.base}-autoscale`,
    planId: app.planId,
    minimum: range.minimum,
    maximum: range.maximum,
  });
  // Azure answers 409 to a binding while it is at work on another of the same app.
  let before: pulumi.Resource = app;
  for (const [part, hostName] of [
    ["public", hosts.public],
    ["standby", hosts.standby],
  ] as const)
    before = new AppHostName(
      `app-${part}`,
      {
        resourceGroupName: place.resourceGroupName,
        zoneId: settings.zoneId,
        appName: app.appName,
        hostName,
        verificationId: app.verificationId,
      },
      { dependsOn: [before] },
    );
  return app;
}

/** The app's settings that are references into the vault, by the names of its secrets. */
const inVault = {
  DATABASE_URL: "database-url",
  SESSION_SECRET: "session-secret",
} as const;

const withSmtp = { SMTP_PASSWORD: "smtp-password" } as const;

function secretSettings(
  vault: AppVault,
  secrets: Readonly<Record<string, string>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(secrets).map(([setting, secret]) => [setting, vault.reference(secret)]),
  );
}
