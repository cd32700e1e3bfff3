import { z } from "zod";
import { usage } from "../fault";
import type { Deployment } from "./read";
import { hostName, standbyConfigSchema, standbyOutputsSchema, type Site } from "./schema";
import type { DeploymentSettings } from "./settings";

/** The variable that describes the deployment where there is neither the Pulumi CLI nor its state: JSON, no secrets. */
export const deploymentVariable = "STANDBY_DEPLOYMENT";
/** The variable that holds the standby's database URL beside it. */
export const standbyDatabaseVariable = "STANDBY_DATABASE_URL";

/** The longest time that stack `prod` lets a resolver keep the record; which time it is, the standby is not told. */
const longestTtl = 86_400;

const described = z.object({
  domain: hostName,
  zoneId: z.string().min(1),
  primaryHost: hostName,
  config: standbyConfigSchema,
  outputs: standbyOutputsSchema.omit({ databaseUrl: true }),
});

/** What {@link deploymentVariable} holds: what the standby knows of itself, and of the primary by its own config. */
export type DescribedDeployment = z.input<typeof described>;

/**
 * The deployment as the standby alone knows it. It never asks stack `prod`: which site is declared, and the record's
 * id and time to live, it does not know.
 *
 * @throws Fault (2) naming each part of the description that is missing or wrong; values are left out
 */
export function deploymentFromEnvironment(settings: DeploymentSettings, env: NodeJS.ProcessEnv): Deployment {
  const { domain, zoneId, primaryHost, config, outputs } = parsed(env[deploymentVariable] ?? "");
  const databaseUrl = env[standbyDatabaseVariable] ?? "";
  if (!/^[a-z]+:\/\//.test(databaseUrl))
    throw usage(
      `${standbyDatabaseVariable} ${databaseUrl === "" ? "is not set" : "is no URL"}; it holds the URL of the standby's ` +
        `database beside ${deploymentVariable}. Where it is a Key Vault reference, look whether the app's identity may read it`,
    );
  const record = {
    zoneId,
    id: "",
    name: outputs.publicHost,
    type: "CNAME",
    content: primaryHost,
    ttl: longestTtl,
  };
  const prod = {
    config: { domain, zoneId, primaryHost, activeSite: "primary" as const, ttl: longestTtl, proxied: false },
    outputs: {
      activeSite: "primary" as const,
      record,
      targets: { primary: primaryHost, standby: outputs.standbyHost },
    },
  };
  return { settings, prod, standby: { config, outputs: { ...outputs, databaseUrl } } };
}

/** The same deployment with what is seen of stack `prod`, for who cannot read what it declares. */
export function withProdAsSeen(
  deployment: Deployment,
  seen: { readonly site: Site; readonly proxied: boolean; readonly primaryTarget: string | undefined },
): Deployment {
  const { config, outputs } = deployment.prod;
  const { site: activeSite, proxied, primaryTarget = outputs.targets.primary } = seen;
  return {
    ...deployment,
    prod: {
      config: { ...config, activeSite, proxied },
      outputs: { ...outputs, activeSite, targets: { ...outputs.targets, primary: primaryTarget } },
    },
  };
}

function parsed(text: string): z.output<typeof described> {
  if (text === "")
    throw usage(
      `${deploymentVariable} is not set; \`pulumi up\` on the standby's stack writes it for its job`,
    );
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw usage(`${deploymentVariable} is no JSON; \`pulumi up\` on the standby's stack writes it`);
  }
  const checked = described.safeParse(given);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(
    ({ path, message }) => `  ${path.map(String).join(".")}: ${message}`,
  );
  throw usage(
    `${deploymentVariable} cannot be used:\n${faults.join("\n")}\n` +
      "it was written by another version of the program: run `pulumi up` on the standby's stack",
  );
}
