import * as pulumi from "@pulumi/pulumi";
import { AppService } from "../components/app-service";
import type { StandbyDatabase } from "../components/database";
import { PackageUpload } from "../components/dynamic/package-upload";
import type { FileStorage } from "../components/file-storage";
import type { Hosts, localNames } from "../components/names";
import type { PrivateNetwork } from "../components/network";
import { pausePackage, pauseRuntime, pauseSettingsOf } from "../components/pause-page";
import type { Place } from "../components/place";
import type { AppVault } from "../components/vault";
import type { PrimarySettings } from "../settings";
import { pauseReadyPath } from "../settings/pause-page";
import { primaryPlanSku } from "../settings/primary-sizes";
import { inVault, secretNames, secretSettings } from "./app-secrets";
import { appContent } from "./standby-app-content";

interface PrimaryAppArgs {
  readonly settings: PrimarySettings;
  readonly hosts: Hosts;
  readonly place: Place;
  readonly names: ReturnType<typeof localNames>;
  readonly appName: pulumi.Output<string>;
  readonly network: PrivateNetwork;
  readonly database: StandbyDatabase;
  readonly vault: AppVault;
  readonly files: FileStorage;
}

/**
 * The shop's app, called by its visitors directly. Closed, the same app runs the pause page in its place: its names and
 * its certificate stay, the database is left alone, and a restart opens it again.
 */
export function primaryApp(args: PrimaryAppArgs): AppService {
  const { settings, hosts, place, names, network, database, vault, files } = args;
  const { content } = appContent("app", settings.appContainer ?? settings.appPackage ?? "", settings, files);
  // Ready in storage while the shop is open: closing it waits for no upload.
  const pausePage = new PackageUpload(
    "pause-page-package",
    { account: files.accountName, container: files.packages, ...pausePackage },
    {},
  );
  const rights = [files.letRun("app", vault.principalId), files.letUpload("app", vault.principalId)];
  if (settings.appRegistryId !== undefined) rights.push(vault.letPull(settings.appRegistryId));
  const shop = {
    content,
    settings: {
      ...settings.appSettings,
      ...secretSettings(vault, { ...inVault, ...secretNames(settings.appSecrets) }),
      // The standby's edge, in use before any cutover.
      IMAGE_BASE_URL: `https://${hosts.images}`,
      PUBLIC_URL: `https://${hosts.public}`,
      SITE: "primary",
      UPLOADS_URL: pulumi.interpolate`https://${files.accountName}.blob.core.windows.net`,
      UPLOADS_CONTAINER: files.uploads,
      // Which of its identities the app's SDKs sign in as.
      AZURE_CLIENT_ID: vault.clientId,
    },
  };
  const closed = {
    content: { kind: "package", url: pausePage.url, ...pauseRuntime },
    healthPath: pauseReadyPath,
    settings: pauseSettingsOf({
      shop: settings.domain,
      title: settings.pauseTitle,
      text: settings.pauseText,
      language: settings.pauseLanguage,
      retryAfter: settings.pauseRetryAfter,
    }),
  } as const;
  return new AppService(
    "app",
    {
      ...place,
      planName: names.plan,
      appName: args.appName,
      sku: primaryPlanSku,
      instances: 1,
      identity: { id: vault.identityId, clientId: vault.clientId },
      subnetId: network.appSubnetId,
      operatorAddresses: settings.operatorAddresses,
      ...(settings.shopOpen ? shop : closed),
    },
    // Its first look for the database finds the private way there, and that for its package what it may read.
    { dependsOn: [network, database, ...rights] },
  );
}
