import { FileStorage } from "../../components/file-storage";
import { PausePage } from "../../components/pause-page";
import { place, subscriptionId } from "./examples";
import { declared, runMocked } from "./mocked";

test("always on beside the shop, reached through the one Front Door", async () => {
  const { registered } = await runMocked("standby", () => {
    const files = new FileStorage("files", {
      ...place,
      accountName: "shopfiles",
      subscriptionId,
      deployerObjectId: "deployer",
      operatorObjectIds: [],
      operatorKind: "User",
    });
    new PausePage("pause-page", {
      ...place,
      appName: "shop-pause-abc123",
      planId: "/id/side-plan",
      identityName: "shop-pause-identity",
      files,
      frontDoorId: "front-door-id",
      shop: "blanklabel.example",
      title: "Back at 8",
      text: "Sold out for a moment.",
      language: "en",
      retryAfter: 600,
    });
  });
  const resources = Object.entries(declared(registered)).filter(([name]) => name.includes("pause"));
  expect(Object.fromEntries(resources)).toEqual({
    "azure-native:authorization:RoleAssignment files-pause-reader": {
      principalId: "55555555-6666-4777-8888-999999999999",
      principalType: "ServicePrincipal",
      roleAssignmentName: "99999999-8888-4777-8666-555555555555",
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1`,
      scope: "/id/BlobContainer/files-packages",
    },
    "azure-native:managedidentity:UserAssignedIdentity pause-page-identity": {
      location: "westeurope",
      resourceGroupName: "shop-standby-rg",
      resourceName: "shop-pause-identity",
      tags: { site: "standby" },
    },
    "pulumi-nodejs:dynamic/standby:PackageUpload pause-page-package": expect.objectContaining({
      account: "shopfiles",
      container: "packages",
      label: "pause-page",
      source: { kind: "bundle", entry: "pause-page/main.ts" },
    }) as unknown,
    "random:index/randomUuid:RandomUuid files-pause-reader-id": {},
    "azure-native:web:WebApp pause-page": {
      clientAffinityEnabled: false,
      httpsOnly: true,
      hyperV: false,
      identity: {
        type: "UserAssigned",
        userAssignedIdentities: ["/id/UserAssignedIdentity/pause-page-identity"],
      },
      isXenon: false,
      kind: "app,linux",
      location: "westeurope",
      name: "shop-pause-abc123",
      reserved: true,
      resourceGroupName: "shop-standby-rg",
      scmSiteAlsoStopped: false,
      serverFarmId: "/id/side-plan",
      siteConfig: {
        alwaysOn: true,
        appCommandLine: "node main.js",
        appSettings: [
          { name: "PAUSE_SHOP", value: "blanklabel.example" },
          { name: "PAUSE_TITLE", value: "Back at 8" },
          { name: "PAUSE_TEXT", value: "Sold out for a moment." },
          { name: "PAUSE_LANGUAGE", value: "en" },
          { name: "PAUSE_RETRY_AFTER", value: "600" },
          {
            name: "WEBSITE_RUN_FROM_PACKAGE",
            value: "https://shopfiles.blob.core.windows.net/packages/pause-page-0123456789ab.zip",
          },
          {
            name: "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID",
            value: "/id/UserAssignedIdentity/pause-page-identity",
          },
        ],
        ftpsState: "Disabled",
        healthCheckPath: "/.well-known/standby-pause",
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
        linuxFxVersion: "NODE|22-lts",
        localMySqlEnabled: false,
        minTlsVersion: "1.2",
        netFrameworkVersion: "v4.6",
        scmIpSecurityRestrictionsDefaultAction: "Deny",
        scmIpSecurityRestrictionsUseMain: false,
        scmMinTlsVersion: "1.2",
      },
      tags: { site: "standby" },
    },
  });
});
