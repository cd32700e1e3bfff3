import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AppCertificate } from "../components/app-certificate";
import { AppHostName } from "../components/app-host-name";
import { createDatabase, privateZones } from "../components/database";
import { FileStorage } from "../components/file-storage";
import { globalNames, hostsOf, localNames, suffixLength } from "../components/names";
import { PrivateNetwork } from "../components/network";
import { StandbyGroup } from "../components/resource-group";
import { AppVault } from "../components/vault";
import { readPrimarySettings, type PrimarySettings } from "../settings";
import { primaryDatabaseSku } from "../settings/primary-sizes";
import { appSecrets } from "./app-secrets";
import { primaryApp } from "./primary-app";

/**
 * A cheap primary for those who have none: the smallest paid plan, a small database, images from the standby's edge.
 * It knows neither of the other stacks, and is up before them.
 */
export function primary(settings: PrimarySettings) {
  const { domain, zoneId, location } = settings;
  const hosts = hostsOf(domain);
  const names = localNames(domain, "primary");
  const tags = { project: pulumi.getProject(), stack: pulumi.getStack(), site: "primary" };
  const { tenantId, subscriptionId, objectId } = authorization.getClientConfigOutput();
  const suffix = new random.RandomString("suffix", { length: suffixLength, special: false, upper: false })
    .result;
  const globals = pulumi.output(suffix).apply((text) => globalNames(domain, text, "primary"));

  const group = new StandbyGroup("group", { resourceGroupName: names.resourceGroup, location, tags });
  const { place, name: resourceGroupName } = group;
  const network = new PrivateNetwork("network", {
    ...place,
    networkName: names.network,
    privateZoneName: privateZones[settings.databaseEngine],
  });
  const database = createDatabase(settings.databaseEngine, "database", {
    ...place,
    serverName: globals.databaseServer,
    sku: primaryDatabaseSku(settings.databaseEngine),
    network,
    operatorAddresses: settings.operatorAddresses,
    administrator: settings.databaseAdministrator && {
      ...settings.databaseAdministrator,
      tenantId: settings.databaseAdministrator.tenantId ?? tenantId,
    },
    deletionLock: settings.deletionLock,
  });
  const vault = new AppVault("vault", {
    ...place,
    vaultName: globals.vault,
    identityName: names.identity,
    tenantId,
    subscriptionId,
    secrets: {
      "database-url": database.url,
      "session-secret": settings.sessionSecret,
      ...appSecrets(settings.appSecrets),
    },
  });
  const files = new FileStorage("files", {
    ...place,
    accountName: globals.fileStorage,
    subscriptionId,
    deployerObjectId: objectId,
    operatorObjectIds: settings.operatorObjectIds,
    operatorKind: settings.operatorKind,
  });
  const app = primaryApp({
    settings,
    hosts,
    place,
    names,
    appName: globals.webApp,
    network,
    database,
    vault,
    files,
  });
  // App Service takes one change of a site at a time. Whoever types the bare domain is led here too.
  let before: pulumi.Resource = app;
  for (const [hostName, name, certificate] of [
    [hosts.public, "app-public", "app-certificate"],
    [hosts.apex, "app-apex", "app-apex-certificate"],
  ] as const) {
    const bound: AppHostName = new AppHostName(
      name,
      {
        resourceGroupName,
        zoneId,
        appName: app.appName,
        hostName,
        apex: hostName === hosts.apex,
        verificationId: settings.publicProof === "primary" ? app.verificationId : undefined,
      },
      { dependsOn: [before] },
    );
    before = bound;
    if (settings.managedCertificate)
      before = new AppCertificate(
        certificate,
        { ...place, planId: app.planId, bindingId: bound.bindingId, hostName },
        { dependsOn: [bound] },
      );
  }
  return {
    primaryHost: app.host,
    location,
    databaseUrl: database.url,
    databaseServerId: database.serverId,
    fileStorage: { account: files.accountName, packages: files.packages, uploads: files.uploads },
    webApp: { resourceGroup: resourceGroupName, name: app.appName, host: app.host },
  };
}

/** Runs the stack from its own config. */
export const main = (stack: string) => primary(readPrimarySettings(stack));
