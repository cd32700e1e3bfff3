import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { reason } from "../check/check";
import { getHttps, type HttpsAnswer } from "../check/probes/https";
import { isPausePage } from "../check/probes/pause-page";

/** What a question brought, for a person. */
const describe = (answer: HttpsAnswer): string =>
  isPausePage(answer) ? "the pause page" : `the shop (${answer.status})`;

export interface Patience {
  /** Milliseconds between two questions, and until it is given up. */
  readonly every: number;
  readonly within: number;
  /** Answers in a row that count as seen: an edge is many machines, and they do not learn of it at once. */
  readonly inARow: number;
}

/** Changes at Front Door take up to 20 minutes (https://learn.microsoft.com/azure/frontdoor/front-door-faq). */
export const patience: Patience = { every: 1_000, within: 30 * 60_000, inARow: 3 };

export interface Seen {
  /** When the first of the answers that count came, on `performance.now()`'s clock; undefined: not in time. */
  readonly at: number | undefined;
  /** The last answer, for a person. */
  readonly last: string;
}

export interface SeenOptions extends Patience {
  readonly signal: AbortSignal;
  /** Called with what the shop's visitors get now. */
  readonly onAnswer: (last: string) => void;
}

/**
 * Asks for the shop's front page through the edge until it is, or is no longer, the pause page.
 * @param edge host to connect to, whatever DNS says of the shop's name
 */
export async function untilSeen(
  edge: string,
  shop: string,
  open: boolean,
  { every, within, inARow, signal, onAnswer }: SeenOptions,
): Promise<Seen> {
  const end = performance.now() + within;
  let last = "not asked";
  let first: number | undefined;
  let count = 0;
  while (!signal.aborted) {
    try {
      const answer = await getHttps({
        connectTo: edge,
        as: shop,
        path: "/",
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      });
      last = describe(answer);
      const asWanted = isPausePage(answer) !== open;
      count = asWanted ? count + 1 : 0;
      first = asWanted ? (first ?? performance.now()) : undefined;
    } catch (error) {
      last = reason(error);
      count = 0;
      first = undefined;
    }
    if (count >= inARow) return { at: first, last };
    if (performance.now() > end) break;
    onAnswer(last);
    await sleep(count > 0 ? Math.min(every, 250) : every, undefined, { signal }).catch(() => undefined);
  }
  return { at: undefined, last };
}
