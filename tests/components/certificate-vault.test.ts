import { CertificateVault } from "../../components/certificate-vault";
import { providerText } from "../../components/dynamic/operation-resource";
import { place, subscriptionId, zoneId } from "./examples";
import { declared, runMocked, secret } from "./mocked";

const hostNames = ["www.blanklabel.example", "standby.blanklabel.example", "images.blanklabel.example"];
const role = (id: string, principalId: string, principalType: string) => ({
  scope: "/id/Vault/certificate-vault",
  roleAssignmentName: "99999999-8888-4777-8666-555555555555",
  roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
  principalId,
  principalType,
});
const certificates = "a4417e6f-fecd-4de8-b567-7b0420556985";
const secrets = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";

test("a vault apart, its officers, Cloudflare's token, and the certificate itself", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new CertificateVault("certificate-vault", {
        ...place,
        vaultName: "shop-crt-abc123",
        tenantId: "tenant",
        subscriptionId,
        officers: {
          someone: { principalId: "someone", principalType: "User" },
          job: { principalId: "job-principal", principalType: "ServicePrincipal" },
        },
        hostNames,
        zone: "blanklabel.example",
        zoneId,
        directory: "https://acme.example/directory",
        email: "owner@blanklabel.example",
        cloudflareToken: "token of Cloudflare",
      }),
  );
  const ids = Object.fromEntries(
    ["job-certificates", "job-secrets", "someone-certificates", "someone-secrets"].map((who) => [
      `random:index/randomUuid:RandomUuid certificate-vault-${who}-id`,
      {},
    ]),
  );
  expect(declared(registered)).toEqual({
    ...ids,
    "azure-native:keyvault:Vault certificate-vault": {
      ...place,
      vaultName: "shop-crt-abc123",
      properties: {
        tenantId: "tenant",
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enablePurgeProtection: true,
        enabledForDeployment: false,
        enabledForDiskEncryption: false,
        enabledForTemplateDeployment: false,
        publicNetworkAccess: "enabled",
      },
    },
    "azure-native:authorization:RoleAssignment certificate-vault-someone-certificates": role(
      certificates,
      "someone",
      "User",
    ),
    "azure-native:authorization:RoleAssignment certificate-vault-someone-secrets": role(
      secrets,
      "someone",
      "User",
    ),
    "azure-native:authorization:RoleAssignment certificate-vault-job-certificates": role(
      certificates,
      "job-principal",
      "ServicePrincipal",
    ),
    "azure-native:authorization:RoleAssignment certificate-vault-job-secrets": role(
      secrets,
      "job-principal",
      "ServicePrincipal",
    ),
    "azure-native:keyvault:Secret certificate-vault-cloudflare-token": {
      resourceGroupName: place.resourceGroupName,
      vaultName: "shop-crt-abc123",
      secretName: "cloudflare-token",
      properties: secret({ value: "token of Cloudflare" }),
      tags: place.tags,
    },
    "pulumi-nodejs:dynamic/standby:AcmeCertificate certificate-vault-certificate": {
      __provider: providerText("components/dynamic/acme-certificate-provider"),
      vaultId: "/id/Vault/certificate-vault",
      vaultUrl: "https://shop-crt-abc123.vault.azure.net/",
      certificateName: "edge",
      hostNames,
      zone: "blanklabel.example",
      zoneId,
      directory: "https://acme.example/directory",
      email: "owner@blanklabel.example",
    },
  });
});
