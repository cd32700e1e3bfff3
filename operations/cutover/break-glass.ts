import { performance } from "node:perf_hooks";
import { healthPath } from "../../settings/health";
import { readKnownNames, type KnownNames } from "../check/notes";
import { reason } from "../check/check";
import { getHttps } from "../check/probes/https";
import { Cloudflare, type CloudflareRecord } from "../check/probes/cloudflare";
import type { DeploymentSettings, Site } from "../deployment";
import { outside, refusal, usage } from "../fault";
import type { Io } from "../io";
import { patience, seconds, type Flipped } from "./flip";
import { abortable, guarded } from "./interrupts";
import { readStackFile, writeActiveSite } from "./stack-file";
import { untilAuthoritative, untilServed } from "./wait";

/** What to change and what to, found without Pulumi's engine or state. */
export interface GlassPlan {
  readonly zone: string;
  readonly zoneId: string;
  readonly record: CloudflareRecord;
  readonly target: string;
}

/**
 * Finds the record and the target: names from the prod stack's file, or from the notes of the last check; the standby
 * from its permanent name `standby.<zone>`, which leads to the same edge.
 *
 * @throws Fault (1) where the record is not one CNAME; (2) where a name is nowhere to be found; (3) API not reached.
 */
export async function planBreakGlass(
  settings: DeploymentSettings,
  site: Site,
  cloudflare: Cloudflare,
): Promise<GlassPlan> {
  const file = readStackFile(settings);
  const known = readKnownNames(settings);
  const zone = file?.domain ?? known?.domain;
  const zoneId = file?.zoneId ?? known?.zoneId;
  if (zone === undefined || zoneId === undefined)
    throw usage(
      "neither the prod stack's file nor the notes of an earlier check (.standby/names.json) name the zone; " +
        "run this in the project's folder, or set PROD_CONFIG_FILE to the stack's file",
    );
  const name = `www.${zone}`;
  const records = await cloudflare.records(zoneId, name);
  const [record, ...others] = records.filter(({ type }) => type !== "TXT" && type !== "CAA");
  if (record === undefined) throw refusal(`Cloudflare has no record ${name} to change`);
  if (record.type !== "CNAME" || others.length > 0)
    throw refusal(
      `${name} is ${records.map(({ type, content }) => `${type} ${content}`).join(", ")}; ` +
        `only a single CNAME can be led elsewhere in one step`,
    );
  const target =
    site === "primary"
      ? primaryTarget(zone, file, known)
      : await standbyTarget(zone, zoneId, cloudflare, known);
  return { zone, zoneId, record, target };
}

function primaryTarget(
  zone: string,
  file: ReturnType<typeof readStackFile>,
  known: KnownNames | undefined,
): string {
  const target = file?.primaryAddress === undefined ? file?.primaryHost : `origin.${zone}`;
  const found = target ?? known?.primary;
  if (found === undefined)
    throw usage("the primary's host is not known; set primaryHost in the prod stack's file");
  return found;
}

async function standbyTarget(
  zone: string,
  zoneId: string,
  cloudflare: Cloudflare,
  known: KnownNames | undefined,
): Promise<string> {
  const permanent = await cloudflare.records(zoneId, `standby.${zone}`);
  const target = permanent.find(({ type }) => type === "CNAME")?.content ?? known?.standby;
  if (target === undefined)
    throw refusal(
      `there is no CNAME standby.${zone} to learn the standby's host from; is the standby stack up?`,
    );
  return target;
}

/** Whether a target serves the public name now. @returns undefined where it does, else why not. */
export async function notServing(target: string, name: string, site: Site): Promise<string | undefined> {
  const path = site === "standby" ? healthPath : "/";
  try {
    const { status } = await getHttps({
      connectTo: target,
      as: name,
      path,
      signal: AbortSignal.timeout(10_000),
    });
    const serves = site === "standby" ? status === 200 : status < 500;
    return serves ? undefined : `${target} answered ${status} for https://${name}${path}`;
  } catch (error) {
    return `${target} for https://${name}${path}: ${reason(error)}`;
  }
}

/**
 * Flips through Cloudflare's API alone, then writes `activeSite` into the stack's file where there is one, so that
 * `pulumi up --refresh` finds nothing to change.
 */
export async function breakGlass(
  settings: DeploymentSettings,
  site: Site,
  plan: GlassPlan,
  cloudflare: Cloudflare,
  io: Io,
): Promise<Flipped> {
  const { record, target, zone, zoneId } = plan;
  return guarded(async (interrupts) => {
    const started = performance.now();
    const changed = await interrupts.during(
      () => io.warn("interrupted: waiting for Cloudflare's answer, so that it is known which site is shown"),
      async () => {
        if (record.content.toLowerCase() === target.toLowerCase()) return 0;
        await cloudflare.repoint(zoneId, record.id, target);
        return 1;
      },
    );
    io.say(`${record.name} leads to ${target} at Cloudflare`);
    tellStackFile(settings, site, io);
    const whose = record.proxied ? "proxy does" : "name servers do";
    const stands = "the flip stands";
    const seen = await abortable(interrupts, stands, (signal) => {
      const options = { ...patience, signal };
      return record.proxied
        ? untilServed(record.name, site, options)
        : untilAuthoritative(zone, record.name, target, options);
    });
    if (seen.at === undefined)
      throw outside(
        `Cloudflare has taken the change, but its ${whose} not say so yet: ${seen.last}; ${stands}`,
      );
    return { recordsChanged: changed, secondsToAuthoritative: seconds(seen.at - started) };
  });
}

function tellStackFile(settings: DeploymentSettings, site: Site, io: Io): void {
  const file = writeActiveSite(settings, site);
  if (file === undefined)
    io.warn(
      `there is no stack file here: set activeSite to ${site} before the next \`pulumi up\`, or it flips back`,
    );
  else io.say(`activeSite is ${site} in ${file}; commit it`);
}
