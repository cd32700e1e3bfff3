import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { askAuthority, zoneServers } from "../check/probes/authority";
import { text, type DnsAnswer } from "../check/probes/dns";
import { reason } from "../check/check";

export interface Settled {
  /** Undefined where it did not come about in time. */
  readonly at: number | undefined;
  /** What the last question brought, for a person. */
  readonly last: string;
}

/**
 * Asks the zone's own name servers until every one of them sends a name to a target.
 *
 * @returns when that was seen, on `performance.now()`'s clock.
 */
export async function untilAuthoritative(
  zone: string,
  name: string,
  target: string,
  options: { readonly within: number; readonly every: number; readonly signal?: AbortSignal },
): Promise<Settled> {
  const end = performance.now() + options.within;
  let last = "not asked";
  while (options.signal?.aborted !== true) {
    try {
      const servers = await zoneServers(zone, options.signal);
      const answers = await askAuthority(servers, name, "CNAME", options.signal);
      if (answers.every((answer) => aliasOf(answer, name) === target.toLowerCase()))
        return { at: performance.now(), last: "" };
      last = answers
        .map((answer) => `${text(answer.server)} answers ${aliasOf(answer, name) ?? "nothing"}`)
        .join(", ");
    } catch (error) {
      last = reason(error);
    }
    if (performance.now() > end) break;
    await sleep(
      options.every,
      undefined,
      options.signal === undefined ? {} : { signal: options.signal },
    ).catch(() => undefined);
  }
  return { at: undefined, last };
}

/** Where an answer sends a name, in one step. */
export function aliasOf({ records }: DnsAnswer, name: string): string | undefined {
  return records.find((record) => record.type === "CNAME" && record.name === name.toLowerCase())?.content;
}
