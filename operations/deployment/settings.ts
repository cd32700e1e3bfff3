import path from "node:path";
import { z } from "zod";
import { notesFolder } from "../../settings/check-note";
import { usage } from "../fault";

/** Where the two stacks are described: the project's folder, their names and, where kept elsewhere, their files. */
export interface DeploymentSettings {
  /** Absolute path of the folder with Pulumi.yaml. */
  readonly project: string;
  readonly prod: StackSettings;
  readonly standby: StackSettings;
  /** Absolute path of the folder with the dated check result, the log and the last known names. */
  readonly notes: string;
}

export interface StackSettings {
  readonly name: string;
  /** Absolute path of the stack's config file; undefined: Pulumi finds it by the stack's name. */
  readonly configFile: string | undefined;
}

// As Pulumi takes them: NAME, ORGANIZATION/NAME or ORGANIZATION/PROJECT/NAME.
const stackName = /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*){0,2}$/;

const variables = z.object({
  PROD_STACK: z.string().default("prod"),
  STANDBY_STACK: z.string().default("standby"),
  PROD_CONFIG_FILE: z.string().optional(),
  STANDBY_CONFIG_FILE: z.string().optional(),
  STANDBY_NOTES: z.string().default(notesFolder),
});

/**
 * Reads them from the environment: `PROD_STACK` and `STANDBY_STACK` (default prod and standby), `PROD_CONFIG_FILE`
 * and `STANDBY_CONFIG_FILE` (default: Pulumi.<stack>.yaml beside Pulumi.yaml), `STANDBY_NOTES` (default .standby).
 * Relative paths count from the project's folder, the one that the command is run in.
 *
 * @throws Fault (2) naming the variable.
 */
export function deploymentSettings(
  env: NodeJS.ProcessEnv = process.env,
  project: string = process.cwd(),
): DeploymentSettings {
  // An empty variable is one that is not set.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const given = variables.parse(set);
  const absolute = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : path.resolve(project, file);
  return {
    project,
    prod: {
      name: checkedName("PROD_STACK", given.PROD_STACK),
      configFile: absolute(given.PROD_CONFIG_FILE),
    },
    standby: {
      name: checkedName("STANDBY_STACK", given.STANDBY_STACK),
      configFile: absolute(given.STANDBY_CONFIG_FILE),
    },
    notes: path.resolve(project, given.STANDBY_NOTES),
  };
}

function checkedName(variable: string, name: string): string {
  if (stackName.test(name)) return name;
  throw usage(
    `${variable} is "${name}"; a stack's name is made of letters, digits, "-", "_" and ".", ` +
      `with its organization and project before it where needed ("organization/project/stack")`,
  );
}

/** The stack's config file on disk: as given, or Pulumi.<stack>.yaml beside Pulumi.yaml. */
export function stackFile(settings: DeploymentSettings, stack: StackSettings): string {
  const short = stack.name.split("/").at(-1) ?? stack.name;
  return stack.configFile ?? path.join(settings.project, `Pulumi.${short}.yaml`);
}
