import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../../settings/settings-error";
import { parseStandby, type StandbySettings } from "../../settings/standby";
import { standbyExample } from "./examples";

const parse = (changes: Record<string, unknown>): StandbySettings =>
  parseStandby("standby", { ...standbyExample, ...changes }, ["activeSite"]);

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  throw new Error("nothing was refused");
}

/** An output's value, and whether it is secret. */
async function revealed(output: pulumi.Output<string>): Promise<[string, boolean]> {
  const value = await new Promise<string>((resolve) => {
    output.apply(resolve);
  });
  return [value, await pulumi.isSecret(output)];
}

test("defaults are filled in, numbers are numbers", () => {
  const { smtpApplication, sessionSecret, ...plain } = parse({});
  expect(plain).toEqual({
    role: undefined,
    domain: "blanklabel.example",
    zoneId: "0123456789abcdef0123456789abcdef",
    location: "westeurope",
    size: "warm",
    databaseEngine: "postgres",
    databaseSku: undefined,
    databaseAdministrator: undefined,
    deletionLock: true,
    primaryHost: "shared.host.example",
    alertEmail: "owner@blanklabel.example",
    alertPhone: undefined,
    alertWebhook: undefined,
    primaryDatabaseUrl: undefined,
    ordersTable: undefined,
    schedules: { sync: "17 2 * * *", check: "7 * * * *", renew: "37 3 * * *" },
    visitorsPerHour: 10000,
    ordersPerHour: 300,
    mailsPerHour: 600,
    tailHours: 24,
    syncAgeHours: 26,
    safety: 2,
    rowsPerHour: undefined,
    mailSender: "smtp",
    mailSendLimits: { perMinute: 30, perHour: 100, ticket: undefined },
    dayOfEvent: undefined,
    appPackage: "https://downloads.blanklabel.example/shop-1.0.0.zip",
    appRuntime: "NODE|20-lts",
    appStart: "node server.js",
    appContainer: undefined,
    appRegistryId: undefined,
    appSettings: {},
    appSecrets: {},
    appSlot: true,
    appNext: undefined,
    versionPath: "/version",
    webhooks: [],
    planSku: undefined,
    minimumInstances: undefined,
    maximumInstances: undefined,
    appSchedule: [],
    operatorAddresses: [],
    operatorObjectIds: [],
    operatorKind: "User",
    watchedImage: "/logo.svg",
    certificate: { kind: "managed" },
    monthlyBudget: undefined,
    shopOpen: true,
    pauseTitle: "We will be right back",
    pauseText:
      "More people are here than we can serve well, so the shop is closed for a short while. Orders that were confirmed by mail are safe. Please come back in a few minutes.",
    pauseLanguage: "en",
    pauseRetryAfter: 600,
  });
  expect(smtpApplication?.applicationId).toBe("22222222-3333-4444-8555-666666666666");
  expect(pulumi.Output.isInstance(sessionSecret)).toBe(true);
});

test("secrets come out as secret outputs", async () => {
  const settings = parse({});
  expect(await revealed(settings.sessionSecret)).toEqual(["signs-the-sessions-of-both-sites-0", true]);
  expect(await revealed(settings.smtpApplication?.secret ?? pulumi.output(""))).toEqual([
    "client-secret-1",
    true,
  ]);
});

test("each kind of certificate is what it needs and nothing else", async () => {
  const vaultSecretId =
    "/subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/certs/providers/Microsoft.KeyVault/vaults/blanklabel-certs/secrets/shop";
  expect(parse({ certificate: { kind: "keyVault", vaultSecretId } }).certificate).toEqual({
    kind: "keyVault",
    vaultSecretId,
  });
  const { certificate } = parse({
    certificate: { kind: "acme", cloudflareToken: "edits-the-zone", renewBeforeDays: "20" },
    operatorObjectIds: ["11111111-2222-4333-8444-555555555555"],
  });
  if (certificate.kind !== "acme") throw new Error(certificate.kind);
  const { cloudflareToken, ...plain } = certificate;
  expect(plain).toEqual({
    kind: "acme",
    directory: "https://acme-v02.api.letsencrypt.org/directory",
    renewBeforeDays: 20,
  });
  expect(await revealed(cloudflareToken)).toEqual(["edits-the-zone", true]);
});

