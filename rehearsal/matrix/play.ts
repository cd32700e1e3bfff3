import { z } from "zod";
import { refusal } from "../../operations/fault";
import { forceVariable } from "../../settings/cutover-names";
import { runCommand } from "../engine/command";
import type { Run } from "../engine/events";
import type { Stack } from "../engine/stack";
import type { Stage } from "../stage";
import type { Configuration } from "./configurations";
import { primaryConfig, prodConfig, standbyConfig } from "./setup";

/** What one configuration showed. */
export interface Shown {
  readonly configuration: Configuration;
  /** Resources that stood: all stacks together. */
  readonly resources: number;
  /** Each stack that stood, as `pulumi stack export` prints it. */
  readonly exported: Readonly<Record<string, unknown>>;
}

export interface PlayOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each configuration that has been through its life. */
  readonly onShown?: (shown: Shown) => void | Promise<void>;
}

const changes = (run: Run): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(run.changes).filter(([op, count]) => op !== "same" && count > 0));

function expectChanges(run: Run, wanted: Readonly<Record<string, number>>, what: string): void {
  const found = JSON.stringify(changes(run));
  if (found !== JSON.stringify(wanted))
    throw refusal(`${what}: changes are ${found}, wanted ${JSON.stringify(wanted)}`);
}

const stateSchema = z.object({ deployment: z.object({ resources: z.array(z.unknown()).default([]) }) });
const resourcesIn = (exported: unknown): number => stateSchema.parse(exported).deployment.resources.length;

/** Up, and up again without a difference. */
async function stand(stack: Stack, signal: AbortSignal | undefined): Promise<unknown> {
  await stack.up({ signal });
  expectChanges(await stack.up({ signal }), {}, `${stack.name}, a second time`);
  return stack.export();
}

/**
 * Takes configurations that share one standby through their lives: a primary of our own up, if there is one, and with
 * its certificate once the public name leads to it; the standby up alone, then for each of them prod
 * up, the same again without a difference, the flip and the flip back with one record changed each, prod down; at the
 * end all is down and nothing is left.
 *
 * @throws Fault naming the step that did something else
 */
export async function play(
  stage: Stage,
  configurations: readonly Configuration[],
  { signal, onShown }: PlayOptions = {},
): Promise<readonly Shown[]> {
  const { workspace, cloud } = stage;
  const [first] = configurations;
  if (first === undefined) return [];
  const [prod, standby] = [await workspace.stack("prod"), await workspace.stack("standby")];
  const own = await ownPrimary(stage, first, signal);
  // Before there is any standby. DNS-only at first: behind the proxy no name is seen to lead to an app.
  await prod.setConfig({ ...prodConfig({ ...first, dns: "dnsOnly" }), standbyStack: undefined });
  await prod.up({ signal });
  const ownReady = await own?.certify();
  await standby.setConfig(standbyConfig(stage, first));
  await standby.up({ signal });
  await cloud.control.call("settled", {});
  await letTablesShow(standby, signal);
  expectChanges(await standby.up({ signal }), {}, "standby, a second time");
  const ready = await standby.export();

  const all: Shown[] = [];
  for (const configuration of configurations) {
    await prod.setConfig({ ...prodConfig(configuration), standbyStack: standby.fullName });
    const exported = {
      standby: ready,
      prod: await stand(prod, signal),
      ...(ownReady === undefined ? {} : { primary: ownReady }),
    };
    for (const activeSite of ["standby", "primary"]) {
      await prod.setConfig({ activeSite });
      // Nobody has checked anything here: the gate is given its reason.
      const env = { [forceVariable]: "the life of a configuration" };
      expectChanges(await prod.up({ signal, env }), { update: 1 }, `the flip to ${activeSite}`);
    }
    await takeDown(stage, prod, signal);
    const resources = Object.values(exported).reduce<number>((sum, each) => sum + resourcesIn(each), 0);
    const shown = { configuration, resources, exported };
    all.push(shown);
    await onShown?.(shown);
  }
  await takeDown(stage, standby, signal);
  if (own !== undefined) await takeDown(stage, own.stack, signal);
  const { resources } = await cloud.control.call("snapshot", {});
  if (resources.length > 0) throw refusal(`left behind: ${resources.map(({ id }) => id).join(", ")}`);
  return all;
}

/**
 * A primary of our own, up before the other two; `certify` has its certificate issued once the public name leads to it,
 * sees that nothing differs then, and gives the stack as it stands.
 */
async function ownPrimary(stage: Stage, first: Configuration, signal: AbortSignal | undefined) {
  if (first.primary !== "appService") return undefined;
  const stack = await stage.workspace.stack("primary");
  await stack.setConfig({ ...primaryConfig(stage, first), managedCertificate: undefined });
  await stand(stack, signal);
  return {
    stack,
    certify: async (): Promise<unknown> => {
      await stack.setConfig({ managedCertificate: "true" });
      expectChanges(await stack.up({ signal }), { create: 3 }, "the primary's certificate");
      return stand(stack, signal);
    },
  };
}

/**
 * The app makes its tables once it runs, after the `up` that made it: the offsets of their identities are the one thing
 * that may differ then, and are declared by the next `up`.
 */
async function letTablesShow(standby: Stack, signal: AbortSignal | undefined): Promise<void> {
  const { steps } = await standby.up({ signal });
  const others = steps.filter(({ op, type }) => op !== "same" && !type.endsWith(":IdentityOffsets"));
  if (others.length > 0)
    throw refusal(
      `standby, once the app has its tables: ${others.map(({ op, name }) => `${op} ${name}`).join(", ")}`,
    );
}

/** Takes a stack down, what is protected included: in a rehearsal nothing is worth keeping. */
async function takeDown(
  { workspace, engine }: Stage,
  stack: Stack,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { code, stderr } = await runCommand(engine.cli, {
    args: ["state", "unprotect", "--all", "--yes", "--stack", stack.name, "--non-interactive"],
    cwd: workspace.folder,
    env: workspace.env,
  });
  if (code !== 0) throw refusal(`could not unprotect ${stack.name}: ${stderr}`);
  await stack.destroy({ signal });
}
