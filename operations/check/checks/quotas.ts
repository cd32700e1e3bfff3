import { databaseSku, instances, planSku } from "../../../settings/derive";
import type { Deployment } from "../../deployment";
import { fail, pass, reason, unknown, warn, type Check, type Look } from "../check";
import { postgresQuotas, signInFix, sqlObjective, type Quota } from "../probes/subscription";

interface Sku {
  readonly name: string;
  readonly tier: string;
}

/** What stands there at surge, as the forecast has it. */
function surge({ standby }: Deployment) {
  const { databaseEngine, databaseSku: given } = standby.config;
  const { forecast } = standby.outputs;
  return {
    engine: databaseEngine,
    location: standby.config.location,
    database: databaseSku(databaseEngine, "surge", forecast, given),
    plan: planSku("surge").name,
    instances: instances("surge", forecast).maximum,
  };
}

/** The subscription lets the standby grow to surge: a raise is a support request, too slow for the day itself. */
export const quotas: Check = {
  id: "quotas",
  before: ["standby"],
  // Asked of the subscription itself, which the standby's own identities may not read.
  operatorOnly: true,
  seconds: 30,
  wanted: ({ deployment }) => {
    const { location, database, plan, instances: most } = surge(deployment);
    return `in ${location} the subscription has room for surge: a database of size ${database.name}, and ${most} instances of ${plan}`;
  },
  fix: ({ deployment }) => raise(surge(deployment).location),
  look: async ({ deployment, signal }) => {
    const { standby } = deployment;
    const { engine, location, database, plan, instances: most } = surge(deployment);
    if (standby.config.size === "surge") return pass(`${database.name} and ${plan} stand there already`);
    try {
      const look = await lookAtDatabase(engine, standby.outputs, location, database, signal);
      return look.status === "fail" ? look : withPlan(look, plan, most, location);
    } catch (error) {
      return unknown(`Azure could not be asked: ${firstLine(reason(error))}`, signInFix);
    }
  },
};

const raise = (location: string): string =>
  `ask for a raise weeks before: Azure portal, Quotas, region ${location}, or a support request of type "Service and subscription limits"`;

async function lookAtDatabase(
  engine: Deployment["standby"]["config"]["databaseEngine"],
  outputs: Deployment["standby"]["outputs"],
  location: string,
  sku: Sku,
  signal: AbortSignal,
): Promise<Look> {
  switch (engine) {
    case "postgres":
      return judgeFamily(await postgresQuotas(outputs, location, signal), sku.name, location);
    case "sqlserver":
      return judgeObjective(await sqlObjective(outputs, location, sku, signal), sku.name, location);
    case "mysql":
      return unasked("MySQL", sku.name, location);
  }
}

/**
 * A size of a flexible server in the words of its quota: `Standard_D4ds_v5` is four vCores of `standardDDSv5Family`
 * (Quota Usages - List, Azure Database for PostgreSQL's REST API).
 */
export function familyOf(sku: string): { readonly family: string; readonly vCores: number } | undefined {
  const [, letter, vCores, features, version] = /^Standard_([A-Z])(\d+)([a-z]*)(?:_(v\d))?$/.exec(sku) ?? [];
  if (letter === undefined || features === undefined) return undefined;
  return {
    family: `standard${letter}${features.toUpperCase()}${version ?? ""}Family`,
    vCores: Number(vCores),
  };
}

export function judgeFamily(listed: readonly Quota[], sku: string, location: string): Look {
  const need = familyOf(sku);
  const quota = listed.find(({ name }) => name.toLowerCase() === need?.family.toLowerCase());
  if (need === undefined || quota === undefined)
    return warn(
      `Azure lists no limit for ${sku} in ${location}`,
      `see in the Azure portal, Quotas, region ${location}, whether ${sku} is offered to this subscription`,
    );
  const left = quota.limit - quota.used;
  const found = `${left} of ${quota.limit} vCores of ${quota.name} are left in ${location}; ${sku} takes ${need.vCores}`;
  return left < need.vCores ? fail(found) : pass(found);
}

export function judgeObjective(
  { status, reason: why }: { readonly status: string; readonly reason?: string | undefined },
  sku: string,
  location: string,
): Look {
  const found = `${sku} is ${status} in ${location}${why === undefined ? "" : `: ${why}`}`;
  return status === "Available" || status === "Default" ? pass(found) : fail(found);
}

/** No official SDK that the operations carry asks for this service's limits. */
const unasked = (service: string, what: string, location: string): Look =>
  warn(
    `whether ${what} fits is unknown: ${service}'s limit cannot be asked for here`,
    `look once in the Azure portal: Quotas, ${service}, region ${location}: ${what} is needed; ask for a raise there`,
  );

function withPlan(database: Look, plan: string, most: number, location: string): Look {
  const app = unasked("App Service", `a plan of ${most} ${plan}`, location);
  const fixes = [database.fix, app.fix].filter((fix) => fix !== undefined);
  return warn(`${database.found}; ${app.found}`, fixes.join("; "));
}

const firstLine = (text: string): string => text.split("\n")[0]?.trim() ?? text;