test("structured settings may be given as text or as they are", () => {
  const limits = { perMinute: 200, perHour: 5000, ticket: "2610010040000123" };
  expect(parse({ mailSendLimits: limits }).mailSendLimits).toEqual(limits);
  expect(parse({ mailSendLimits: JSON.stringify(limits) }).mailSendLimits).toEqual(limits);
  expect(parse({ operatorAddresses: '["203.0.113.20"]' }).operatorAddresses).toEqual(["203.0.113.20"]);
});

const administrator = {
  objectId: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
  name: "database-administrators",
  kind: "Group",
} as const;

test("an administrator that is begun has to be whole", () => {
  expect(parse({ databaseAdministrator: JSON.stringify(administrator) }).databaseAdministrator).toEqual({
    ...administrator,
    tenantId: undefined,
    identityId: undefined,
  });
  expect(faultsOf(() => parse({ databaseAdministrator: {} }))).toEqual([
    "warm-standby:databaseAdministrator.objectId is not set; allowed: the principal's Entra object id, a UUID. Fix: pulumi config set --path databaseAdministrator.objectId 11111111-2222-4333-8444-555555555555 --stack standby",
    "warm-standby:databaseAdministrator.name is not set; allowed: the principal's name as Entra shows it: of a user its user principal name. Fix: pulumi config set --path databaseAdministrator.name database-administrators --stack standby",
    "warm-standby:databaseAdministrator.kind is not set; allowed: User, Group or ServicePrincipal. Fix: pulumi config set --path databaseAdministrator.kind Group --stack standby",
  ]);
});

test("every missing setting is named at once", () => {
  expect(faultsOf(() => parseStandby("standby", {}, []))).toEqual([
    "warm-standby:domain is not set; allowed: the zone's name, in lower case and without a trailing dot. Fix: pulumi config set domain blanklabel.example --stack standby",
    "warm-standby:zoneId is not set; allowed: the zone's id at Cloudflare, 32 hexadecimal digits. Fix: pulumi config set zoneId 0123456789abcdef0123456789abcdef --stack standby",
    "warm-standby:primaryHost is not set; allowed: the primary's host name, in lower case and without a trailing dot. Fix: pulumi config set primaryHost shared.host.example --stack standby",
    "warm-standby:visitorsPerHour is not set; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set visitorsPerHour 10000 --stack standby",
    "warm-standby:ordersPerHour is not set; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set ordersPerHour 300 --stack standby",
    "warm-standby:mailsPerHour is not set; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set mailsPerHour 600 --stack standby",
    "warm-standby:sessionSecret is not set; allowed: a secret of at least 32 characters. Fix: pulumi config set --secret sessionSecret --stack standby",
    "warm-standby:alertEmail is not set; allowed: an e-mail address. Fix: pulumi config set alertEmail owner@blanklabel.example --stack standby",
    "warm-standby:appPackage is not set; allowed: the address of the app's zip package, or appContainer in its place. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack standby",
  ]);
});

test("an application for SMTP is wanted whole", () => {
  expect(faultsOf(() => parse({ smtpApplication: {} }))).toEqual([
    "warm-standby:smtpApplication.tenantId is not set; allowed: the Entra tenant, a UUID. Fix: pulumi config set --path smtpApplication.tenantId 11111111-2222-4333-8444-555555555555 --stack standby",
    "warm-standby:smtpApplication.applicationId is not set; allowed: the Entra application's client id, a UUID. Fix: pulumi config set --path smtpApplication.applicationId 11111111-2222-4333-8444-555555555555 --stack standby",
    "warm-standby:smtpApplication.objectId is not set; allowed: the object id of the application's service principal, a UUID. Fix: pulumi config set --path smtpApplication.objectId 11111111-2222-4333-8444-555555555555 --stack standby",
    "warm-standby:smtpApplication.secret is not set; allowed: a secret of at least 8 characters. Fix: pulumi config set --path --secret smtpApplication.secret --stack standby",
  ]);
});

