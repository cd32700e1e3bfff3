import { existsSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import {
  configFileFlags,
  plainConfig,
  pulumiFault,
  startPulumi,
  type DeploymentSettings,
  type StackSettings,
} from "../deployment";
import { usage } from "../fault";
import type { Io } from "../io";
import { checkPolicyConfig } from "./policy-config";
import { readPreview, type Preview } from "./preview";
import type { Where } from "./review";

/** A stack, and what this project calls it. */
export interface Reviewed {
  readonly settings: StackSettings;
  readonly short: "prod" | "standby" | "primary";
}

export interface Made {
  readonly previews: readonly Preview[];
  readonly where: Where;
}

/**
 * The stacks of the project: both, and a primary of its own where the config of one names it. Its stack is looked for
 * beside them, by the last part of its name.
 */
export async function reviewedStacks(settings: DeploymentSettings): Promise<readonly Reviewed[]> {
  const both: readonly Reviewed[] = [
    { settings: settings.prod, short: "prod" },
    { settings: settings.standby, short: "standby" },
  ];
  const named = await Promise.all(
    both.map(async (each) => (await plainConfig(settings, each.settings))["primaryStack"]),
  );
  const primary = named.find((name): name is string => typeof name === "string" && name !== "");
  if (primary === undefined || !existsSync(path.join(settings.project, "Pulumi.primary.yaml"))) return both;
  return [...both, { settings: { name: primary, configFile: undefined }, short: "primary" }];
}

/** The project's own config of its policies, taken where it is there. */
const policyConfigFile = "policy-config.json";

/** The flags that hold a preview to this project's policies. @throws Fault (2) where they, or their config, are not there or wrong */
export function policyFlags(settings: DeploymentSettings, config: string | undefined): readonly string[] {
  const folder = path.join(settings.project, "policy");
  if (!existsSync(path.join(folder, "PulumiPolicy.yaml")))
    throw usage(`there is no policy pack in ${folder}; run this in the project's folder`);
  // Where it really lies, its own node_modules are above it.
  const pack = realpathSync(folder);
  const file = path.resolve(settings.project, config ?? policyConfigFile);
  if (config === undefined && !existsSync(file)) return ["--policy-pack", pack];
  if (!existsSync(file)) throw usage(`--policy-config is "${config}"; there is no such file`);
  checkPolicyConfig(file);
  return ["--policy-pack", pack, "--policy-pack-config", file];
}

/** Variables without which the providers of Azure and Cloudflare can look at nothing; each list wants one of its own. */
const credentials: readonly (readonly string[])[] = [
  ["CLOUDFLARE_API_TOKEN"],
  ["ARM_CLIENT_ID", "ARM_USE_MSI", "ARM_USE_OIDC", "AZURE_CLIENT_ID"],
];

/** Whether this shell may look at the clouds; signing in by `az login` leaves a file. */
export function hasCredentials(env: NodeJS.ProcessEnv): boolean {
  const home = env["AZURE_CONFIG_DIR"] ?? path.join(env["HOME"] ?? "", ".azure");
  const [cloudflare = [], azure = []] = credentials;
  const set = (names: readonly string[]): boolean => names.some((name) => (env[name] ?? "") !== "");
  return set(cloudflare) && (set(azure) || existsSync(path.join(home, "azureProfile.json")));
}

/** Previews of the real stacks, side by side. @throws Fault (2) without a CLI, a stack or a login */
export async function previewInCloud(
  settings: DeploymentSettings,
  stacks: readonly Reviewed[],
  flags: readonly string[],
  io: Io,
): Promise<readonly Preview[]> {
  const previews = stacks.map(async ({ settings: stack, short }) => {
    const args = ["preview", "--json", ...configFileFlags(stack), ...flags];
    const ended = await startPulumi(settings, stack, args, { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" })
      .ended;
    io.say(`previewed ${stack.name}`);
    // What could not begin at all says so on stderr alone.
    if (!ended.stdout.includes('"sequence"')) throw pulumiFault(stack, "preview the changes", ended);
    return readPreview(short, ended.stdout);
  });
  return Promise.all(previews);
}

/**
 * Previews that were made elsewhere.
 *
 * @param given each as `STACK=FILE`
 * @throws Fault (2) where one is something else, or tells nothing of policies
 */
export function previewsIn(given: readonly string[], withoutPolicies: boolean): readonly Preview[] {
  return given.map((each) => {
    const [, stack, file] = /^([\w.-]+)=(.+)$/.exec(each) ?? [];
    if (stack === undefined || file === undefined)
      throw usage(`--preview is "${each}"; wanted: STACK=FILE, such as prod=prod.json`);
    if (!existsSync(file)) throw usage(`--preview is "${each}"; there is no file ${file}`);
    const preview = readPreview(stack, readFileSync(file, "utf8"));
    if (preview.policies !== "run" && preview.errors.length === 0 && !withoutPolicies)
      throw usage(
        `the preview of the stack ${stack} tells nothing of policies, so nothing can be said of them; make it with ` +
          `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json --policy-pack policy --stack ${stack}, or give --without-policies`,
      );
    return preview;
  });
}
