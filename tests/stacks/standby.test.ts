import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { logTables, tableOf } from "../../rehearsal/cloud/control/azure/log-alerts";
import { deploymentFromEnvironment, deploymentSettings } from "../../operations/deployment";
import { parseStandby } from "../../settings/standby";
import { standby } from "../../stacks/standby";
import { declared, one, runMocked, secret } from "../components/mocked";
import { standbyExample } from "../settings/examples";

async function run(changes: Record<string, unknown>) {
  const made: Awaited<ReturnType<typeof standby>>[] = [];
  const { registered } = await runMocked("standby", async () => {
    made.push(await standby(parseStandby("standby", { ...standbyExample, ...changes }, [])));
  });
  return { registered, resources: declared(registered), outputs: made[0] };
}

let example: ReturnType<typeof run> | undefined;
/** The example as it is: run once, for everyone to look at. */
const unchanged = () => (example ??= run({}));

/** The plain values of a stack's outputs. */
const settled = (outputs: Awaited<ReturnType<typeof standby>> | undefined) =>
  new Promise<unknown>((resolve) => {
    pulumi.output(outputs).apply(resolve);
  });

const server = "blanklabel-standby-abc123";
const hostNames = [
  "www.blanklabel.example",
  "blanklabel.example",
  "standby.blanklabel.example",
  "images.blanklabel.example",
];

test("what others read of this stack", async () => {
  const { outputs } = await unchanged();
  expect(await settled(outputs)).toEqual({
    standbyHost: `${server}-hash.z01.azurefd.net`,
    publicHost: "www.blanklabel.example",
    standbyName: "standby.blanklabel.example",
    imageHost: "images.blanklabel.example",
    databaseUrl: `postgres://shopadmin:Passw0rdOfThirtyTwoCharacters000@${server}.postgres.database.azure.com:5432/shop?sslmode=verify-full`,
    imageStorage: { account: "blanklabelimgabc123", container: "images" },
    fileStorage: { account: "blanklabelfilesabc123", packages: "packages", uploads: "uploads" },
    frontDoor: {
      resourceGroup: "blanklabel-standby-rg",
      profile: "blanklabel-standby-edge",
      profileId: "/id/Profile/edge",
      customDomains: [
        "www-blanklabel-example",
        "blanklabel-example",
        "standby-blanklabel-example",
        "images-blanklabel-example",
      ],
      hostNames,
    },
    shopSwitch: {
      route: "/id/Route/edge-shop-route",
      open: "/id/AFDOriginGroup/edge-shop-origins",
      closed: "/id/AFDOriginGroup/edge-pause-origins",
    },
    certificate: { kind: "managed" },
    webApp: { resourceGroup: "blanklabel-standby-rg", name: server, host: `${server}.azurewebsites.net` },
    app: { versionPath: "/version", version: "1.0.0", hash: "0123456789ab" },
    mail: {
      resourceGroup: "blanklabel-standby-rg",
      emailService: `${server}-email`,
      domain: "mail.blanklabel.example",
      sender: "orders@mail.blanklabel.example",
      senderKind: "smtp",
      communicationService: `${server}-mail`,
      endpoint: `https://${server}-mail.europe.communication.azure.com`,
      smtpUsername: "orders@mail.blanklabel.example",
      limits: { perMinute: 30, perHour: 100 },
    },
    alerts: { actionGroup: "/id/ActionGroup/watch-people" },
    offsets: { rowsPerHour: 10000, tailHours: 24, syncAgeHours: 26, safety: 2 },
    forecast: { visitorsPerHour: 10000, ordersPerHour: 300, mailsPerHour: 600 },
  });
});

test.each([
  ["postgres", "azure-native:dbforpostgresql:Server database", "privatelink.postgres.database.azure.com"],
  ["sqlserver", "azure-native:sql:Server database", "privatelink.database.windows.net"],
  ["mysql", "azure-native:dbformysql:Server database", "privatelink.mysql.database.azure.com"],
] as const)("%s: its own server in its own private zone", async (databaseEngine, type, zone) => {
  const { resources, registered } = await run({ databaseEngine });
  expect(Object.keys(resources)).toContain(type);
  expect(one(registered, "azure-native:privatedns:PrivateZone", "network-zone")["privateZoneName"]).toBe(
    zone,
  );
});

