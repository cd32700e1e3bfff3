import * as pulumi from "@pulumi/pulumi";
import { parseStandby } from "../../settings/standby";
import { standbyExample } from "./examples";
import { administrator, faultsOf, parseExample as parse } from "./standby-example";

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
    "warm-standby:visitorsPerHour is not set; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set visitorsPerHour 10000 --stack standby",
    "warm-standby:ordersPerHour is not set; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set ordersPerHour 300 --stack standby",
    "warm-standby:mailsPerHour is not set; allowed: a number from 0 to 100000000 an hour. Fix: pulumi config set mailsPerHour 600 --stack standby",
    "warm-standby:sessionSecret is not set; allowed: a secret of at least 32 characters. Fix: pulumi config set --secret sessionSecret --stack standby",
    "warm-standby:alertEmail is not set; allowed: an e-mail address. Fix: pulumi config set alertEmail owner@blanklabel.example --stack standby",
    "warm-standby:primaryHost is not set; allowed: the primary's host name, in lower case and without a trailing dot, or primaryStack in its place. Fix: pulumi config set primaryHost shared.host.example --stack standby",
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

test("secrets in clear text are refused", () => {
  const run = () => parseStandby("standby", standbyExample, [], ["smtpApplication", "sessionSecret"]);
  expect(faultsOf(run)).toEqual([
    "warm-standby:smtpApplication is stored in clear text; allowed: encrypted only. Fix: change that secret where it is used, then pulumi config set --path --secret smtpApplication.secret --stack standby",
    "warm-standby:sessionSecret is stored in clear text; allowed: encrypted only. Fix: change that secret where it is used, then pulumi config set --secret sessionSecret --stack standby",
  ]);
});
