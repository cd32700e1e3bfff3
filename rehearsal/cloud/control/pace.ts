import { setTimeout as pause } from "node:timers/promises";

/** How fast and how willingly the cloud answers: turned by the drill to rehearse a slow or a throttling provider. */
export class Pace {
  private slow = 0;
  private refusals = 0;

  /**
   * @param slowMilliseconds that each change takes longer.
   * @param throttleNext how many of the next calls are answered with 429 first.
   */
  set(slowMilliseconds: number, throttleNext: number): void {
    this.slow = slowMilliseconds;
    this.refusals = throttleNext;
  }

  /** Whether an HTTP call is to be answered with 429. */
  throttled(): boolean {
    if (this.refusals === 0) return false;
    this.refusals--;
    return true;
  }

  /** Waits as long as a change takes; a throttled one is tried again after a while, as the real provider does. */
  async change(): Promise<void> {
    while (this.throttled()) await pause(1_000);
    if (this.slow > 0) await pause(this.slow);
  }
}