test("the database's administrator is of the subscription's tenant unless another is named", async () => {
  const databaseAdministrator = {
    objectId: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
    name: "database-administrators",
    kind: "Group",
  };
  const tenantOf = async (changes: object) => {
    const { registered } = await run({ databaseAdministrator: { ...databaseAdministrator, ...changes } });
    return one(registered, "azure-native:dbforpostgresql:Administrator", "database-administrator")[
      "tenantId"
    ];
  };
  expect(await tenantOf({})).toBe("11111111-2222-4333-8444-555555555555");
  const tenantId = "99999999-2222-4333-8444-555555555555";
  expect(await tenantOf({ tenantId })).toBe(tenantId);
});

test("a database's size can be given, and its lock left out", async () => {
  const { resources } = await run({ databaseSku: "Standard_D8ds_v5", deletionLock: "false" });
  expect(resources["azure-native:dbforpostgresql:Server database"]?.["sku"]).toEqual({
    name: "Standard_D8ds_v5",
    tier: "GeneralPurpose",
  });
  expect(Object.keys(resources).filter((key) => key.includes("ManagementLock"))).toEqual([]);
});

const operator = "11111111-2222-4333-8444-555555555555";

test("a certificate of an ACME authority: who may have it issued, and what a later issue needs", async () => {
  const cloudflareToken = "edits-the-zone-of-the-shop";
  const { outputs, registered, resources } = await run({
    certificate: { kind: "acme", cloudflareToken },
    operatorObjectIds: [operator],
  });
  expect(await settled(outputs)).toMatchObject({
    certificate: {
      kind: "acme",
      vaultUrl: "https://blanklabel-crt-abc123.vault.azure.net/",
      certificateName: "edge",
      hostNames,
      zone: "blanklabel.example",
      zoneId: standbyExample.zoneId,
      directory: "https://acme-v02.api.letsencrypt.org/directory",
      email: "owner@blanklabel.example",
      renewBeforeDays: 30,
    },
  });
  const roles = registered.filter(({ name }) => name.startsWith(`certificate-vault-${operator}`));
  expect(roles.map(({ name }) => name).filter((name) => !name.endsWith("-id"))).toEqual([
    `certificate-vault-${operator}-certificates`,
    `certificate-vault-${operator}-secrets`,
  ]);
  const jobs = registered.filter(({ name }) => /^certificate-vault-job-(certificates|secrets)$/.test(name));
  expect(jobs.map(({ inputs }) => inputs["principalType"])).toEqual(["ServicePrincipal", "ServicePrincipal"]);
  expect(one(registered, "azure-native:cdn:Secret", "certificate")["parameters"]).toMatchObject({
    secretSource: { id: "/id/Vault/certificate-vault/secrets/edge" },
  });
  const proofs = Object.values(resources).filter(({ name }) => String(name).startsWith("_dnsauth"));
  expect(proofs).toEqual([]);
  const domains = registered.filter(({ type }) => type === "azure-native:cdn:AFDCustomDomain");
  expect(domains.map(({ inputs }) => inputs["tlsSettings"])).toEqual(
    Array.from({ length: 4 }, () => ({
      certificateType: "CustomerCertificate",
      minimumTlsVersion: "TLS12",
      secret: { id: "/id/Secret/certificate" },
    })),
  );
});

test("a certificate of one's own vault is only read", async () => {
  const vault = `/subscriptions/${operator}/resourceGroups/certs/providers/Microsoft.KeyVault/vaults/shop-certs`;
  const certificate = { kind: "keyVault", vaultSecretId: `${vault}/secrets/shop` };
  const { outputs, registered } = await run({ certificate });
  expect(await settled(outputs)).toMatchObject({ certificate });
  expect(one(registered, "azure-native:authorization:RoleAssignment", "certificate-reader")).toMatchObject({
    scope: vault,
    principalId: "66666666-7777-4888-8999-aaaaaaaaaaaa",
  });
  expect(registered.filter(({ type }) => type.endsWith(":AcmeCertificate"))).toEqual([]);
});

