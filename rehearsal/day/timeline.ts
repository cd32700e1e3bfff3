import type { StoryClock } from "../clock";

/** One line of the day. */
export interface TimelineEntry {
  /** Real seconds since the drill began. */
  readonly at: number;
  /** Time of day in the story, `HH:MM`. */
  readonly storyTime: string;
  readonly event: string;
  readonly detail: string;
}

/** The day's diary: what happened when, told to the console as it happens and kept for the report. */
export class Timeline {
  private readonly entries: TimelineEntry[] = [];
  private readonly began = Date.now();

  constructor(
    private readonly clock: () => StoryClock,
    private readonly tell: (line: string) => void,
  ) {}

  /** Real seconds since the drill began. */
  seconds(): number {
    return this.secondsAt(Date.now());
  }

  /** The same for a moment in milliseconds since the epoch. */
  secondsAt(moment: number): number {
    return Math.round((moment - this.began) / 100) / 10;
  }

  add(event: string, detail: string): void {
    const entry = {
      at: Math.round(this.seconds() * 10) / 10,
      storyTime: this.clock().timeOfDay(),
      event,
      detail,
    };
    this.entries.push(entry);
    this.tell(`${entry.at.toFixed(1).padStart(6)} s  ${entry.storyTime}  ${event}: ${detail}`);
  }

  all(): readonly TimelineEntry[] {
    return this.entries;
  }
}
