import { AppService } from "../../components/app-service";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("always on, and reached through the one Front Door", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new AppService("app", {
        ...place,
        planName: "shop-plan",
        appName: "shop-abc123",
        sku: { name: "P0v3", tier: "Premium0V3" },
        instances: 1,
        runtime: "NODE|20-lts",
        startCommand: "node server.js",
        packageUrl: "https://shopfilesabc123.blob.core.windows.net/packages/shop-1.zip",
        identityId: "/id/identity",
        subnetId: "/id/subnet",
        frontDoorId: "front-door-id",
        operatorAddresses: ["203.0.113.20"],
        settings: {
          SITE: "standby",
          DATABASE_URL: "@Microsoft.KeyVault(SecretUri=https://v/secrets/database-url)",
        },
      }),
  );
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
