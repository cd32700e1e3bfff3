import { usage } from "../fault";
import { deploymentVariable, standbyDatabaseVariable } from "./environment";
import { readConfig, readPrimary, readStandby } from "./read";
import { prodConfigSchema, type Site } from "./schema";
import { deploymentSettings, type DeploymentSettings } from "./settings";

/** The environment variable that holds the primary's database URL where the prod stack's config has none. */
export const primaryDatabaseVariable = "STANDBY_PRIMARY_DATABASE_URL";

/**
 * The URL of a site's database, password included: the standby's from {@link standbyDatabaseVariable} or its stack's
 * output `databaseUrl`, the primary's from {@link primaryDatabaseVariable}, the prod stack's secret
 * `primaryDatabaseUrl`, or the output `databaseUrl` of the stack that the prod stack's `primaryStack` names.
 *
 * @throws Fault (2) where the primary's is set nowhere; the faults of {@link readStandby} otherwise.
 */
export async function databaseUrl(
  site: Site,
  settings: DeploymentSettings = deploymentSettings(),
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const fromEnvironment = env[site === "standby" ? standbyDatabaseVariable : primaryDatabaseVariable];
  if (fromEnvironment !== undefined && fromEnvironment !== "") return fromEnvironment;
  if ((env[deploymentVariable] ?? "") !== "")
    throw usage(
      `the ${site}'s database is not known here; set ` +
        (site === "primary" ? "primaryDatabaseUrl in the standby's stack" : standbyDatabaseVariable),
    );
  if (site === "standby") return (await readStandby(settings)).outputs.databaseUrl;
  const { primaryDatabaseUrl: url, primaryStack } = await readConfig(
    settings,
    settings.prod,
    prodConfigSchema,
  );
  if (url !== undefined) return url;
  if (primaryStack !== undefined) return (await readPrimary(settings, primaryStack)).databaseUrl;
  throw usage(
    `the primary's database is not known; set ${primaryDatabaseVariable}, or store it with ` +
      `\`pulumi config set --stack ${settings.prod.name} --secret primaryDatabaseUrl\``,
  );
}