test("the app gets what the shop needs, secrets only by reference", async () => {
  const { registered } = await unchanged();
  const config = one(registered, "azure-native:web:WebApp", "app")["siteConfig"];
  const vault = "https://blanklabel-kv-abc123.vault.azure.net/secrets";
  expect(Reflect.get(Object(config), "appSettings")).toEqual([
    { name: "APPLICATIONINSIGHTS_CONNECTION_STRING", value: "InstrumentationKey=key" },
    { name: "AZURE_CLIENT_ID", value: "client-id" },
    { name: "DATABASE_URL", value: `@Microsoft.KeyVault(SecretUri=${vault}/database-url)` },
    { name: "IMAGE_BASE_URL", value: "https://images.blanklabel.example" },
    { name: "MAIL_FROM", value: "orders@mail.blanklabel.example" },
    { name: "PUBLIC_URL", value: "https://www.blanklabel.example" },
    { name: "SESSION_SECRET", value: `@Microsoft.KeyVault(SecretUri=${vault}/session-secret)` },
    { name: "SITE", value: "standby" },
    { name: "SMTP_HOST", value: "smtp.azurecomm.net" },
    { name: "SMTP_PASSWORD", value: `@Microsoft.KeyVault(SecretUri=${vault}/smtp-password)` },
    { name: "SMTP_PORT", value: "587" },
    { name: "SMTP_USERNAME", value: "orders@mail.blanklabel.example" },
    { name: "UPLOADS_CONTAINER", value: "uploads" },
    { name: "UPLOADS_URL", value: "https://blanklabelfilesabc123.blob.core.windows.net" },
    {
      name: "WEBSITE_RUN_FROM_PACKAGE",
      value: "https://blanklabelfilesabc123.blob.core.windows.net/packages/shop-0123456789ab.zip",
    },
    {
      name: "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID",
      value: "/id/UserAssignedIdentity/vault-identity",
    },
  ]);
});

test("by default the app sends as its own identity, with no secret and no SMTP", async () => {
  const { registered, resources } = await run({ mailSender: undefined, smtpApplication: undefined });
  const config = one(registered, "azure-native:web:WebApp", "app")["siteConfig"];
  const given = (config as { appSettings: { name: string; value: unknown }[] }).appSettings;
  expect(given.filter(({ name }) => /^(AZURE|COMMUNICATION|MAIL|SMTP)_/.test(name))).toEqual([
    { name: "AZURE_CLIENT_ID", value: "client-id" },
    {
      name: "COMMUNICATION_ENDPOINT",
      value: "https://blanklabel-standby-abc123-mail.europe.communication.azure.com",
    },
    { name: "MAIL_FROM", value: "orders@mail.blanklabel.example" },
  ]);
  expect(one(registered, "azure-native:authorization:RoleAssignment", "mail-identity")).toMatchObject({
    principalId: "55555555-6666-4777-8888-999999999999",
    scope: "/id/CommunicationService/mail",
  });
  for (const gone of ["communication:SmtpUsername mail-smtp", "keyvault:Secret vault-smtp-password"])
    expect(Object.keys(resources)).not.toContain(`azure-native:${gone}`);
});

test("no secret of the settings or the database appears in plain anywhere", async () => {
  const { registered } = await unchanged();
  // Secrets are wrapped, so that taking the wrapped ones away must leave nothing of them.
  const inputs = registered.map((each) => each.inputs);
  const plain = JSON.stringify(inputs, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value
      ? "(secret)"
      : value,
  );
  for (const text of ["client-secret-1", standbyExample.sessionSecret, "Passw0rdOfThirtyTwoCharacters000"])
    expect(plain).not.toContain(text);
  expect(plain).toContain("(secret)");
});

