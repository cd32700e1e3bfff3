import { z } from "zod";
import { outside, usage } from "../fault";
import { deploymentFromEnvironment, deploymentVariable } from "./environment";
import { projectName } from "./project";
import { configFileFlags, runPulumi } from "./pulumi";
import {
  primaryOutputsSchema,
  prodConfigSchema,
  prodOutputsSchema,
  standbyConfigSchema,
  standbyOutputsSchema,
  type ProdConfig,
  type ProdOutputs,
  type StandbyConfig,
  type StandbyOutputs,
} from "./schema";
import type { DeploymentSettings, StackSettings } from "./settings";

export interface Prod {
  readonly config: ProdConfig;
  readonly outputs: ProdOutputs;
}

export interface Standby {
  readonly config: StandbyConfig;
  readonly outputs: StandbyOutputs;
}

/** What both stacks say. Declarations and memories, not reality: no check may pass on them alone. */
export interface Deployment {
  readonly settings: DeploymentSettings;
  readonly prod: Prod;
  readonly standby: Standby;
}

/**
 * From the stacks, or from {@link deploymentVariable} where it is set: beside the standby there is no Pulumi.
 *
 * @throws Fault (2) no CLI, project, stack or value; Fault (3) not up yet, or the backend not reached.
 */
export async function readDeployment(
  settings: DeploymentSettings,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Deployment> {
  if ((env[deploymentVariable] ?? "") !== "") return deploymentFromEnvironment(settings, env);
  const [prod, standby] = await inOrder(readProd(settings), readStandby(settings));
  return { settings, prod, standby };
}

export async function readProd(settings: DeploymentSettings): Promise<Prod> {
  const [config, outputs] = await inOrder(
    readConfig(settings, settings.prod, prodConfigSchema),
    readOutputs(settings, settings.prod, prodOutputsSchema),
  );
  return { config, outputs };
}

/** @param stack of the primary, by the name that the prod stack's `primaryStack` has */
export const readPrimary = (
  settings: DeploymentSettings,
  stack: string,
): Promise<z.output<typeof primaryOutputsSchema>> =>
  readOutputs(settings, { name: stack, configFile: undefined }, primaryOutputsSchema);

export async function readStandby(settings: DeploymentSettings): Promise<Standby> {
  const [config, outputs] = await inOrder(
    readConfig(settings, settings.standby, standbyConfigSchema),
    readOutputs(settings, settings.standby, standbyOutputsSchema),
  );
  return { config, outputs };
}

/** Waits for both, which go on at once; where both fail, it is always the first that is told of. */
async function inOrder<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

const configEntries = z.record(
  z.string(),
  z.object({ value: z.string().optional(), objectValue: z.unknown().optional() }),
);

/** The stack's own config values by their short names, secrets in the clear. */
export async function readConfig<S extends z.ZodType>(
  settings: DeploymentSettings,
  stack: StackSettings,
  schema: S,
): Promise<z.output<S>> {
  const args = ["config", "--json", "--show-secrets", ...configFileFlags(stack)];
  const entries = parse(
    configEntries,
    await runPulumi(settings, stack, args, "read the config"),
    stack,
    "config",
  );
  const own = `${projectName(settings)}:`;
  const values = Object.fromEntries(
    Object.entries(entries)
      .filter(([key]) => key.startsWith(own))
      .map(([key, entry]) => [key.slice(own.length), entry.objectValue ?? entry.value]),
  );
  return checkConfig(stack, schema, values);
}

/**
 * A stack's config values by their short names, as a schema wants them.
 * @throws Fault (2) naming every value that is wrong
 */
export function checkConfig<S extends z.ZodType>(
  stack: StackSettings,
  schema: S,
  values: Readonly<Record<string, unknown>>,
): z.output<S> {
  const checked = schema.safeParse(values);
  if (checked.success) return checked.data;
  throw usage(
    `the config of the stack ${stack.name} cannot be used:\n${faults(checked.error)}\n` +
      `set it with \`pulumi config set --stack ${stack.name} KEY VALUE\``,
  );
}

async function readOutputs<S extends z.ZodType>(
  settings: DeploymentSettings,
  stack: StackSettings,
  schema: S,
): Promise<z.output<S>> {
  const args = ["stack", "output", "--json", "--show-secrets"];
  const values = parse(
    z.record(z.string(), z.unknown()),
    await runPulumi(settings, stack, args, "read the outputs"),
    stack,
    "outputs",
  );
  if (Object.keys(values).length === 0)
    throw outside(`the stack ${stack.name} is not up yet; run \`pulumi up --stack ${stack.name}\` first`);
  const checked = schema.safeParse(values);
  if (checked.success) return checked.data;
  throw outside(
    `the outputs of the stack ${stack.name} cannot be used:\n${faults(checked.error)}\n` +
      `it was last brought up by another version of the program; run \`pulumi up --stack ${stack.name}\``,
  );
}

function parse<S extends z.ZodType>(
  schema: S,
  text: string,
  stack: StackSettings,
  what: string,
): z.output<S> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw outside(
      `pulumi printed the ${what} of the stack ${stack.name} in a form this version does not know`,
      {
        cause: error,
      },
    );
  }
}

/** One line for each value that is missing or wrong. Values are left out: some are secret. */
function faults(error: z.ZodError): string {
  return error.issues.map((issue) => `  ${issue.path.map(String).join(".")}: ${issue.message}`).join("\n");
}
