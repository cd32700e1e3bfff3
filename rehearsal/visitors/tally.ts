import type { Ledger } from "./ledger";
import type { Site } from "../shop/settings";

interface Seen {
  first: number;
  last: number;
  answers: number;
}

interface Counted {
  requests: number;
  failed: number;
  images: number;
  imagesFromEdge: number;
  imagesFailed: number;
  ordersOnPrimary: number;
  ordersOnStandby: number;
}

const nothing = (): Counted => ({
  requests: 0,
  failed: 0,
  images: 0,
  imagesFromEdge: 0,
  imagesFailed: 0,
  ordersOnPrimary: 0,
  ordersOnStandby: 0,
});

/** Sums since the start. */
export type Totals = Readonly<Counted>;

/** Counts what the visitors see, second by second, into the ledger. */
export class Tally {
  private current = nothing();
  private seen: Record<Site, Seen | null> = { primary: null, standby: null };
  private readonly sums = nothing();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly ledger: Ledger) {
    this.timer = setInterval(() => this.flush(), 1_000);
  }

  /** One try of a request; `site` is undefined where none answered. */
  request(result: { readonly failed: boolean; readonly site: Site | undefined }): void {
    this.count("requests");
    if (result.failed) this.count("failed");
    if (result.site === undefined) return;
    const now = Date.now();
    const seen = (this.seen[result.site] ??= { first: now, last: now, answers: 0 });
    seen.last = now;
    seen.answers++;
  }

  image(result: { readonly failed: boolean; readonly fromEdge: boolean }): void {
    this.count("images");
    if (result.failed) this.count("imagesFailed");
    else if (result.fromEdge) this.count("imagesFromEdge");
  }

  order(site: Site): void {
    this.count(site === "primary" ? "ordersOnPrimary" : "ordersOnStandby");
  }

  totals(): Totals {
    return { ...this.sums };
  }

  stop(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private count(what: keyof Totals): void {
    this.current[what]++;
    this.sums[what]++;
  }

  private flush(): void {
    this.ledger.write({ type: "second", ...this.current, ...this.seen });
    this.current = nothing();
    this.seen = { primary: null, standby: null };
  }
}
