import { refusal } from "../../operations/fault";
import type { Run } from "../engine/events";
import { runCommand } from "../engine/command";
import type { Stack } from "../engine/stack";
import * as shop from "../shop-of-the-story";
import type { Stage } from "../stage";
import type { Configuration } from "./configurations";

/** What one configuration showed. */
export interface Shown {
  readonly name: string;
  /** Resources that the standby's first `up` created. */
  readonly created: number;
  /** The standby as `pulumi stack export` prints it. */
  readonly exported: unknown;
}

const changes = (run: Run): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(run.changes).filter(([op, count]) => op !== "same" && count > 0));

function expectChanges(run: Run, wanted: Readonly<Record<string, number>>, what: string): void {
  const found = JSON.stringify(changes(run));
  if (found !== JSON.stringify(wanted))
    throw refusal(`${what}: changes are ${found}, wanted ${JSON.stringify(wanted)}`);
}

/**
 * Takes one configuration through its life: prod up alone, standby up, both again without a difference, the flip and
 * the flip back with one record changed each, and everything down again.
 *
 * @throws Fault naming the step that did something else
 */
export async function play(stage: Stage, configuration: Configuration, signal?: AbortSignal): Promise<Shown> {
  const { workspace, cloud } = stage;
  const [prod, standby] = [await workspace.stack("prod"), await workspace.stack("standby")];
  const run = {
    smtpApplication: cloud.smtpApplication,
    operatorObjectId: cloud.operatorObjectId,
    sessionSecret: "a secret of this rehearsal's own, 32 or more",
  };
  await prod.setConfig({ ...shop.prodConfig, standbyStack: undefined });
  await standby.setConfig({ ...shop.standbyConfig(run), ...configuration.standby });
  await prod.up({ signal });
  const created = changes(await standby.up({ signal }))["create"] ?? 0;
  await cloud.control.call("settled", {});
  const exported = await standby.export();
  await prod.setConfig({ standbyStack: standby.fullName });
  expectChanges(await prod.up({ signal }), {}, "prod, told of the standby");
  expectChanges(await standby.up({ signal }), {}, "standby, a second time");
  for (const activeSite of ["standby", "primary"]) {
    await prod.setConfig({ activeSite });
    expectChanges(await prod.up({ signal }), { update: 1 }, `the flip to ${activeSite}`);
  }
  for (const stack of [prod, standby]) await takeDown(stage, stack, signal);
  const { resources } = await cloud.control.call("snapshot", {});
  if (resources.length > 0) throw refusal(`left behind: ${resources.map(({ id }) => id).join(", ")}`);
  return { name: configuration.name, created, exported };
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