test("the app sends as its identity where nothing is said", () => {
  const { mailSender, smtpApplication } = parse({ mailSender: undefined, smtpApplication: undefined });
  expect({ mailSender, smtpApplication }).toEqual({ mailSender: "identity", smtpApplication: undefined });
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "SMTP without an application",
    { smtpApplication: undefined },
    "warm-standby:smtpApplication is not set, and mailSender is 'smtp'; allowed: the Entra application that signs in to the mail server. Fix: pulumi config set --path smtpApplication.applicationId 11111111-2222-4333-8444-555555555555 --stack standby, and so its tenantId, objectId and --secret secret, or pulumi config set mailSender identity --stack standby",
  ],
  [
    "an application that nothing signs in as",
    { mailSender: "identity" },
    "warm-standby:smtpApplication has no effect while mailSender is 'identity'. Fix: pulumi config rm smtpApplication --stack standby, or pulumi config set mailSender smtp --stack standby",
  ],
  [
    "a sender that there is not",
    { mailSender: "api", smtpApplication: undefined },
    "warm-standby:mailSender is 'api'; allowed: identity or smtp. Fix: pulumi config set mailSender identity --stack standby",
  ],
  [
    "a day that the calendar has not",
    { dayOfEvent: "2027-02-30" },
    "warm-standby:dayOfEvent is '2027-02-30'; allowed: a date, as YYYY-MM-DD. Fix: pulumi config set dayOfEvent 2027-05-14 --stack standby",
  ],
  [
    "a kind of certificate that there is not",
    { certificate: { kind: "origin" } },
    "warm-standby:certificate.kind is 'origin'; allowed: managed, keyVault or acme. Fix: pulumi config set --path certificate.kind managed --stack standby",
  ],
  [
    "a certificate of a vault without its place",
    { certificate: { kind: "keyVault" } },
    "warm-standby:certificate.vaultSecretId is not set; allowed: the ARM id of the certificate's secret: <ARM id of the vault>/secrets/<name of the certificate>. Fix: pulumi config set --path certificate.vaultSecretId /subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/certificates/providers/Microsoft.KeyVault/vaults/blanklabel-certs/secrets/shop --stack standby",
  ],
  [
    "a certificate by its address instead of its id",
    {
      certificate: {
        kind: "keyVault",
        vaultSecretId: "https://blanklabel-certs.vault.azure.net/secrets/shop",
      },
    },
    "warm-standby:certificate.vaultSecretId is 'https://blanklabel-certs.vault.azure.net/secrets/shop'; allowed: the ARM id of the certificate's secret: <ARM id of the vault>/secrets/<name of the certificate>. Fix: pulumi config set --path certificate.vaultSecretId /subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/certificates/providers/Microsoft.KeyVault/vaults/blanklabel-certs/secrets/shop --stack standby",
  ],
  [
    "an ACME authority without a token for its proofs",
    { certificate: { kind: "acme" }, operatorObjectIds: ["11111111-2222-4333-8444-555555555555"] },
    "warm-standby:certificate.cloudflareToken is not set; allowed: a secret of at least 8 characters. Fix: pulumi config set --path --secret certificate.cloudflareToken --stack standby",
  ],
  [
    "a token too short",
    { certificate: { kind: "managed", cloudflareToken: "short" } },
    "warm-standby:certificate.cloudflareToken is set, but not as it must be; allowed: a secret of at least 8 characters. Fix: pulumi config set --path --secret certificate.cloudflareToken --stack standby",
  ],
  [
    "a directory that is not served by https",
    { certificate: { kind: "managed", directory: "http://acme.example/dir" } },
    "warm-standby:certificate.directory is 'http://acme.example/dir'; allowed: the https address of an ACME directory. Fix: pulumi config set --path certificate.directory https://acme-v02.api.letsencrypt.org/directory --stack standby",
  ],
  [
    "an address that is none",
    { certificate: { kind: "managed", email: "nobody" } },
    "warm-standby:certificate.email is 'nobody'; allowed: an e-mail address. Fix: pulumi config set --path certificate.email owner@blanklabel.example --stack standby",
  ],
  [
    "a renewal before half of the certificate's life",
    { certificate: { kind: "managed", renewBeforeDays: 90 } },
    "warm-standby:certificate.renewBeforeDays is 90; allowed: a whole number of days from 1 to 60. Fix: pulumi config set --path certificate.renewBeforeDays 30 --stack standby",
  ],
  [
    "an ACME authority, and nobody who may have it issue",
    { certificate: { kind: "acme", cloudflareToken: "edits-the-zone" } },
    "warm-standby:operatorObjectIds is empty, but certificate.kind is 'acme'; allowed: the Entra object id of whoever runs pulumi up, who needs a role on the certificate's vault. Fix: pulumi config set --path 'operatorObjectIds[0]' 11111111-2222-4333-8444-555555555555 --stack standby",
  ],
  [
    "an engine that there is not",
    { databaseEngine: "oracle" },
    "warm-standby:databaseEngine is 'oracle'; allowed: sqlserver, postgres or mysql. Fix: pulumi config set databaseEngine postgres --stack standby",
  ],
  [
    "a database that would pause",
    { databaseEngine: "sqlserver", databaseSku: "GP_S_Gen5_2" },
    "warm-standby:databaseSku is 'GP_S_Gen5_2'; allowed with databaseEngine sqlserver: S1, S2, S3, S4, S6, S7, S9, S12. Fix: pulumi config set databaseSku S3 --stack standby",
  ],
  [
    "a size of another engine's family",
    { databaseSku: "Standard_D4ads_v5" },
    "warm-standby:databaseSku is 'Standard_D4ads_v5'; allowed with databaseEngine postgres: Standard_B2s, Standard_D2ds_v5, Standard_D4ds_v5, Standard_D8ds_v5, Standard_D16ds_v5, Standard_D32ds_v5, Standard_D48ds_v5, Standard_D64ds_v5, Standard_D96ds_v5. Fix: pulumi config set databaseSku Standard_D4ds_v5 --stack standby",
  ],
  [
    "a size of MySQL's that there is not",
    { databaseEngine: "mysql", databaseSku: "Standard_B1ms" },
    "warm-standby:databaseSku is 'Standard_B1ms'; allowed with databaseEngine mysql: Standard_B2s, Standard_D2ads_v5, Standard_D4ads_v5, Standard_D8ads_v5, Standard_D16ads_v5, Standard_D32ads_v5, Standard_D48ads_v5, Standard_D64ads_v5. Fix: pulumi config set databaseSku Standard_D4ads_v5 --stack standby",
  ],
  [
    "a size without a name",
    { databaseSku: "" },
    "warm-standby:databaseSku is ''; allowed: the name of one of the engine's sizes. Fix: pulumi config set databaseSku Standard_D4ds_v5 --stack standby",
  ],
  [
    "a lock that is neither on nor off",
    { deletionLock: "maybe" },
    "warm-standby:deletionLock is 'maybe'; allowed: true or false. Fix: pulumi config set deletionLock true --stack standby",
  ],
  [
    "an administrator of MySQL's whom the server cannot look up",
    { databaseEngine: "mysql", databaseAdministrator: administrator },
    "warm-standby:databaseAdministrator.identityId is not set; allowed with databaseEngine mysql: the ARM id of a user-assigned identity that holds Microsoft Graph's User.Read.All, GroupMember.Read.All and Application.Read.All. Fix: pulumi config set --path databaseAdministrator.identityId /subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/directory-reader --stack standby",
  ],
  [
    "an identity by its name alone",
    { databaseAdministrator: { ...administrator, identityId: "directory-reader" } },
    "warm-standby:databaseAdministrator.identityId is 'directory-reader'; allowed: the ARM id of a user-assigned identity. Fix: pulumi config set --path databaseAdministrator.identityId /subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/directory-reader --stack standby",
  ],
  [
    "an administrator by mail address in place of an id",
    { databaseAdministrator: { ...administrator, objectId: "owner@blanklabel.example" } },
    "warm-standby:databaseAdministrator.objectId is 'owner@blanklabel.example'; allowed: the principal's Entra object id, a UUID. Fix: pulumi config set --path databaseAdministrator.objectId 11111111-2222-4333-8444-555555555555 --stack standby",
  ],
  [
    "an administrator of a kind that there is not",
    { databaseAdministrator: { ...administrator, kind: "Team" } },
    "warm-standby:databaseAdministrator.kind is 'Team'; allowed: User, Group or ServicePrincipal. Fix: pulumi config set --path databaseAdministrator.kind Group --stack standby",
  ],
  [
    "an administrator's tenant by its domain",
    { databaseAdministrator: { ...administrator, tenantId: "blanklabel.example" } },
    "warm-standby:databaseAdministrator.tenantId is 'blanklabel.example'; allowed: the Entra tenant, a UUID. Fix: pulumi config set --path databaseAdministrator.tenantId 11111111-2222-4333-8444-555555555555 --stack standby",
  ],
  [
    "a region's display name",
    { location: "West Europe" },
    "warm-standby:location is 'West Europe'; allowed: an Azure region's short name. Fix: pulumi config set location westeurope --stack standby",
  ],
  [
    "a size that there is not",
    { size: "large" },
    "warm-standby:size is 'large'; allowed: warm or surge. Fix: pulumi config set size warm --stack standby",
  ],
  [
    "a phone number without its country",
    { alertPhone: "5550100200" },
    "warm-standby:alertPhone is '5550100200'; allowed: a country code and a number, with one space between them. Fix: pulumi config set alertPhone '+1 5550100200' --stack standby",
  ],
  [
    "a webhook in clear text",
    { alertWebhook: "http://hooks.blanklabel.example/alerts" },
    "warm-standby:alertWebhook is 'http://hooks.blanklabel.example/alerts'; allowed: an https address. Fix: pulumi config set alertWebhook https://hooks.blanklabel.example/alerts --stack standby",
  ],
  [
    "a schedule that is none",
    { schedules: JSON.stringify({ check: "hourly" }) },
    "warm-standby:schedules.check is 'hourly'; allowed: a cron text in UTC, of five parts, or of six with seconds first. Fix: pulumi config set --path schedules.check '7 * * * *' --stack standby",
  ],
  [
    "a table of orders without its schema",
    { ordersTable: "orders" },
    "warm-standby:ordersTable is 'orders'; allowed: a table with its schema. Fix: pulumi config set ordersTable public.orders --stack standby",
  ],
  [
    "a negative forecast",
    { ordersPerHour: "-1" },
    "warm-standby:ordersPerHour is '-1'; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set ordersPerHour 300 --stack standby",
  ],
  [
    "a tail of no length",
    { tailHours: "0" },
    "warm-standby:tailHours is '0'; allowed: a number of hours from 0.25 to 720. Fix: pulumi config set tailHours 24 --stack standby",
  ],
  [
    "a safety that makes the offset smaller",
    { safety: "0.5" },
    "warm-standby:safety is '0.5'; allowed: a factor from 1 to 100. Fix: pulumi config set safety 2 --stack standby",
  ],
  [
    "raised mail limits without evidence",
    { mailSendLimits: { perMinute: 30, perHour: 2000 } },
    "warm-standby:mailSendLimits.ticket is not set; allowed: the number of the granted support request, since perHour is 2000 and Azure's own limit is 100. Fix: pulumi config set --path mailSendLimits.ticket 2610010040000123 --stack standby",
  ],
  [
    "a mail exchange that is an address",
    { mailExchange: "203.0.113.30" },
    "warm-standby:mailExchange is '203.0.113.30'; allowed: the host name of a mail server that takes mail for mail.<domain>. Fix: pulumi config set mailExchange mx.mailhost.example --stack standby",
  ],
  [
    "limits that are no object",
    { mailSendLimits: "2000" },
    "warm-standby:mailSendLimits is 2000; allowed: named values. Fix: pulumi config set --path mailSendLimits.NAME VALUE --stack standby",
  ],
  [
    "an unknown part of a structured setting",
    { mailSendLimits: { perDay: 5 } },
    "warm-standby:mailSendLimits.perDay is not a setting. Fix: correct its name, or pulumi config rm --path mailSendLimits.perDay --stack standby",
  ],
  [
    "an open firewall",
    { operatorAddresses: ["203.0.113.20", "0.0.0.0"] },
    "warm-standby:operatorAddresses.1 is '0.0.0.0'; allowed: one IPv4 address, not 0.0.0.0. Fix: pulumi config set --path 'operatorAddresses[1]' 203.0.113.20 --stack standby",
  ],
  [
    "a range of addresses",
    { operatorAddresses: ["203.0.113.0/24"] },
    "warm-standby:operatorAddresses.0 is '203.0.113.0/24'; allowed: one IPv4 address, not 0.0.0.0. Fix: pulumi config set --path 'operatorAddresses[0]' 203.0.113.20 --stack standby",
  ],
  [
    "one address in place of a list",
    { operatorAddresses: "203.0.113.20" },
    "warm-standby:operatorAddresses is '203.0.113.20'; allowed: a list. Fix: pulumi config set --path 'operatorAddresses[0]' VALUE --stack standby",
  ],
  [
    "a package by plain http",
    { appPackage: "http://downloads.blanklabel.example/shop.zip" },
    "warm-standby:appPackage is 'http://downloads.blanklabel.example/shop.zip'; allowed: the https address of the app's zip package, or the path of a .zip from the project's folder. Fix: pulumi config set appPackage https://downloads.blanklabel.example/shop-1.0.0.zip --stack standby",
  ],
  [
    "a runtime without its separator",
    { appRuntime: "node20" },
    "warm-standby:appRuntime is 'node20'; allowed: a Linux runtime of App Service, as `az webapp list-runtimes` prints it with |. Fix: pulumi config set appRuntime 'NODE|20-lts' --stack standby",
  ],
  [
    "a short session secret, unprinted",
    { sessionSecret: "short" },
    "warm-standby:sessionSecret is set, but not as it must be; allowed: a secret of at least 32 characters. Fix: pulumi config set --secret sessionSecret --stack standby",
  ],
  [
    "an image without its slash",
    { watchedImage: "logo.svg" },
    "warm-standby:watchedImage is 'logo.svg'; allowed: the path of an image, starting with /. Fix: pulumi config set watchedImage /logo.svg --stack standby",
  ],
  [
    "a budget of nothing",
    { monthlyBudget: "0" },
    "warm-standby:monthlyBudget is '0'; allowed: a whole number from 1 to 1000000 a month. Fix: pulumi config set monthlyBudget 500 --stack standby",
  ],
  [
    "a shop that is half open",
    { shopOpen: "no" },
    "warm-standby:shopOpen is 'no'; allowed: true or false. Fix: pulumi config set shopOpen true --stack standby",
  ],
  [
    "a pause page without a title",
    { pauseTitle: " " },
    "warm-standby:pauseTitle is ' '; allowed: a text of 1 to 120 characters. Fix: pulumi config set pauseTitle 'We will be right back' --stack standby",
  ],
  [
    "a pause page without a text",
    { pauseText: "" },
    "warm-standby:pauseText is ''; allowed: a text of 1 to 2000 characters. Fix: pulumi config set pauseText 'The shop is closed for a few minutes.' --stack standby",
  ],
  [
    "a language by its name",
    { pauseLanguage: "English" },
    "warm-standby:pauseLanguage is 'English'; allowed: a language tag such as en or pt-BR. Fix: pulumi config set pauseLanguage en --stack standby",
  ],
  [
    "a Retry-After in minutes and words",
    { pauseRetryAfter: "10m" },
    "warm-standby:pauseRetryAfter is '10m'; allowed: a whole number of seconds from 10 to 86400. Fix: pulumi config set pauseRetryAfter 600 --stack standby",
  ],
  [
    "the flip, which belongs to the other stack",
    { activeSite: "standby" },
    "warm-standby:activeSite has no effect in this stack: it belongs to the other one. Fix: pulumi config rm activeSite --stack standby",
  ],
])("refused: %s", (_title, changes, fault) => {
  expect(faultsOf(() => parse(changes))).toEqual([fault]);
});

test("secrets in clear text are refused", () => {
  const run = () => parseStandby("standby", standbyExample, [], ["smtpApplication", "sessionSecret"]);
  expect(faultsOf(run)).toEqual([
    "warm-standby:smtpApplication is stored in clear text; allowed: encrypted only. Fix: change that secret where it is used, then pulumi config set --path --secret smtpApplication.secret --stack standby",
    "warm-standby:sessionSecret is stored in clear text; allowed: encrypted only. Fix: change that secret where it is used, then pulumi config set --secret sessionSecret --stack standby",
  ]);
});
