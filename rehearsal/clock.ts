/** The hour at which the story begins: 4:30 in the afternoon, in seconds since midnight. */
export const storyStart = 16.5 * 3600;

/** Story time, compressed: `speed` story seconds pass in each real second. Handed to other processes as data. */
export interface ClockSettings {
  /** Milliseconds since the epoch at which the story began. */
  readonly startedAt: number;
  readonly speed: number;
}

/** Converts between this machine's time and the story's. */
export class StoryClock {
  constructor(readonly settings: ClockSettings) {}

  /** Story seconds since the story began. */
  elapsed(now: number = Date.now()): number {
    return ((now - this.settings.startedAt) / 1000) * this.settings.speed;
  }

  /** Real milliseconds that `storySeconds` last. */
  toMilliseconds(storySeconds: number): number {
    return (storySeconds / this.settings.speed) * 1000;
  }

  /** The time of day in the story, as `HH:MM` on a 24-hour clock; `before` while it has not begun. */
  timeOfDay(elapsed: number = this.elapsed()): string {
    if (elapsed < 0) return "before";
    const minutes = Math.floor((storyStart + elapsed) / 60) % (24 * 60);
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  }
}
