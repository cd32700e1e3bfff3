import type { Pace } from "../pace";

/** Configurations on their way to the edge: each is seen there only some time after it was made. */
export class Spreading {
  private readonly onTheirWay = new Set<NodeJS.Timeout>();
  private made = 0;
  private seen = 0;

  constructor(private readonly pace: Pick<Pace, "edgeMilliseconds">) {}

  /** @param show makes a configuration seen; left out where a later one was seen before it. */
  begin(show: () => void): void {
    const number = ++this.made;
    const arrive = (): void => {
      if (number < this.seen) return;
      this.seen = number;
      show();
    };
    const { edgeMilliseconds } = this.pace;
    if (edgeMilliseconds === 0) {
      arrive();
      return;
    }
    const timer = setTimeout(() => {
      this.onTheirWay.delete(timer);
      arrive();
    }, edgeMilliseconds);
    this.onTheirWay.add(timer);
  }

  stop(): void {
    for (const timer of this.onTheirWay) clearTimeout(timer);
    this.onTheirWay.clear();
  }
}
