import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { askAuthority, zoneServers } from "../check/probes/authority";
import { text, type DnsAnswer } from "../check/probes/dns";
import { servedBy } from "../check/probes/served-by";
import { reason } from "../check/check";
import type { Site } from "../deployment";

export interface Settled {
  /** Undefined where it did not come about in time. */
  readonly at: number | undefined;
  /** What the last question brought, for a person. */
  readonly last: string;
}

export interface Waiting {
  /** Milliseconds. */
  readonly within: number;
  /** Milliseconds between two questions. */
  readonly every: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks the zone's own name servers until every one of them sends a name to a target.
 *
 * @returns when that was seen, on `performance.now()`'s clock.
 */
export const untilAuthoritative = (
  zone: string,
  name: string,
  target: string,
  options: Waiting,
): Promise<Settled> =>
  until(options, async (signal) => {
    const servers = await zoneServers(zone, signal);
    const answers = await askAuthority(servers, name, "CNAME", signal);
    if (answers.every((answer) => aliasOf(answer, name) === target.toLowerCase())) return undefined;
    return answers
      .map((answer) => `${text(answer.server)} answers ${aliasOf(answer, name) ?? "nothing"}`)
      .join(", ");
  });

/** Asks for a proxied name's page until it comes from a site: what DNS answers never says where the proxy leads. */
export const untilServed = (name: string, site: Site, options: Waiting): Promise<Settled> =>
  until(options, async (signal) => {
    const late = AbortSignal.timeout(options.within);
    const seen = await servedBy(name, signal === undefined ? late : AbortSignal.any([signal, late]));
    return seen.site === site ? undefined : seen.words;
  });

/** @param look gives undefined once it is so, else what was found instead. */
async function until(
  { within, every, signal }: Waiting,
  look: (signal: AbortSignal | undefined) => Promise<string | undefined>,
): Promise<Settled> {
  const end = performance.now() + within;
  let last = "not asked";
  while (signal?.aborted !== true) {
    try {
      const found = await look(signal);
      if (found === undefined) return { at: performance.now(), last: "" };
      last = found;
    } catch (error) {
      last = reason(error);
    }
    if (performance.now() > end) break;
    await sleep(every, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
  return { at: undefined, last };
}

/** Where an answer sends a name, in one step. */
export function aliasOf({ records }: DnsAnswer, name: string): string | undefined {
  return records.find((record) => record.type === "CNAME" && record.name === name.toLowerCase())?.content;
}
