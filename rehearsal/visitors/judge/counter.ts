import type { Site } from "../../shop/settings";
import type { Fate, Finding } from "./verdict";

/** Where and when the judge looks from. */
export interface Frame {
  /** The site whose database survives. */
  readonly survivor: Site;
  /** Milliseconds since the epoch; undefined where there was no flip. */
  readonly flippedAt: number | undefined;
}

interface Placed {
  readonly at: number;
  readonly known: boolean;
  readonly site: Site | null;
}

/** Counts the fate of one kind of thing and keeps what was found. */
export class Counter {
  readonly findings: Finding[] = [];
  private readonly counts = {
    placed: 0,
    unknown: 0,
    onPrimary: 0,
    onStandby: 0,
    stragglers: 0,
    brought: 0,
    held: 0,
    lost: 0,
    duplicated: 0,
    misattributed: 0,
  };

  constructor(
    private readonly what: "order" | "user",
    private readonly frame: Frame,
  ) {}

  placed(event: Placed): void {
    if (!event.known) {
      this.counts.unknown++;
      return;
    }
    this.counts.placed++;
    if (event.site === "primary") this.counts.onPrimary++;
    if (event.site === "standby") this.counts.onStandby++;
    if (this.isStraggler(event)) this.counts.stragglers++;
  }

  /** It is there and right. */
  brought(event: Placed): void {
    if (this.isStraggler(event)) this.counts.brought++;
  }

  /** It is not there; a conflict holds back only what comes from the other site. */
  missing(event: Placed, key: string, held: boolean, detail: string): void {
    if (held && event.site !== this.frame.survivor) this.counts.held++;
    else this.add("lost", key, detail);
  }

  add(kind: "lost" | "duplicated" | "misattributed", key: string, detail: string): void {
    this.counts[kind]++;
    this.findings.push({ kind, what: this.what, key, detail });
  }

  fate(): Fate {
    return { ...this.counts };
  }

  private isStraggler({ at, known, site }: Placed): boolean {
    const { flippedAt, survivor } = this.frame;
    return known && flippedAt !== undefined && at > flippedAt && site !== null && site !== survivor;
  }
}
