import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parsePrimary } from "../../settings/primary";
import { primary } from "../../stacks/primary";
import { declared, one, runMocked } from "../components/mocked";
import { primaryExample } from "../settings/examples";

async function run(changes: Record<string, unknown> = {}) {
  const made: ReturnType<typeof primary>[] = [];
  const { registered } = await runMocked("primary", () => {
    made.push(primary(parsePrimary("primary", { ...primaryExample, ...changes }, [])));
  });
  return { registered, resources: declared(registered), outputs: made[0] };
}

const name = "blanklabel-primary-abc123";

test("every resource of it, with exactly these inputs", async () => {
  const { resources } = await run({ managedCertificate: "true" });
  expect(resources).toEqual(JSON.parse(readFileSync(path.join(__dirname, "primary-resources.json"), "utf8")));
});

test("what the other stacks read of it; the database's URL is secret", async () => {
  const { outputs } = await run();
  const settled = await new Promise<unknown>((resolve) => {
    pulumi.output(outputs).apply(resolve);
  });
  expect(settled).toEqual({
    primaryHost: `${name}.azurewebsites.net`,
    location: "northeurope",
    databaseUrl: `postgres://shopadmin:Passw0rdOfThirtyTwoCharacters000@${name}.postgres.database.azure.com:5432/shop?sslmode=verify-full`,
    databaseServerId: "/id/Server/database",
    fileStorage: { account: "blanklabelfilesabc123", packages: "packages", uploads: "uploads" },
    webApp: { resourceGroup: "blanklabel-primary-rg", name, host: `${name}.azurewebsites.net` },
  });
  expect(await pulumi.isSecret(pulumi.output(outputs?.databaseUrl))).toBe(true);
  expect(await pulumi.isSecret(pulumi.output(outputs?.primaryHost))).toBe(false);
});

test("no certificate before the public name leads here, and no second proof of the names", async () => {
  const { resources } = await run({ publicProof: "standby" });
  const made = Object.keys(resources);
  expect(made.filter((key) => /web:Certificate|AppTls|-proof/.test(key))).toEqual([]);
  expect(made).toContain("azure-native:web:WebAppHostNameBinding app-public");
});

test.each([
  [
    "postgres",
    "azure-native:dbforpostgresql:Server database",
    { name: "Standard_B1ms", tier: "Burstable" },
    "postgresqlServer",
  ],
  [
    "mysql",
    "azure-native:dbformysql:Server database",
    { name: "Standard_B1ms", tier: "Burstable" },
    "mysqlServer",
  ],
  ["sqlserver", "azure-native:sql:Database database-shop", { name: "S0", tier: "Standard" }, "sqlServer"],
] as const)("%s: the smallest that never pauses, private", async (databaseEngine, key, sku, group) => {
  const { registered, resources } = await run({ databaseEngine });
  expect(resources[key]?.["sku"]).toEqual(sku);
  const endpoint = one(registered, "azure-native:network:PrivateEndpoint", "database-private");
  expect(endpoint["privateLinkServiceConnections"]).toMatchObject([{ groupIds: [group] }]);
});

test("closed, the same app runs the pause page, and knows nothing of the shop's", async () => {
  const { registered } = await run({ shopOpen: "false", pauseRetryAfter: "120" });
  const { siteConfig } = one(registered, "azure-native:web:WebApp", "app");
  expect(siteConfig).toMatchObject({
    linuxFxVersion: "NODE|22-lts",
    appCommandLine: "node main.js",
    healthCheckPath: "/.well-known/standby-pause",
    appSettings: [
      { name: "PAUSE_LANGUAGE", value: "en" },
      { name: "PAUSE_RETRY_AFTER", value: "120" },
      { name: "PAUSE_SHOP", value: "blanklabel.example" },
      { name: "PAUSE_TEXT" },
      { name: "PAUSE_TITLE", value: "We will be right back" },
      {
        name: "WEBSITE_RUN_FROM_PACKAGE",
        value: "https://blanklabelfilesabc123.blob.core.windows.net/packages/pause-page-0123456789ab.zip",
      },
      {
        name: "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID",
        value: "/id/UserAssignedIdentity/vault-identity",
      },
    ],
  });
});

test("an image in place of a package, secrets by reference, an administrator of the subscription's tenant", async () => {
  const registry =
    "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/shop/providers/Microsoft.ContainerRegistry/registries/registry";
  const { registered, resources } = await run({
    appPackage: undefined,
    appStart: undefined,
    appContainer: "registry.azurecr.io/shop:1.0.0",
    appRegistryId: registry,
    appSecrets: { SMTP_PASSWORD: "mail-password" },
    databaseAdministrator: {
      objectId: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
      name: "database-administrators",
      kind: "Group",
    },
  });
  const { siteConfig } = one(registered, "azure-native:web:WebApp", "app") as {
    siteConfig: { linuxFxVersion: string; appSettings: readonly { name: string; value: string }[] };
  };
  expect(siteConfig.linuxFxVersion).toBe("DOCKER|registry.azurecr.io/shop:1.0.0");
  expect(siteConfig.appSettings).toContainEqual({
    name: "SMTP_PASSWORD",
    value:
      "@Microsoft.KeyVault(SecretUri=https://blanklabel-kv-abc123.vault.azure.net/secrets/app-SMTP-PASSWORD)",
  });
  expect(Object.keys(resources)).toContain("azure-native:authorization:RoleAssignment vault-pull");
  expect(
    one(registered, "azure-native:dbforpostgresql:Administrator", "database-administrator")["tenantId"],
  ).toBe("11111111-2222-4333-8444-555555555555");
});