test("growing to surge changes sizes in place and nothing else", async () => {
  const { resources: warm } = await unchanged();
  const { resources: surge } = await run({ size: "surge" });
  const changed = Object.keys(surge).filter(
    (key) => JSON.stringify(surge[key]) !== JSON.stringify(warm[key]),
  );
  expect(Object.keys(surge)).toEqual(expect.arrayContaining(Object.keys(warm)));
  expect(changed.sort()).toEqual([
    "azure-native:dbforpostgresql:Server database",
    "azure-native:monitor:AutoscaleSetting autoscale",
    "azure-native:web:AppServicePlan app-plan",
  ]);
});

test("the standby is watched from outside, and so are the primary and the images", async () => {
  const { registered } = await unchanged();
  const urls = registered
    .filter(({ type }) => type === "azure-native:applicationinsights:WebTest")
    .map(({ name, inputs }): [string, unknown] => [
      name,
      Reflect.get(Object(inputs["request"]), "requestUrl"),
    ]);
  expect(Object.fromEntries(urls)).toEqual({
    "test-public": "https://www.blanklabel.example/healthz",
    "test-primary": "https://shared.host.example/healthz",
    "test-standby": "https://standby.blanklabel.example/healthz",
    "test-images": "https://images.blanklabel.example/logo.svg",
  });
});

test("every metric alert reaches the action group", async () => {
  const { registered } = await run({ alertPhone: "+1 5550100200" });
  const alerts = registered.filter(({ type }) => type === "azure-native:monitor:MetricAlert");
  expect(alerts).toHaveLength(9);
  for (const { inputs } of alerts) {
    expect(inputs["enabled"]).toBe(true);
    expect(inputs["actions"]).toEqual([{ actionGroupId: "/id/ActionGroup/watch-people" }]);
  }
});

test("every log alert reaches the action group, and looks into a table that something fills", async () => {
  const { registered } = await unchanged();
  const filled = registered
    .filter(({ type }) => type === "azure-native:monitor:DiagnosticSetting")
    .flatMap(({ inputs }) => z.array(z.object({ category: z.string() })).parse(inputs["logs"]))
    .map(({ category }) => category);
  const alerts = registered.filter(({ type }) => type === "azure-native:monitor:ScheduledQueryRule");
  expect(alerts).toHaveLength(8);
  const criteria = z.object({ allOf: z.array(z.object({ query: z.string() })).length(1) });
  for (const { inputs } of alerts) {
    expect(inputs["actions"]).toEqual({ actionGroups: ["/id/ActionGroup/watch-people"] });
    const table = tableOf(criteria.parse(inputs["criteria"]).allOf[0]?.query ?? "");
    expect(filled).toEqual(expect.arrayContaining([...(logTables.get(table) ?? ["no such table"])]));
  }
});

test("closing the shop changes one property of one resource", async () => {
  const [open, closed] = [await unchanged(), await run({ shopOpen: "false" })];
  const route = "azure-native:cdn:Route edge-shop-route";
  expect(closed.resources).toEqual({
    ...open.resources,
    [route]: { ...open.resources[route], originGroup: { id: "/id/AFDOriginGroup/edge-pause-origins" } },
  });
});

test("the pause page gets its words from the settings, and the shop's name from the zone", async () => {
  const { registered } = await run({ pauseTitle: "Back at 8", pauseRetryAfter: "120" });
  const config = one(registered, "azure-native:web:WebApp", "pause-page")["siteConfig"];
  expect(Reflect.get(Object(config), "appSettings")).toEqual(
    expect.arrayContaining([
      { name: "PAUSE_SHOP", value: "blanklabel.example" },
      { name: "PAUSE_TITLE", value: "Back at 8" },
      { name: "PAUSE_RETRY_AFTER", value: "120" },
    ]),
  );
});

