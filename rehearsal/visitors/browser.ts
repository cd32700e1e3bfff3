import { setTimeout as delay } from "node:timers/promises";
import type { Site } from "../shop/settings";
import type { Destination, Internet } from "./internet";
import type { Random } from "./random";
import type { Tally } from "./tally";

/** An answer of the shop. */
export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  readonly site: Site;
  readonly body: string;
}

/**
 * What a request came to. `refused`: the shop was too busy and has surely done nothing. `unknown`: no answer, or one
 * that leaves open whether the shop acted.
 */
export type Result = Answer | { readonly kind: "refused" } | { readonly kind: "unknown" };

export interface BrowserOptions {
  readonly internet: Internet;
  readonly tally: Tally;
  readonly publicHost: string;
  readonly patienceMilliseconds: number;
  /** Once aborted, nothing is tried again. */
  readonly signal: AbortSignal;
}

const tries = 4;

/** Whether a repeat may follow an unknown result: only where doing it twice is doing it once. */
export type Repeatable = "repeatable" | "once";

/**
 * One person's browser for one visit. Like a real one it keeps the address it has found for a name, so a visit, its
 * retries included, stays on one site.
 */
export class Browser {
  private readonly found = new Map<string, Promise<Destination>>();

  constructor(
    private readonly options: BrowserOptions,
    private readonly resolver: number,
    private readonly random: Random,
    /** Session cookie; kept by the person between visits. */
    public cookie: string | undefined,
  ) {}

  /** Reads a page, and `pictures` of the images on it. */
  async read(path: string, pictures: number): Promise<Result> {
    const result = await this.send("GET", path, undefined, "repeatable", "text/html");
    if (result.kind === "answer" && result.status === 200) {
      const sources = [...result.body.matchAll(/<img src="([^"]+)"/g)].flatMap(([, source]) => source ?? []);
      await Promise.all(
        Array.from({ length: Math.min(pictures, sources.length) }, () =>
          this.look(this.random.pick(sources)),
        ),
      );
    }
    return result;
  }

  /** Posts JSON. A busy shop is asked again; an unknown result only where that is repeatable. */
  post(path: string, content: unknown, repeatable: Repeatable): Promise<Result> {
    return this.send("POST", path, JSON.stringify(content), repeatable, "application/json");
  }

  private async send(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    repeatable: Repeatable,
    accept: string,
  ): Promise<Result> {
    let everUnknown = false;
    for (let attempt = 1; ; attempt++) {
      const result = await this.once(method, path, body, accept);
      everUnknown ||= result.kind === "unknown";
      const again = result.kind === "refused" || (result.kind === "unknown" && repeatable === "repeatable");
      if (!again || attempt === tries || this.options.signal.aborted) {
        // A refusal after an unknown try says nothing of that one.
        return result.kind === "refused" && everUnknown ? { kind: "unknown" } : result;
      }
      await delay(attempt * (150 + this.random.next() * 450));
    }
  }

  private async once(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    accept: string,
  ): Promise<Result> {
    const { publicHost, patienceMilliseconds, tally } = this.options;
    try {
      const { pool } = await this.find(publicHost);
      const response = await pool.request({
        method,
        path,
        headers: {
          accept,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        },
        body: body ?? null,
        signal: AbortSignal.timeout(patienceMilliseconds),
      });
      const text = await response.body.text();
      const site = siteOf(response.headers["x-site"]);
      tally.request({ failed: response.statusCode >= 500, site });
      this.keepCookie(response.headers["set-cookie"]);
      // Only the shop itself knows that it did nothing; an edge that says 503 may have passed the request on.
      if (response.statusCode === 503 && site !== undefined) return { kind: "refused" };
      if (response.statusCode >= 500 || site === undefined) return { kind: "unknown" };
      return { kind: "answer", status: response.statusCode, site, body: text };
    } catch {
      tally.request({ failed: true, site: undefined });
      return { kind: "unknown" };
    }
  }

  private async look(source: string): Promise<void> {
    try {
      const { hostname, pathname } = new URL(source);
      const { pool } = await this.find(hostname);
      const response = await pool.request({
        method: "GET",
        path: pathname,
        signal: AbortSignal.timeout(this.options.patienceMilliseconds),
      });
      await response.body.dump();
      this.options.tally.image({
        failed: response.statusCode !== 200,
        fromEdge: response.headers["x-azure-ref"] !== undefined || response.headers["x-cache"] !== undefined,
      });
    } catch {
      this.options.tally.image({ failed: true, fromEdge: false });
    }
  }

  private find(host: string): Promise<Destination> {
    const known = this.found.get(host);
    if (known !== undefined) return known;
    const finding = this.options.internet.find(this.resolver, host);
    this.found.set(host, finding);
    // A name that could not be resolved is asked for again at the next try.
    finding.catch(() => this.found.delete(host));
    return finding;
  }

  private keepCookie(given: string | string[] | undefined): void {
    const first = Array.isArray(given) ? given[0] : given;
    if (first === undefined) return;
    const pair = first.split(";", 1)[0] ?? "";
    this.cookie = pair.endsWith("=") ? undefined : pair;
  }
}

function siteOf(header: string | string[] | undefined): Site | undefined {
  return header === "primary" || header === "standby" ? header : undefined;
}
