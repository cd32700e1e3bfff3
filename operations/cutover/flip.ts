import { performance } from "node:perf_hooks";
import {
  configFileFlags,
  namespace,
  pulumiFault,
  runPulumi,
  startPulumi,
  type Deployment,
  type DeploymentSettings,
  type Site,
} from "../deployment";
import { interrupted, outside, refusal } from "../fault";
import type { Io } from "../io";
import { guarded } from "./interrupts";
import { judgePlan, plannedChanges, recordsChanged, upErrors } from "./plan";
import { untilAuthoritative } from "./wait";

export interface Flipped {
  readonly recordsChanged: number;
  readonly secondsToAuthoritative: number;
}

/** How long name servers may take before it counts as a failure, and how often they are asked. */
export const patience = { within: 120_000, every: 250 } as const;

/**
 * Sets `activeSite`, sees that the plan is one record changed in place, brings it up, and waits for the zone's name
 * servers. Before the change is under way everything is put back on a failure; after it, what is served decides.
 *
 * @throws Fault (1) where the plan is something else; (3) where Pulumi or DNS fails; (130) on Ctrl-C.
 */
export async function flip(deployment: Deployment, site: Site, io: Io): Promise<Flipped> {
  const { settings } = deployment;
  const before = deployment.prod.config.activeSite;
  const { name } = deployment.prod.outputs.record;
  const target = targetOf(deployment, site);
  const stopped = { count: 0 };
  let cancel: () => void = () => undefined;
  const onInterrupt = (count: number): void => {
    stopped.count = count;
    if (count === 1)
      io.warn(
        "interrupted: waiting for Pulumi, so that it is known which site is shown; once more cuts it short",
      );
    else cancel();
  };
  return guarded(onInterrupt, async () => {
    await setActiveSite(settings, site);
    io.say(`activeSite is ${site} in the stack ${settings.prod.name}; looking at the plan`);
    try {
      const args = ["preview", "--json", ...configFileFlags(settings.prod)];
      const preview = await runPulumi(settings, settings.prod, args, "plan the update");
      const changes = judgePlan(plannedChanges(preview), settings.prod.name);
      if (stopped.count > 0)
        throw interrupted("interrupted before the flip; nothing was changed; safe to run again");
      if (changes === "nothing") io.say("nothing to change: the record leads there already");
    } catch (error) {
      await putBack(settings, before, io);
      throw error;
    }
    const started = performance.now();
    const running = startPulumi(settings, settings.prod, [
      "up",
      "--yes",
      "--skip-preview",
      "--json",
      ...configFileFlags(settings.prod),
    ]);
    cancel = running.cancel;
    const ended = await running.ended;
    if (ended.code !== 0) {
      const why = upErrors(ended.stdout);
      const fault = pulumiFault(settings.prod, "flip the record", {
        ...ended,
        stderr: why === "" ? ended.stderr : `error: ${why}`,
        stdout: "",
      });
      await settle(deployment, { name, target, before, site }, io);
      throw stopped.count > 0 ? interrupted(`interrupted; ${fault.message}`) : fault;
    }
    const records = recordsChanged(ended.stdout);
    if (deployment.prod.config.proxied) {
      io.say(`${name} is proxied by Cloudflare: its own servers lead visitors to ${target} from now on`);
      return { recordsChanged: records, secondsToAuthoritative: seconds(performance.now() - started) };
    }
    io.say(`${name} leads to ${target}; waiting for the zone's name servers`);
    const seen = await untilAuthoritative(deployment.prod.config.domain, name, target, patience);
    if (seen.at === undefined)
      throw outside(
        `the record is changed, but after ${patience.within / 1_000} s the zone's name servers do not say so: ${seen.last}; ` +
          `the flip stands: watch it with \`standby watch\``,
      );
    return { recordsChanged: records, secondsToAuthoritative: seconds(seen.at - started) };
  });
}

export const seconds = (milliseconds: number): number => Math.round(milliseconds / 10) / 100;

/** What the public name is to lead to. @throws Fault (1) where the prod stack knows no standby. */
function targetOf({ prod, settings }: Deployment, site: Site): string {
  const target = prod.outputs.targets[site];
  if (target !== undefined) return target;
  throw refusal(
    `the stack ${settings.prod.name} knows no ${site} to lead to; set standbyStack in its config and run ` +
      `\`pulumi up --stack ${settings.prod.name}\``,
  );
}

/** Writes the value that the next `pulumi up` rests on. */
export async function setActiveSite(settings: DeploymentSettings, site: Site): Promise<void> {
  const args = ["config", "set", `${namespace}:activeSite`, site, ...configFileFlags(settings.prod)];
  await runPulumi(settings, settings.prod, args, `set activeSite to ${site}`);
}

async function putBack(settings: DeploymentSettings, before: Site, io: Io): Promise<void> {
  try {
    await setActiveSite(settings, before);
    io.warn(`activeSite is back at ${before}; nothing was changed`);
  } catch (error) {
    io.warn(
      `activeSite could not be put back: run \`pulumi config set --stack ${settings.prod.name} ` +
        `${namespace}:activeSite ${before}\` (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/** After an `up` that failed half way, config follows what is served, so that the next `up` does not flip by surprise. */
async function settle(
  deployment: Deployment,
  flip: { readonly name: string; readonly target: string; readonly before: Site; readonly site: Site },
  io: Io,
): Promise<void> {
  const seen = await untilAuthoritative(deployment.prod.config.domain, flip.name, flip.target, {
    within: 0,
    every: 0,
  });
  if (seen.at === undefined) return putBack(deployment.settings, flip.before, io);
  io.warn(`${flip.name} leads to ${flip.target} all the same; activeSite stays ${flip.site}`);
}
