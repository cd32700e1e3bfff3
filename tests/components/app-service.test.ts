import { z } from "zod";
import { AppService, type AppServiceArgs } from "../../components/app-service";
import { place } from "./examples";
import { declared, one, runMocked } from "./mocked";

const args = {
  ...place,
  planName: "shop-plan",
  appName: "shop-abc123",
  sku: { name: "P0v3", tier: "Premium0V3" },
  instances: 1,
  content: {
    kind: "package",
    url: "https://shopfilesabc123.blob.core.windows.net/packages/shop-1.zip",
    runtime: "NODE|20-lts",
    start: "node server.js",
  },
  identity: { id: "/id/identity", clientId: "client-id" },
  subnetId: "/id/subnet",
  frontDoorId: "front-door-id",
  operatorAddresses: ["203.0.113.20"],
  settings: {
    SITE: "standby",
    DATABASE_URL: "@Microsoft.KeyVault(SecretUri=https://v/secrets/database-url)",
  },
} as const satisfies AppServiceArgs;
const runApp = async (more: Partial<AppServiceArgs> = {}) =>
  (await runMocked("standby", () => new AppService("app", { ...args, ...more }))).registered;
const siteConfigOf = (inputs: Readonly<Record<string, unknown>>) =>
  z.looseObject({}).parse(inputs["siteConfig"]);

test("always on, and reached through the one Front Door", async () => {
  const registered = await runApp();
  expect(declared(registered)).toEqual({
    "azure-native:web:AppServicePlan app-plan": {
      kind: "linux",
      location: "westeurope",
      name: "shop-plan",
      reserved: true,
      resourceGroupName: "shop-standby-rg",
      sku: { capacity: 1, name: "P0v3", tier: "Premium0V3" },
      tags: { site: "standby" },
    },
    "azure-native:web:WebApp app": {
      clientAffinityEnabled: false,
      httpsOnly: true,
      hyperV: false,
      identity: { type: "UserAssigned", userAssignedIdentities: ["/id/identity"] },
      isXenon: false,
      keyVaultReferenceIdentity: "/id/identity",
      kind: "app,linux",
      location: "westeurope",
      name: "shop-abc123",
      reserved: true,
      resourceGroupName: "shop-standby-rg",
      scmSiteAlsoStopped: false,
      serverFarmId: "/id/AppServicePlan/app-plan",
      siteConfig: {
        alwaysOn: true,
        appCommandLine: "node server.js",
        appSettings: [
          { name: "DATABASE_URL", value: "@Microsoft.KeyVault(SecretUri=https://v/secrets/database-url)" },
          { name: "SITE", value: "standby" },
          {
            name: "WEBSITE_RUN_FROM_PACKAGE",
            value: "https://shopfilesabc123.blob.core.windows.net/packages/shop-1.zip",
          },
          { name: "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID", value: "/id/identity" },
        ],
        ftpsState: "Disabled",
        healthCheckPath: "/healthz",
        http20Enabled: true,
        ipSecurityRestrictions: [
          {
            action: "Allow",
            headers: { "x-azure-fdid": ["front-door-id"] },
            ipAddress: "AzureFrontDoor.Backend",
            name: "front-door",
            priority: 100,
            tag: "ServiceTag",
          },
        ],
        ipSecurityRestrictionsDefaultAction: "Deny",
        linuxFxVersion: "NODE|20-lts",
        localMySqlEnabled: false,
        minTlsVersion: "1.2",
        netFrameworkVersion: "v4.6",
        scmIpSecurityRestrictions: [
          { action: "Allow", ipAddress: "203.0.113.20/32", name: "operator-203.0.113.20", priority: 100 },
        ],
        scmIpSecurityRestrictionsDefaultAction: "Deny",
        scmIpSecurityRestrictionsUseMain: false,
        scmMinTlsVersion: "1.2",
      },
      tags: { site: "standby" },
      virtualNetworkSubnetId: "/id/subnet",
    },
  });
});

test("the slot is the site over again, stopped until something comes next", async () => {
  const registered = await runApp({ slot: {} });
  const { slot, enabled, ...rest } = one(registered, "azure-native:web:WebAppSlot", "app-next");
  expect({ slot, enabled }).toEqual({ slot: "next", enabled: false });
  expect(rest).toEqual(one(registered, "azure-native:web:WebApp", "app"));
});

test("what comes next runs in the slot; nothing else differs", async () => {
  const url = "https://shopfilesabc123.blob.core.windows.net/packages/shop-2.zip";
  const registered = await runApp({ slot: { content: { ...args.content, url } } });
  const site = one(registered, "azure-native:web:WebApp", "app");
  const slot = one(registered, "azure-native:web:WebAppSlot", "app-next");
  expect(slot["enabled"]).toBe(true);
  expect(JSON.stringify(siteConfigOf(slot))).toBe(
    JSON.stringify(siteConfigOf(site)).replace(args.content.url, url),
  );
});

test("an image from a registry on Azure is pulled by the app's identity", async () => {
  const registered = await runApp({
    content: { kind: "container", image: "shop.azurecr.io/shop:1.0.0" },
  });
  const app = one(registered, "azure-native:web:WebApp", "app");
  expect(app["kind"]).toBe("app,linux,container");
  const { appCommandLine, ...config } = siteConfigOf(app);
  expect(appCommandLine).toBeUndefined();
  expect(config).toMatchObject({
    linuxFxVersion: "DOCKER|shop.azurecr.io/shop:1.0.0",
    acrUseManagedIdentityCreds: true,
    acrUserManagedIdentityID: "client-id",
    appSettings: [
      { name: "DATABASE_URL", value: "@Microsoft.KeyVault(SecretUri=https://v/secrets/database-url)" },
      { name: "SITE", value: "standby" },
    ],
  });
});

test("an image from elsewhere is pulled by nobody's identity, and started as it is told", async () => {
  const registered = await runApp({
    content: { kind: "container", image: "docker.io/shop:1.0.0", start: "serve" },
  });
  const config = siteConfigOf(one(registered, "azure-native:web:WebApp", "app"));
  expect(config).toMatchObject({ linuxFxVersion: "DOCKER|docker.io/shop:1.0.0", appCommandLine: "serve" });
  expect(Object.keys(config)).not.toContain("acrUseManagedIdentityCreds");
});
