import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Budget, firstOfMonth } from "../components/budget";
import { createDatabase, PrivateAccess, privateLinkGroups, privateZones } from "../components/database";
import { Edge } from "../components/edge";
import { IdentityOffsets } from "../components/dynamic/identity-offsets";
import { FileStorage } from "../components/file-storage";
import { ImageStorage } from "../components/image-storage";
import { Mail } from "../components/mail";
import { globalNames, hostsOf, localNames, suffixLength } from "../components/names";
import { PrivateNetwork } from "../components/network";
import { PausePage } from "../components/pause-page";
import { StandbyGroup } from "../components/resource-group";
import { SidePlan } from "../components/side-plan";
import { AppVault } from "../components/vault";
import { Watch } from "../components/watch";
import { readStandbySettings, type StandbySettings } from "../settings";
import { defaultBudget } from "../settings/cost";
import { databaseSku, rowsPerHour, versionNamed } from "../settings/derive";
import { appSecrets } from "./app-secrets";
import { primaryOf } from "./primary-reference";
import { shopApp } from "./standby-app";
import { edgeCertificate } from "./standby-certificate";
import { shopEdge } from "./standby-edge";
import { standbyJob } from "./standby-job";
import { watchAll } from "./standby-watch";
import { turn } from "./turn";

/** The stack of everything that stands ready. It knows of the primary only what its own config says. */
export async function standby(settings: StandbySettings) {
  const { domain, zoneId, location } = settings;
  const hosts = hostsOf(domain);
  const names = localNames(domain);
  const tags = { project: pulumi.getProject(), stack: pulumi.getStack(), site: "standby" };
  const { tenantId, subscriptionId, objectId } = azureAccount();
  const suffix = new random.RandomString("suffix", { length: suffixLength, special: false, upper: false })
    .result;
  const globals = pulumi.output(suffix).apply((text) => globalNames(domain, text));
  const primary = primaryOf(settings);

  const group = new StandbyGroup("group", { resourceGroupName: names.resourceGroup, location, tags });
  const { place, name: resourceGroupName } = group;
  const network = new PrivateNetwork("network", {
    ...place,
    networkName: names.network,
    privateZoneName: privateZones[settings.databaseEngine],
  });
  const watch = new Watch("watch", {
    ...place,
    workspaceName: names.workspace,
    insightsName: names.insights,
    actionGroupName: names.actionGroup,
    email: settings.alertEmail,
    phone: settings.alertPhone,
    webhook: settings.alertWebhook,
  });
  new Budget("budget", {
    budgetName: names.budget,
    groupId: group.id,
    amount: settings.monthlyBudget ?? defaultBudget(settings),
    startDate: firstOfMonth(new Date()),
    email: settings.alertEmail,
    actionGroupId: watch.actionGroupId,
  });
  const database = createDatabase(settings.databaseEngine, "database", {
    ...place,
    serverName: globals.databaseServer,
    sku: databaseSku(settings.databaseEngine, settings.size, settings, settings.databaseSku),
    network,
    operatorAddresses: settings.operatorAddresses,
    administrator: settings.databaseAdministrator && {
      ...settings.databaseAdministrator,
      tenantId: settings.databaseAdministrator.tenantId ?? tenantId,
    },
    deletionLock: settings.deletionLock,
  });
  if (primary.databaseServerId !== undefined)
    // Into the standby's own network and zone, for the job: both sites' databases are private.
    new PrivateAccess("primary-database", {
      ...place,
      endpointName: `${names.base}-primary-database`,
      targetId: primary.databaseServerId,
      groupId: privateLinkGroups[settings.databaseEngine],
      network,
    });
  const offsets = {
    rowsPerHour: rowsPerHour(settings, settings.rowsPerHour),
    tailHours: settings.tailHours,
    syncAgeHours: settings.syncAgeHours,
    safety: settings.safety,
  };
  new IdentityOffsets("offsets", { databaseUrl: database.url, ...offsets }, { dependsOn: [database] });
  await turn();

  const { smtpApplication: application } = settings;
  const vault = new AppVault("vault", {
    ...place,
    vaultName: globals.vault,
    identityName: names.identity,
    tenantId,
    subscriptionId,
    secrets: {
      "database-url": database.url,
      ...(application === undefined ? {} : { "smtp-password": application.secret }),
      "session-secret": settings.sessionSecret,
      ...(primary.databaseUrl === undefined ? {} : { "primary-database-url": primary.databaseUrl }),
      ...appSecrets(settings.appSecrets),
    },
  });
  const mail = new Mail("mail", {
    resourceGroupName,
    subscriptionId,
    zoneId,
    emailServiceName: globals.emailService,
    communicationName: globals.communication,
    domainName: hosts.mail,
    exchange: settings.mailExchange,
    sender:
      application === undefined
        ? { kind: "identity", principalId: vault.principalId }
        : { kind: "smtp", application },
    sendLimits: settings.mailSendLimits,
    mailsPerHour: settings.mailsPerHour,
    tags,
  });
  await turn();
  const images = new ImageStorage("images", {
    ...place,
    accountName: globals.imageStorage,
    subscriptionId,
    operatorObjectIds: settings.operatorObjectIds,
    operatorKind: settings.operatorKind,
  });
  const files = new FileStorage("files", {
    ...place,
    accountName: globals.fileStorage,
    subscriptionId,
    deployerObjectId: objectId,
    operatorObjectIds: settings.operatorObjectIds,
    operatorKind: settings.operatorKind,
  });
  await turn();
  const edge = new Edge("edge", {
    resourceGroupName,
    profileName: names.frontDoor,
    endpointName: globals.endpoint,
    readsVault: settings.certificate.kind !== "managed",
    tags,
  });
  const certificate = edgeCertificate({
    settings,
    hosts,
    place,
    vaultName: globals.certificateVault,
    tenantId,
    subscriptionId,
    edge,
  });
  const { app, deployed } = shopApp({
    settings,
    hosts,
    place,
    names,
    appName: globals.webApp,
    network,
    database,
    edge,
    vault,
    files,
    mail,
    watch,
  });
  await turn();
  const side = new SidePlan("side", { ...place, planName: names.sidePlan });
  const pausePage = new PausePage("pause-page", {
    ...place,
    appName: globals.pausePage,
    planId: side.planId,
    identityName: names.pauseIdentity,
    files,
    frontDoorId: edge.frontDoorId,
    shop: domain,
    title: settings.pauseTitle,
    text: settings.pauseText,
    language: settings.pauseLanguage,
    retryAfter: settings.pauseRetryAfter,
  });
  const { domains, shopSwitch } = shopEdge({
    settings,
    hosts,
    place,
    names,
    edge,
    app,
    pausePage,
    images,
    certificateId: certificate.secretId,
  });
  await turn();
  watchAll({
    settings,
    primaryHost: primary.host,
    hosts,
    place,
    names,
    groupId: group.id,
    watch,
    app,
    database,
    edge,
    mail,
  });

  await turn();

  const outputs = {
    standbyHost: edge.host,
    publicHost: hosts.public,
    standbyName: hosts.standby,
    imageHost: hosts.images,
    databaseUrl: database.url,
    imageStorage: { account: images.accountName, container: images.container },
    fileStorage: { account: files.accountName, packages: files.packages, uploads: files.uploads },
    frontDoor: {
      resourceGroup: resourceGroupName,
      profile: edge.profileName,
      profileId: edge.profileId,
      customDomains: domains.map((each) => each.domainName),
      hostNames: domains.map((each) => each.hostName),
    },
    shopSwitch,
    certificate: certificate.output,
    webApp: { resourceGroup: resourceGroupName, name: app.appName, host: app.host },
    app: { versionPath: settings.versionPath, version: versionNamed(deployed.source), hash: deployed.hash },
    mail: {
      resourceGroup: resourceGroupName,
      emailService: mail.emailServiceName,
      domain: mail.domainName,
      sender: mail.sender,
      senderKind: settings.mailSender,
      communicationService: mail.communicationName,
      endpoint: mail.endpoint,
      smtpUsername: mail.smtpUsername,
      limits: { perMinute: settings.mailSendLimits.perMinute, perHour: settings.mailSendLimits.perHour },
    },
    alerts: { actionGroup: watch.actionGroupId },
    offsets,
    forecast: {
      visitorsPerHour: settings.visitorsPerHour,
      ordersPerHour: settings.ordersPerHour,
      mailsPerHour: settings.mailsPerHour,
    },
  };
  const job = standbyJob({
    settings,
    primary,
    place,
    names,
    jobName: globals.job,
    subscriptionId,
    groupId: group.id,
    planId: side.planId,
    network,
    database,
    files,
    vault,
    watch,
    outputs,
  });
  certificate.vault?.letRenew("job", { principalId: job.principalId, principalType: "ServicePrincipal" });
  return outputs;
}

/** The subscription and tenant that the Azure provider is signed in to, and who as. */
function azureAccount() {
  const account = authorization.getClientConfigOutput();
  return {
    tenantId: account.tenantId,
    subscriptionId: account.subscriptionId,
    objectId: account.objectId,
  };
}

/** Runs the stack from its own config. */
export const main = (stack: string) => standby(readStandbySettings(stack));
