import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { ownKey, stackFile, type DeploymentSettings, type StackSettings } from "../operations/deployment";
import { outside, usage } from "../operations/fault";
import { runCommand, lastWords } from "./engine/command";
import { Secret, type ConfigValue } from "./engine/settings";
import type { Stack } from "./engine/stack";
import { withCleanup } from "./processes/cleanup";
import { openStage, type Stage } from "./stage";

/** A stack to be previewed. */
export interface Previewed {
  readonly settings: StackSettings;
  readonly short: "prod" | "standby" | "primary";
}

export interface LocalOptions {
  readonly settings: DeploymentSettings;
  readonly stacks: readonly Previewed[];
  /** Flags of the policy pack. */
  readonly flags: readonly string[];
  readonly say: (line: string) => void;
}

/**
 * Previews stacks from nothing on this machine's own cloud, each with the config of its file. Secrets, which nobody can
 * read here, are stood in for; so is what another stack would say that does not stand here.
 *
 * @returns what `pulumi preview --json` printed of each, an event a line, in the order of the stacks
 * @throws Fault (2) where a stack has no file or the file no zone, Fault (3) where there is no engine
 */
export async function previewLocally(options: LocalOptions): Promise<readonly string[]> {
  const configs = options.stacks.map(({ settings }) => fileConfig(options.settings, settings));
  const zone = zoneSchema.safeParse(configs[0]).data ?? { domain: "shop.example", zoneId: "0".repeat(32) };
  return withCleanup(async (scope) => {
    const stage = await openStage(scope, {
      clock: { startedAt: Date.now(), speed: 60 },
      keep: false,
      say: options.say,
      zone: { id: zone.zoneId, name: zone.domain },
      project: options.settings.project,
    });
    const stacks = await Promise.all(options.stacks.map(({ short }) => stage.workspace.stack(short)));
    for (const [index, stack] of stacks.entries()) {
      const config = configs[index] ?? {};
      await stack.setConfig(standIn(stage, config));
      await pretendReferences(stage, config);
    }
    return Promise.all(stacks.map((stack) => preview(stage, stack, options.flags, scope.signal)));
  });
}

const zoneSchema = z.object({ domain: z.string().min(1), zoneId: z.string().min(1) });
const fileSchema = z.object({ config: z.record(z.string(), z.unknown()).default({}) });
const encrypted = z.strictObject({ secure: z.string() });

/** A stack's config by its short names; what is encrypted is an {@link encrypted} object still. */
function fileConfig(settings: DeploymentSettings, stack: StackSettings): Readonly<Record<string, unknown>> {
  const file = stackFile(settings, stack);
  if (!existsSync(file))
    throw usage(
      `there is no ${file}, which holds the config of the stack ${stack.name}; write it, or name another`,
    );
  const read = fileSchema.safeParse(parse(readFileSync(file, "utf8")) ?? {});
  if (!read.success) throw usage(`${file} is not a stack's file: it has no config of named values`);
  return Object.fromEntries(
    Object.entries(read.data.config).map(([key, value]) => [ownKey(settings, key) ?? key, value]),
  );
}

/** Long enough for any of them, and nobody's. */
const placeholder = "in place of a secret, for a review only";

/** A config that can be run here: secrets and references that this machine can follow. */
function standIn(stage: Stage, config: Readonly<Record<string, unknown>>): Record<string, ConfigValue> {
  const own = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, shown(key, value, config)] as const),
  );
  return {
    ...own,
    ...(typeof config["standbyStack"] === "string" ? { standbyStack: localName(stage, "standby") } : {}),
    ...(typeof config["primaryStack"] === "string" ? { primaryStack: localName(stage, "primary") } : {}),
    // Asked of every stack that runs the shop, and in no file: it is set by hand, encrypted.
    ...("appPackage" in config || "appContainer" in config ? { sessionSecret: new Secret(placeholder) } : {}),
  };
}

const localName = ({ workspace }: Stage, stack: string): string =>
  `organization/${workspace.project}/${stack}`;

const text = z.union([z.string(), z.number(), z.boolean()]);

function shown(key: string, value: unknown, config: Readonly<Record<string, unknown>>): ConfigValue {
  if (encrypted.safeParse(value).success) return new Secret(stoodIn(key, config));
  if (Array.isArray(value)) return value.map((item) => shown(key, item, config));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shown(name, item, config)]));
  return text.catch("").parse(value);
}

function stoodIn(key: string, config: Readonly<Record<string, unknown>>): string {
  const engine = text.catch("postgres").parse(config["databaseEngine"]);
  if (/database.*url$/i.test(key)) return `${String(engine)}://review:placeholder@database.host.example/shop`;
  return /(url|webhook)$/i.test(key) ? "https://hooks.host.example/review" : placeholder;
}

/** What a stack that does not stand here would say to those that refer to it. */
async function pretendReferences(stage: Stage, config: Readonly<Record<string, unknown>>): Promise<void> {
  if (config["standbyStack"] !== undefined)
    await pretend(stage, "standby", { standbyHost: "standby-of-a-review.z01.azurefd.net" });
  if (config["primaryStack"] !== undefined)
    await pretend(stage, "primary", {
      primaryHost: "primary-of-a-review.azurewebsites.net",
      location: "reviewregion",
      databaseUrl: stoodIn("databaseUrl", config),
      databaseServerId: "/subscriptions/0/resourceGroups/review/providers/review/servers/review",
    });
}

async function pretend(stage: Stage, name: string, outputs: object): Promise<void> {
  const { workspace, engine } = stage;
  const stack = await workspace.stack(name);
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:${name}::${workspace.project}::${type}::${workspace.project}-${name}`;
  const { code, stderr } = await runCommand(engine.cli, {
    args: ["stack", "import", "--stack", stack.name, "--non-interactive"],
    cwd: workspace.folder,
    env: workspace.env,
    input: JSON.stringify({
      version: 3,
      deployment: {
        manifest: { time: new Date().toISOString(), magic: "", version: "" },
        resources: [{ urn, custom: false, type, outputs }],
      },
    }),
  });
  if (code !== 0) throw outside(`the stack ${name} could not be stood in for: ${lastWords(stderr)}`);
}

/** Milliseconds that a preview may take: many times what a slow machine needs. */
const longest = 5 * 60_000;

async function preview(
  { workspace, engine }: Stage,
  stack: Stack,
  flags: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const { stdout, stderr, code, timedOut } = await runCommand(engine.cli, {
    args: ["preview", "--json", "--stack", stack.name, "--non-interactive", "--color", "never", ...flags],
    cwd: workspace.folder,
    env: workspace.env,
    signal,
    within: longest,
  });
  // An engine whose policy pack does not start waits for it for good.
  if (timedOut)
    throw outside(
      `the preview of the stack ${stack.name} was not done after ${String(longest / 60_000)} minutes: ${lastWords(stderr)}`,
    );
  if (stdout.includes('"sequence"')) return stdout;
  throw outside(
    `the preview of the stack ${stack.name} ended with ${String(code)} at once: ${lastWords(stderr)}`,
  );
}
