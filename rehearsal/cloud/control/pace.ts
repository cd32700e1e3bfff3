import { setTimeout as pause } from "node:timers/promises";

/** How slow and how unwilling a cloud is to be. */
export interface PaceSettings {
  /** Milliseconds that each change takes longer. */
  readonly slowMilliseconds: number;
  /** How many of the next calls are answered with 429 first. */
  readonly throttleNext: number;
  /** Milliseconds until what changes at the edge is seen there: 3 to 20 minutes on Azure. */
  readonly edgeMilliseconds: number;
}

const atOnce: PaceSettings = { slowMilliseconds: 0, throttleNext: 0, edgeMilliseconds: 0 };

/** How fast and how willingly the cloud answers: turned by the drill to rehearse a slow or a throttling provider. */
export class Pace {
  private settings = atOnce;
  private refusals = 0;

  set(settings: PaceSettings): void {
    this.settings = settings;
    this.refusals = settings.throttleNext;
  }

  get edgeMilliseconds(): number {
    return this.settings.edgeMilliseconds;
  }

  /** Whether an HTTP call is to be answered with 429. */
  throttled(): boolean {
    if (this.refusals === 0) return false;
    this.refusals--;
    return true;
  }

  /** Whether a change takes time, so that an API has to answer before it is done. */
  get isSlow(): boolean {
    return this.settings.slowMilliseconds > 0;
  }

  /** Waits as long as a change takes. */
  async work(): Promise<void> {
    if (this.isSlow) await pause(this.settings.slowMilliseconds);
  }

  /** As {@link work}; a throttled change is tried again after a while, as the real provider does. */
  async change(): Promise<void> {
    while (this.throttled()) await pause(1_000);
    await this.work();
  }
}
