import { performance } from "node:perf_hooks";
import {
  configFileFlags,
  pulumiFault,
  runPulumi,
  startPulumi,
  type Deployment,
  type DeploymentSettings,
  type Site,
} from "../deployment";
import { forceVariable } from "../../settings/cutover-names";
import { interrupted, outside, refusal } from "../fault";
import type { Io } from "../io";
import { abortable, guarded, type Interrupts } from "./interrupts";
import { judgePlan, plannedChanges, recordsChanged, upErrors } from "./plan";
import { untilAuthoritative, untilServed } from "./wait";

export interface Flipped {
  readonly recordsChanged: number;
  readonly secondsToAuthoritative: number;
}

/** How long name servers may take before it counts as a failure, and how often they are asked. */
export const patience = { within: 120_000, every: 250 } as const;

/** What a flip is about. */
interface Flip {
  readonly deployment: Deployment;
  readonly site: Site;
  /** `activeSite` as it was found. */
  readonly before: Site;
  readonly name: string;
  readonly target: string;
}

/**
 * Sets `activeSite`, sees that the plan is one record changed in place, brings it up, and waits for the zone's name
 * servers. Before the change is under way everything is put back on a failure; after it, what is served decides.
 *
 * @param force the reason for which the gate in the program lets a site through that is not ready.
 * @throws Fault (1) where the plan is something else; (3) where Pulumi or DNS fails; (130) on Ctrl-C.
 */
export async function flip(deployment: Deployment, site: Site, io: Io, force?: string): Promise<Flipped> {
  const { record } = deployment.prod.outputs;
  const before = deployment.prod.config.activeSite;
  const about: Flip = { deployment, site, before, name: record.name, target: targetOf(deployment, site) };
  return guarded(async (interrupts) => {
    await interrupts.during(
      () => io.warn("interrupted: activeSite is put back as soon as Pulumi has planned"),
      async () => plan(about, io, interrupts),
    );
    const started = performance.now();
    const records = await bringUp(about, io, force, interrupts);
    const served = await answered(about, io, interrupts);
    return { recordsChanged: records, secondsToAuthoritative: seconds(served - started) };
  });
}

async function plan(about: Flip, io: Io, interrupts: Interrupts): Promise<void> {
  const { settings } = about.deployment;
  const { name: stack } = settings.prod;
  await setActiveSite(settings, about.site);
  io.say(`activeSite is ${about.site} in the stack ${stack}; looking at the plan`);
  try {
    const args = ["preview", "--json", ...configFileFlags(settings.prod)];
    const preview = await runPulumi(settings, settings.prod, args, "plan the update");
    if (judgePlan(plannedChanges(preview), stack) === "nothing")
      io.say("nothing to change: the record leads there already");
    if (interrupts.count > 0) throw interrupted("interrupted before the flip; safe to run again");
  } catch (error) {
    await putBack(about, "nothing was changed", io);
    throw error;
  }
}

/** @returns how many records were changed. */
async function bringUp(
  about: Flip,
  io: Io,
  force: string | undefined,
  interrupts: Interrupts,
): Promise<number> {
  const { settings } = about.deployment;
  // The gate reads the check that has just been noted.
  const env = { STANDBY_NOTES: settings.notes, ...(force === undefined ? {} : { [forceVariable]: force }) };
  const args = ["up", "--yes", "--skip-preview", "--json", ...configFileFlags(settings.prod)];
  const running = startPulumi(settings, settings.prod, args, env);
  const onInterrupt = (count: number): void => {
    if (count > 1) running.cancel();
    else io.warn("interrupted: waiting for Pulumi to finish the flip; once more cuts it short");
  };
  return interrupts.during(onInterrupt, async () => {
    const ended = await running.ended;
    if (ended.code === 0) return recordsChanged(ended.stdout);
    const why = upErrors(ended.stdout);
    const fault = pulumiFault(settings.prod, "flip the record", {
      ...ended,
      stderr: why === "" ? ended.stderr : `error: ${why}`,
      stdout: "",
    });
    await settle(about, io);
    throw interrupts.count > 0 ? interrupted(`interrupted; ${fault.message}`) : fault;
  });
}

/**
 * Waits for every name server of the zone to answer the target; for a proxied name, whose answer never changes, for
 * Cloudflare's proxy to bring visitors there.
 *
 * @returns when that was seen, on `performance.now()`'s clock.
 */
async function answered(
  { deployment, site, name, target }: Flip,
  io: Io,
  interrupts: Interrupts,
): Promise<number> {
  const { domain, proxied } = deployment.prod.config;
  const who = proxied ? "Cloudflare's proxy" : "the zone's name servers";
  io.say(`${name} leads to ${target}; waiting for ${who}`);
  const stands = `the record is changed and the flip stands; see with \`standby watch\` when ${
    proxied ? "it is served" : "every name server answers it"
  }`;
  const seen = await abortable(interrupts, stands, (signal) => {
    const options = { ...patience, signal };
    return proxied ? untilServed(name, site, options) : untilAuthoritative(domain, name, target, options);
  });
  if (seen.at !== undefined) return seen.at;
  throw outside(
    `after ${patience.within / 1_000} s ${who} do${proxied ? "es" : ""} not answer it: ${seen.last}; ${stands}`,
  );
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
async function setActiveSite(settings: DeploymentSettings, site: Site): Promise<void> {
  const args = ["config", "set", "activeSite", site, ...configFileFlags(settings.prod)];
  await runPulumi(settings, settings.prod, args, `set activeSite to ${site}`);
}

async function putBack({ deployment: { settings }, before }: Flip, state: string, io: Io): Promise<void> {
  try {
    await setActiveSite(settings, before);
    io.warn(`activeSite is back at ${before}; ${state}`);
  } catch (error) {
    io.warn(
      `activeSite could not be put back: run \`pulumi config set --stack ${settings.prod.name} ` +
        `activeSite ${before}\` (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/** After an `up` that failed half way, config follows what is served, so that the next `up` does not flip by surprise. */
async function settle(about: Flip, io: Io): Promise<void> {
  const { deployment, name, target, site } = about;
  const { domain, proxied } = deployment.prod.config;
  const options = { within: 3_000, every: patience.every };
  const seen = proxied
    ? await untilServed(name, site, options)
    : await untilAuthoritative(domain, name, target, options);
  if (seen.at === undefined) return putBack(about, `${name}: ${seen.last}`, io);
  io.warn(`${name} leads to ${target} all the same; activeSite stays ${site}`);
}
