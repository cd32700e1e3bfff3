import { z } from "zod";
import { refusal } from "../../operations/fault";
import { forceVariable } from "../../settings/cutover-names";
import { runCommand } from "../engine/command";
import type { Run } from "../engine/events";
import type { Stack } from "../engine/stack";
import type { Scope } from "../processes/cleanup";
import type { Stage } from "../stage";
import type { Configuration, Life, LifeChoice } from "./configurations";
import { expectServed } from "./served";
import { lifeConfig, primaryConfig, prodConfig, standingConfig } from "./setup";

/** What one configuration showed. */
export interface Shown {
  readonly configuration: Configuration;
  /** Resources that stood: all stacks together. */
  readonly resources: number;
  /** Each stack that stood, as `pulumi stack export` prints it. */
  readonly exported: Readonly<Record<string, unknown>>;
}

export interface PlayOptions {
  /** Told of each configuration that has been through its life. */
  readonly onShown?: (shown: Shown) => void | Promise<void>;
  /**
   * Done once, while the standby stands as its first configuration wants it and before the `up` that must find no
   * difference.
   */
  readonly whileStanding?: (standby: Stack) => Promise<void>;
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

/** The same again, which must find no difference. */
async function standStill(stack: Stack, signal: AbortSignal): Promise<unknown> {
  expectChanges(await stack.up({ signal }), {}, `${stack.name}, a second time`);
  return stack.export();
}

/**
 * Takes all configurations of one standby through their lives. A primary of our own goes up first, and gets its
 * certificate once prod has the public name lead to it. The standby is made from nothing as the first standing wants it,
 * and changed in place to the other; each time a second `up` finds no difference, and visitors get the shop or the page
 * that says it is closed. Then, for each configuration of the standing, prod goes up from nothing, the same again finds
 * no difference, the flip and the flip back change one record each, and prod comes down. The very first prod goes up
 * before there is any standby, as an operator's does, and to tell it of one makes no difference. At the end the standby
 * comes down, then the primary, and nothing is left.
 *
 * @throws Fault naming the step that did something else
 */
export async function play(
  scope: Scope,
  stage: Stage,
  { choice, standings }: Life,
  { onShown, whileStanding }: PlayOptions = {},
): Promise<readonly Shown[]> {
  const { workspace, cloud } = stage;
  const { signal } = scope;
  const [first] = standings.flatMap(({ configurations }) => configurations);
  if (first === undefined) return [];
  const [prod, standby] = [await workspace.stack("prod"), await workspace.stack("standby")];
  const own = choice.ownPrimary ? await ownPrimary(stage, choice, signal) : undefined;
  // Behind Cloudflare's proxy no name is seen to lead to an app, which then gets no certificate.
  const before: Configuration = own === undefined ? first : { ...first, dns: "dnsOnly" };
  await prod.setConfig({ ...prodConfig(before), standbyStack: undefined });
  await prod.up({ signal });
  const primary = await own?.certify();
  const kept = await lifeConfig(scope, stage, choice);
  const all: Shown[] = [];
  for (const [index, standing] of standings.entries()) {
    const config = standingConfig(stage, standing.choice);
    await standby.setConfig(index === 0 ? { ...kept, ...config } : config);
    await standby.up({ signal });
    await cloud.control.call("settled", {});
    if (index === 0 && choice.engine === "postgres") await letTablesShow(standby, signal);
    if (index === 0) await whileStanding?.(standby);
    const ready = await standStill(standby, signal);
    await expectServed(stage, choice, standing.choice);
    for (const configuration of standing.configurations) {
      await prod.setConfig({ ...prodConfig(configuration), standbyStack: standby.fullName });
      if (configuration !== first || before.dns !== first.dns) await prod.up({ signal });
      const exported = {
        standby: ready,
        prod: await standStill(prod, signal),
        ...(primary === undefined ? {} : { primary }),
      };
      await flipBothWays(prod, signal);
      await prod.destroy({ signal });
      const resources = Object.values(exported).reduce<number>((sum, each) => sum + resourcesIn(each), 0);
      const shown = { configuration, resources, exported };
      all.push(shown);
      await onShown?.(shown);
    }
  }
  await takeDown(stage, standby, signal);
  if (own !== undefined) await takeDown(stage, own.stack, signal);
  const { resources } = await cloud.control.call("snapshot", {});
  if (resources.length > 0) throw refusal(`left behind: ${resources.map(({ id }) => id).join(", ")}`);
  return all;
}

async function flipBothWays(prod: Stack, signal: AbortSignal): Promise<void> {
  for (const activeSite of ["standby", "primary"]) {
    await prod.setConfig({ activeSite });
    // Nobody has checked anything here: the gate is given its reason.
    const env = { [forceVariable]: "the life of a configuration" };
    expectChanges(await prod.up({ signal, env }), { update: 1 }, `the flip to ${activeSite}`);
  }
}

/**
 * A primary of our own, up before the other two; `certify` has its certificate issued once the public name leads to it,
 * sees that nothing differs then, and gives the stack as it stands.
 */
async function ownPrimary(stage: Stage, choice: LifeChoice, signal: AbortSignal) {
  const stack = await stage.workspace.stack("primary");
  await stack.setConfig({ ...primaryConfig(stage, choice), managedCertificate: undefined });
  await stack.up({ signal });
  return {
    stack,
    certify: async (): Promise<unknown> => {
      await stack.setConfig({ managedCertificate: "true" });
      expectChanges(await stack.up({ signal }), { create: 6 }, "the certificates of the primary's two names");
      return standStill(stack, signal);
    },
  };
}

/**
 * The app makes its tables once it runs, after the `up` that made it: the offsets of their identities are the one thing
 * that may differ then, and are declared by the next `up`.
 */
async function letTablesShow(standby: Stack, signal: AbortSignal): Promise<void> {
  const { steps } = await standby.up({ signal });
  const others = steps.filter(({ op, type }) => op !== "same" && !type.endsWith(":IdentityOffsets"));
  if (others.length > 0)
    throw refusal(
      `standby, once the app has its tables: ${others.map(({ op, name }) => `${op} ${name}`).join(", ")}`,
    );
}

/** Takes a stack down, what is protected included: in a rehearsal nothing is worth keeping. */
async function takeDown({ workspace, engine }: Stage, stack: Stack, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await runCommand(engine.cli, {
    args: ["state", "unprotect", "--all", "--yes", "--stack", stack.name, "--non-interactive"],
    cwd: workspace.folder,
    env: workspace.env,
  });
  if (code !== 0) throw refusal(`could not unprotect ${stack.name}: ${stderr}`);
  await stack.destroy({ signal });
}
