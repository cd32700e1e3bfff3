import * as pulumi from "@pulumi/pulumi";
import { AppHostName } from "../components/app-host-name";
import { AppService } from "../components/app-service";
import { Autoscale } from "../components/autoscale";
import type { StandbyDatabase } from "../components/database";
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
import { standbyProves } from "../settings/standby/proof";
import { inVault, secretNames, secretSettings } from "./app-secrets";
import { appContent } from "./standby-app-content";

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

const withSmtp = { SMTP_PASSWORD: "smtp-password" } as const;

/** The shop's app, and what tells which version of it was deployed. */
export interface ShopApp {
  readonly app: AppService;
  readonly deployed: { readonly source: string; readonly hash: pulumi.Output<string> | undefined };
}

/** The shop's app, scaled by load and by the clock, answering to its public names from the first day. */
export function shopApp(args: ShopAppArgs): ShopApp {
  const { settings, hosts, place, names, network, database, vault, files, mail } = args;
  const range = instances(settings.size, settings);
  const { content, source, hash } = appContent(
    "app",
    settings.appContainer ?? settings.appPackage ?? "",
    settings,
    files,
  );
  const next =
    settings.appNext === undefined ? undefined : appContent("app-next", settings.appNext, settings, files);
  const rights = [files.letRun("app", vault.principalId), files.letUpload("app", vault.principalId)];
  if (settings.appRegistryId !== undefined) rights.push(vault.letPull(settings.appRegistryId));
  const app = new AppService(
    "app",
    {
      ...place,
      planName: names.plan,
      appName: args.appName,
      sku: planSku(settings.size, settings.planSku),
      instances: range.minimum,
      content,
      ...(settings.appSlot ? { slot: { content: next?.content } } : {}),
      identity: { id: vault.identityId, clientId: vault.clientId },
      subnetId: network.appSubnetId,
      frontDoorId: args.edge.frontDoorId,
      operatorAddresses: settings.operatorAddresses,
      settings: {
        ...settings.appSettings,
        ...secretSettings(vault, {
          ...inVault,
          ...(settings.mailSender === "smtp" ? withSmtp : {}),
          ...secretNames(settings.appSecrets),
        }),
        ...mail.appSettings,
        IMAGE_BASE_URL: `https://${hosts.images}`,
        PUBLIC_URL: `https://${hosts.public}`,
        SITE: "standby",
        UPLOADS_URL: pulumi.interpolate`https://${files.accountName}.blob.core.windows.net`,
        UPLOADS_CONTAINER: files.uploads,
        // Which of its identities the app's SDKs sign in as.
        AZURE_CLIENT_ID: vault.clientId,
        APPLICATIONINSIGHTS_CONNECTION_STRING: args.watch.connectionString,
      },
    },
    // Its first look for the database finds the private way there, and that for its package what it may read.
    { dependsOn: [network, database, ...rights] },
  );
  new Autoscale("autoscale", {
    ...place,
    settingName: `${names.base}-autoscale`,
    planId: app.planId,
    range,
    schedule: settings.appSchedule.map(({ minimumInstances, ...time }) => ({
      ...time,
      minimum: minimumInstances ?? instances("surge", settings).minimum,
    })),
  });
  // Azure answers 409 to a binding while it is at work on another of the same app.
  let before: pulumi.Resource = app;
  for (const [part, hostName] of [
    ["public", hosts.public],
    ["apex", hosts.apex],
    ["standby", hosts.standby],
  ] as const)
    before = new AppHostName(
      `app-${part}`,
      {
        resourceGroupName: place.resourceGroupName,
        zoneId: settings.zoneId,
        appName: app.appName,
        hostName,
        apex: part === "apex",
        verificationId: part !== "standby" && !standbyProves(settings) ? undefined : app.verificationId,
      },
      { dependsOn: [before] },
    );
  return { app, deployed: { source, hash } };
}
