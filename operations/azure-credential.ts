import type { TokenCredential } from "@azure/identity";

/**
 * The identity that Pulumi's Azure provider works as, so that one sign-in serves all: its `ARM_*` variables where they
 * are set, else what the Azure SDKs find themselves (`AZURE_*`, `az login`). Within App Service it is the app's managed
 * identity and no other: the one that `AZURE_CLIENT_ID` names, or the app's own.
 */
export async function azureCredential(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<TokenCredential> {
  // Loaded only here: the SDK takes longer to load than most commands take to run.
  const { ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential } =
    await import("@azure/identity");
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = environment;
  if (tenant !== undefined && client !== undefined && secret !== undefined)
    return new ClientSecretCredential(tenant, client, secret);
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header, AZURE_CLIENT_ID: clientId } = environment;
  // Its error says what is wrong with the identity; the chain's would list every other way to sign in.
  if (endpoint !== undefined && header !== undefined)
    return clientId === undefined
      ? new ManagedIdentityCredential()
      : new ManagedIdentityCredential({ clientId });
  return new DefaultAzureCredential();
}
