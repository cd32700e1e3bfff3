import { AppVault } from "../../components/vault";
import { place, subscriptionId } from "./examples";
import { declared, runMocked, secret } from "./mocked";

test("secrets that the app's identity alone may read", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new AppVault("vault", {
        ...place,
        vaultName: "shop-kv-abc123",
        identityName: "shop-identity",
        tenantId: "tenant",
        subscriptionId,
        secrets: { "session-secret": "signing key" },
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:authorization:RoleAssignment vault-reader": {
      principalId: "55555555-6666-4777-8888-999999999999",
      principalType: "ServicePrincipal",
      roleAssignmentName: "99999999-8888-4777-8666-555555555555",
      roleDefinitionId:
        "/subscriptions/00000000-1111-4222-8333-444444444444/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
      scope: "/id/Vault/vault",
    },
    "azure-native:keyvault:Secret vault-session-secret": {
      properties: secret({ value: "signing key" }),
      resourceGroupName: "shop-standby-rg",
      secretName: "session-secret",
      tags: { site: "standby" },
      vaultName: "shop-kv-abc123",
    },
    "azure-native:keyvault:Vault vault": {
      location: "westeurope",
      properties: {
        enablePurgeProtection: true,
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        enabledForDeployment: false,
        enabledForDiskEncryption: false,
        enabledForTemplateDeployment: false,
        publicNetworkAccess: "enabled",
        sku: { family: "A", name: "standard" },
        softDeleteRetentionInDays: 90,
        tenantId: "tenant",
      },
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
      vaultName: "shop-kv-abc123",
    },
    "azure-native:managedidentity:UserAssignedIdentity vault-identity": {
      location: "westeurope",
      resourceGroupName: "shop-standby-rg",
      resourceName: "shop-identity",
      tags: { site: "standby" },
    },
    "random:index/randomUuid:RandomUuid vault-reader-id": {},
  });
});
