import type { TokenCredential } from "@azure/identity";

/**
 * The identity that Pulumi's Azure provider works as, so that one sign-in serves all: its `ARM_*` variables where they
 * are set, else what the Azure SDKs find themselves (`AZURE_*`, a managed identity, `az login`).
 */
export async function azureCredential(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<TokenCredential> {
  // Loaded only here: the SDK takes longer to load than most commands take to run.
  const { ClientSecretCredential, DefaultAzureCredential } = await import("@azure/identity");
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = environment;
  return tenant !== undefined && client !== undefined && secret !== undefined
    ? new ClientSecretCredential(tenant, client, secret)
    : new DefaultAzureCredential();
}
