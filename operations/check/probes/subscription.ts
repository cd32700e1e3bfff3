import { azureCredential } from "../../azure-credential";
import type { StandbyOutputs } from "../../deployment";
import { subscription } from "./azure";

// The SDKs are loaded only where they are used: that takes longer than the other checks take to run. The caller has a
// time limit of its own, which the SDKs' retries would outlast.
const patience = { retryOptions: { maxRetries: 1, retryDelayInMs: 500 } } as const;

const account = async ({ frontDoor }: StandbyOutputs) =>
  [await azureCredential(), subscription(frontDoor.profileId)] as const;

/** How each resource provider stands, as Azure words it: `Registered`, `NotRegistered`, `Registering`, … */
export async function registrations(
  outputs: StandbyOutputs,
  namespaces: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { ResourceManagementClient } = await import("@azure/arm-resources");
  const client = new ResourceManagementClient(...(await account(outputs)), patience);
  const asked = namespaces.map(async (namespace) => {
    const { registrationState } = await client.providers.get(namespace, { abortSignal });
    return [namespace, registrationState ?? "not stated"] as const;
  });
  return new Map(await Promise.all(asked));
}

/** A limit of the subscription in a region. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  readonly used: number;
}

/** Limits of PostgreSQL flexible servers, in vCores by hardware family: `standardDDSv5Family`. */
export async function postgresQuotas(
  outputs: StandbyOutputs,
  location: string,
  abortSignal: AbortSignal,
): Promise<readonly Quota[]> {
  const { PostgreSQLManagementFlexibleServerClient } = await import("@azure/arm-postgresql-flexible");
  const client = new PostgreSQLManagementFlexibleServerClient(...(await account(outputs)), patience);
  const quotas: Quota[] = [];
  for await (const { name, limit, currentValue } of client.quotaUsages.list(location, { abortSignal }))
    if (name?.value !== undefined && limit !== undefined)
      quotas.push({ name: name.value, limit, used: currentValue ?? 0 });
  return quotas;
}

/** Whether this subscription may have a size of Azure SQL in a region: `Available`, `Default`, `Disabled`, … */
export async function sqlObjective(
  outputs: StandbyOutputs,
  location: string,
  sku: { readonly name: string; readonly tier: string },
  abortSignal: AbortSignal,
): Promise<{ readonly status: string; readonly reason?: string | undefined }> {
  const { SqlManagementClient } = await import("@azure/arm-sql");
  const client = new SqlManagementClient(...(await account(outputs)), patience);
  const { supportedServerVersions = [] } = await client.capabilities.listByLocation(location, {
    include: "supportedEditions",
    abortSignal,
  });
  const editions = supportedServerVersions.flatMap(({ supportedEditions = [] }) => supportedEditions);
  const objectives = editions
    .filter(({ name }) => name === sku.tier)
    .flatMap(({ supportedServiceLevelObjectives = [] }) => supportedServiceLevelObjectives);
  const found = objectives.find(({ name }) => name === sku.name);
  return { status: found?.status ?? "not listed", reason: found?.reason };
}

/** Why Azure could not be asked, and what helps in most cases. */
export const signInFix =
  "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";