test("the job gets the deployment without secrets, and both databases by reference", async () => {
  const primaryDatabaseUrl = "postgres://reader:primary-password@database.host.example:5432/shop";
  const { registered } = await run({ primaryDatabaseUrl });
  const config = one(registered, "azure-native:web:WebApp", "job")["siteConfig"];
  const settings = z
    .array(z.object({ name: z.string(), value: z.string() }))
    .parse(Reflect.get(Object(config), "appSettings"));
  const value = (name: string) => settings.find((setting) => setting.name === name)?.value ?? "";
  const vault = "https://blanklabel-kv-abc123.vault.azure.net/secrets";
  expect(value("STANDBY_DATABASE_URL")).toBe(`@Microsoft.KeyVault(SecretUri=${vault}/database-url)`);
  expect(value("STANDBY_PRIMARY_DATABASE_URL")).toBe(
    `@Microsoft.KeyVault(SecretUri=${vault}/primary-database-url)`,
  );
  const env = {
    STANDBY_DEPLOYMENT: value("STANDBY_DEPLOYMENT"),
    STANDBY_DATABASE_URL: "postgres://it@here/shop",
  };
  // With a subscription's id, as Azure's own ids have it.
  const described = env.STANDBY_DEPLOYMENT.replaceAll(/\/id\/(Profile|ActionGroup)/g, "/subscriptions/s/$1");
  const { prod, standby } = deploymentFromEnvironment(deploymentSettings({}), {
    ...env,
    STANDBY_DEPLOYMENT: described,
  });
  expect(prod.outputs.targets).toEqual({
    primary: "shared.host.example",
    standby: `${server}-hash.z01.azurefd.net`,
  });
  expect(standby.outputs.publicHost).toBe("www.blanklabel.example");
  expect(env.STANDBY_DEPLOYMENT).not.toMatch(/Passw0rd|primary-password|client-secret-1/);
  expect(settings.map(({ name }) => name)).toEqual([
    "AZURE_CLIENT_ID",
    "CHECK_SCHEDULE",
    "ORDERS_TABLE",
    "RENEW_SCHEDULE",
    "STANDBY_DATABASE_URL",
    "STANDBY_DEPLOYMENT",
    "STANDBY_PRIMARY_DATABASE_URL",
    "STANDBY_STACK",
    "SYNC_SCHEDULE",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID",
  ]);
});

test("further variables and secrets reach the app, secrets through the vault alone", async () => {
  const { registered } = await run({
    appSettings: '{"FEATURE":"on"}',
    appSecrets: '{"PAYMENT_KEY":"sk-live-1"}',
    appRegistryId:
      "/subscriptions/1/resourceGroups/shop/providers/Microsoft.ContainerRegistry/registries/registry",
  });
  const config = one(registered, "azure-native:web:WebApp", "app")["siteConfig"];
  expect(Reflect.get(Object(config), "appSettings")).toEqual(
    expect.arrayContaining([
      { name: "FEATURE", value: "on" },
      {
        name: "PAYMENT_KEY",
        value:
          "@Microsoft.KeyVault(SecretUri=https://blanklabel-kv-abc123.vault.azure.net/secrets/app-PAYMENT-KEY)",
      },
    ]),
  );
  expect(one(registered, "azure-native:keyvault:Secret", "vault-app-PAYMENT-KEY")["properties"]).toEqual(
    secret({ value: "sk-live-1" }),
  );
  expect(one(registered, "azure-native:authorization:RoleAssignment", "vault-pull")["scope"]).toBe(
    "/subscriptions/1/resourceGroups/shop/providers/Microsoft.ContainerRegistry/registries/registry",
  );
});

test("an image needs no package; what comes next needs one of its own", async () => {
  const uploads = (resources: Awaited<ReturnType<typeof run>>["resources"]) =>
    Object.keys(resources).filter((key) => key.includes("PackageUpload"));
  const { resources, outputs } = await run({
    appPackage: undefined,
    appContainer: "shop.azurecr.io/shop:2.1",
  });
  expect(uploads(resources)).not.toContain("pulumi-nodejs:dynamic/standby:PackageUpload app-package");
  expect(await settled(outputs)).toMatchObject({ app: { versionPath: "/version", version: "2.1" } });
  const { resources: withNext } = await run({ appNext: "dist/shop-1.1.0.zip" });
  const next = withNext["pulumi-nodejs:dynamic/standby:PackageUpload app-next-package"];
  expect(next?.["source"]).toEqual({ kind: "file", path: "dist/shop-1.1.0.zip" });
});
