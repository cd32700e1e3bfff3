import { setTimeout as delay } from "node:timers/promises";
import type { AdmissionLimits } from "./settings";

/** The shop is too busy: answered with 503 and Retry-After. */
export class TooBusy extends Error {
  constructor(why: string) {
    super(`too busy: ${why}`);
    this.name = "TooBusy";
  }
}

interface Waiting {
  readonly admit: () => void;
  readonly refuse: (error: TooBusy) => void;
  readonly timer: NodeJS.Timeout;
}

/** What the door has seen since the start. */
export interface AdmissionCounts {
  readonly admitted: number;
  readonly refused: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/**
 * The shop's door: a fixed number of requests are worked on at once, a short queue waits, and whoever comes beyond
 * that is told so at once. A queue without an end would make everybody wait for answers nobody reads any more.
 */
export class Admission {
  private readonly queue: Waiting[] = [];
  private inFlight = 0;
  private admitted = 0;
  private refused = 0;

  constructor(private readonly limits: AdmissionLimits) {}

  /**
   * Runs `work` once there is room.
   *
   * @param share the part of the queue, 0–1, that this kind of request may fill before it is refused
   * @throws TooBusy when the queue is full or the wait too long; `work` has then not been started
   */
  async run<Result>(share: number, work: () => Promise<Result>): Promise<Result> {
    await this.enter(share);
    try {
      if (this.limits.overheadMilliseconds > 0) await delay(this.limits.overheadMilliseconds);
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.inFlight--;
      else {
        clearTimeout(next.timer);
        next.admit();
      }
    }
  }

  counts(): AdmissionCounts {
    const { admitted, refused, inFlight } = this;
    return { admitted, refused, inFlight, waiting: this.queue.length };
  }

  private async enter(share: number): Promise<void> {
    if (this.inFlight < this.limits.inFlight) this.inFlight++;
    else if (this.queue.length >= this.limits.queued * share) {
      this.refused++;
      throw new TooBusy("the queue is full");
    } else await this.wait();
    this.admitted++;
  }

  /** Settles when a finished request hands its place over. */
  private wait(): Promise<void> {
    return new Promise((admit, refuse) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        this.refused++;
        refuse(new TooBusy("waited too long"));
      }, this.limits.patienceMilliseconds);
      const waiting: Waiting = { admit, refuse, timer };
      this.queue.push(waiting);
    });
  }
}
