import { ClientSecretCredential, DefaultAzureCredential, type TokenCredential } from "@azure/identity";

/**
 * The identity that Pulumi's Azure provider works as, so that one sign-in serves both: its `ARM_*` variables where they
 * are set, else what the Azure SDKs find themselves (`AZURE_*`, a managed identity, `az login`).
 */
export function azureCredential(environment: NodeJS.ProcessEnv = process.env): TokenCredential {
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = environment;
  return tenant !== undefined && client !== undefined && secret !== undefined
    ? new ClientSecretCredential(tenant, client, secret)
    : new DefaultAzureCredential();
}
