import * as pulumi from "@pulumi/pulumi";
import { FileStorage } from "../../components/file-storage";
import { Job } from "../../components/job";
import { AppVault } from "../../components/vault";
import { place, subscriptionId } from "./examples";
import { declared, runMocked } from "./mocked";

async function run() {
  const { registered } = await runMocked("standby", () => {
    const vault = new AppVault("vault", {
      ...place,
      vaultName: "shop-kv-abc123",
      identityName: "shop-identity",
      tenantId: "tenant",
      subscriptionId,
      secrets: { "database-url": pulumi.secret("postgres://secret"), "session-secret": "signing key" },
    });
    const files = new FileStorage("files", {
      ...place,
      accountName: "shopfilesabc123",
      subscriptionId,
      deployerObjectId: "deployer",
      operatorObjectIds: [],
      operatorKind: "User",
    });
    new Job("job", {
      ...place,
      jobName: "shop-standby-abc123-job",
      identityName: "shop-job-identity",
      subscriptionId,
      groupId: "/id/group",
      planId: "/id/side-plan",
      subnetId: "/id/side",
      files,
      vault,
      secrets: { STANDBY_DATABASE_URL: "database-url" },
      deployment: { domain: "blanklabel.example", outputs: { standbyHost: pulumi.output("edge.example") } },
      settings: { CHECK_SCHEDULE: "7 * * * *" },
    });
  });
  return declared(registered);
}

test("inside the network, reached by nobody, run from its bundle by an identity of its own", async () => {
  expect((await run())["azure-native:web:WebApp job"]).toEqual({
    clientAffinityEnabled: false,
    httpsOnly: true,
    hyperV: false,
    identity: {
      type: "UserAssigned",
      userAssignedIdentities: ["/id/UserAssignedIdentity/job-identity"],
    },
    isXenon: false,
    keyVaultReferenceIdentity: "/id/UserAssignedIdentity/job-identity",
    kind: "app,linux",
    location: "westeurope",
    name: "shop-standby-abc123-job",
    publicNetworkAccess: "Disabled",
    reserved: true,
    resourceGroupName: "shop-standby-rg",
    scmSiteAlsoStopped: false,
    serverFarmId: "/id/side-plan",
    siteConfig: {
      alwaysOn: true,
      appCommandLine: "node main.js",
      appSettings: [
        { name: "AZURE_CLIENT_ID", value: "client-id" },
        { name: "CHECK_SCHEDULE", value: "7 * * * *" },
        {
          name: "STANDBY_DATABASE_URL",
          value: "@Microsoft.KeyVault(SecretUri=https://shop-kv-abc123.vault.azure.net/secrets/database-url)",
        },
        {
          name: "STANDBY_DEPLOYMENT",
          value: '{"domain":"blanklabel.example","outputs":{"standbyHost":"edge.example"}}',
        },
        {
          name: "WEBSITE_RUN_FROM_PACKAGE",
          value: "https://shopfilesabc123.blob.core.windows.net/packages/job-0123456789ab.zip",
        },
        {
          name: "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID",
          value: "/id/UserAssignedIdentity/job-identity",
        },
      ],
      ftpsState: "Disabled",
      healthCheckPath: "/healthz",
      http20Enabled: true,
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
    virtualNetworkSubnetId: "/id/side",
  });
});

test("its identity may read the group's state, its own secrets and its package, and nothing else", async () => {
  const principal = "55555555-6666-4777-8888-999999999999";
  const roles = Object.entries(await run())
    .filter(([key]) => /RoleAssignment .*job/.test(key))
    .map(([key, { scope, roleDefinitionId, principalId }]) => [
      key.split(" ")[1],
      scope,
      String(roleDefinitionId).split("/").at(-1),
      principalId,
    ]);
  expect(roles.sort()).toEqual([
    [
      "files-job-reader",
      "/id/BlobContainer/files-packages",
      "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
      principal,
    ],
    ["job-reader", "/id/group", "acdd72a7-3385-48ef-bd42-f606fba81ae7", principal],
    [
      "vault-job-database-url",
      "/id/Secret/vault-database-url",
      "4633458b-17de-408a-b874-0445c86b69e6",
      principal,
    ],
  ]);
});

test("its package is the bundle of operations/job", async () => {
  expect((await run())["pulumi-nodejs:dynamic/standby:PackageUpload job-package"]).toMatchObject({
    account: "shopfilesabc123",
    container: "packages",
    label: "job",
    source: { kind: "bundle", entry: "operations/job/main.ts" },
  });
});
