import { check, type CheckResult } from "../check";
import { log } from "../check/notes";
import { checkTable, takesColour } from "../check/table";
import { Cloudflare } from "../check/probes/cloudflare";
import { readDeployment, type Deployment, type DeploymentSettings, type Site } from "../deployment";
import { Fault, refusal } from "../fault";
import type { Io } from "../io";
import { breakGlass, notServing, planBreakGlass } from "./break-glass";
import { flip, type Flipped } from "./flip";
import { raiseIdentities } from "./identities";
import { confirm, demandSomeoneToAsk } from "./question";

export interface CutoverOptions {
  /** Do not ask. */
  readonly yes: boolean;
  /** Why to go on although the check says no. */
  readonly force?: string | undefined;
  /** Without Pulumi and its state. */
  readonly breakGlass: boolean;
}

/** Result of a cutover: part of the command line's contract. */
export interface CutOver extends Flipped {
  readonly site: Site;
  readonly forced: boolean;
  readonly breakGlass: boolean;
}

/**
 * Leads the public name to a site. Every attempt is logged in the notes folder with how it ended.
 *
 * @throws Fault (1) not ready, or not one record; (2) settings; (3) something outside; (130) not confirmed.
 */
export async function cutover(
  settings: DeploymentSettings,
  site: Site,
  options: CutoverOptions,
  io: Io,
): Promise<CutOver> {
  demandSomeoneToAsk(options.yes);
  const noted = (event: string, more: Readonly<Record<string, unknown>> = {}): void =>
    log(settings, { event, site, breakGlass: options.breakGlass, ...more }, new Date());
  try {
    const { flipped, forced } = options.breakGlass
      ? await withoutPulumi(settings, site, options, io, noted)
      : await withPulumi(settings, site, options, io, noted);
    noted("cutover-done", { ...flipped });
    return { site, ...flipped, forced, breakGlass: options.breakGlass };
  } catch (error) {
    noted("cutover-failed", { why: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

interface Ended {
  readonly flipped: Flipped;
  /** The check said no, and the reason given overrode it. */
  readonly forced: boolean;
}

type Note = (event: string, more?: Readonly<Record<string, unknown>>) => void;

async function withPulumi(
  settings: DeploymentSettings,
  site: Site,
  options: CutoverOptions,
  io: Io,
  note: Note,
): Promise<Ended> {
  const deployment = await readDeployment(settings);
  const moved = await idsMoved(deployment, site, options, io, note);
  const result = await check(deployment, site);
  const forced = !result.ready || !moved;
  if (!result.ready) {
    io.warn(checkTable(result, "", takesColour(process.stderr)));
    allowed(options, site, failing(result), note);
  }
  const { name } = deployment.prod.outputs.record;
  if (!options.yes) await confirm(`Lead ${name} to the ${site}?`);
  note("cutover-started", { forced });
  return { flipped: await flip(deployment, site, io, options.force), forced };
}

/** @returns false where they could not be moved and a reason was given to go on. */
async function idsMoved(
  deployment: Deployment,
  site: Site,
  options: CutoverOptions,
  io: Io,
  note: Note,
): Promise<boolean> {
  try {
    await raiseIdentities(deployment, site, io);
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (options.force === undefined)
      throw new Fault(
        error.exitCode,
        `the new ids of the ${site} could not be moved above the other site's; nothing was changed. ${error.message}. ` +
          `Mend it, or go on with --force "REASON"`,
        { cause: error },
      );
    io.warn(error.message);
    note("cutover-forced", { reason: options.force, failing: ["new-ids"] });
    return false;
  }
}

async function withoutPulumi(
  settings: DeploymentSettings,
  site: Site,
  options: CutoverOptions,
  io: Io,
  note: Note,
): Promise<Ended> {
  const cloudflare = Cloudflare.fromEnvironment(process.env);
  const plan = await planBreakGlass(settings, site, cloudflare);
  const problem = await notServing(plan.target, plan.record.name, site);
  const forced = problem !== undefined;
  if (problem !== undefined) {
    io.warn(problem);
    allowed(options, site, [site === "standby" ? "standby-as-www" : "primary-site"], note);
  }
  if (site === "standby")
    io.warn(
      "the new ids were not planned again: run `standby identities --apply` as soon as both databases answer",
    );
  if (!options.yes) await confirm(`Lead ${plan.record.name} from ${plan.record.content} to ${plan.target}?`);
  note("cutover-started", { forced, from: plan.record.content, to: plan.target });
  return { flipped: await breakGlass(settings, site, plan, cloudflare, io), forced };
}

const failing = ({ checks }: CheckResult): readonly string[] =>
  checks.filter(({ status }) => status === "fail" || status === "unknown").map(({ id }) => id);

/** @throws Fault (1) where nobody gave a reason to go on. */
function allowed(options: CutoverOptions, site: Site, ids: readonly string[], note: Note): void {
  if (options.force === undefined)
    throw refusal(
      `the ${site} is not ready (${ids.join(", ")}); nothing was changed. Mend what is listed, ` +
        `or go on with --force "REASON"`,
    );
  note("cutover-forced", { reason: options.force, failing: ids });
}
