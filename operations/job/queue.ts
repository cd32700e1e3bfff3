/**
 * Runs tasks one after the other, in the order in which they were asked for. What is asked for again while it still
 * waits or runs is left out: a check every minute must not pile up behind a sync of an hour.
 */
export class Queue<Name extends string> {
  private last: Promise<void> = Promise.resolve();
  private readonly asked = new Set<Name>();

  /** @param run never rejects. @returns whether it was taken */
  add(name: Name, run: () => Promise<void>): boolean {
    if (this.asked.has(name)) return false;
    this.asked.add(name);
    this.last = this.last.then(async () => {
      await run();
      this.asked.delete(name);
    });
    return true;
  }

  /** Settles once nothing runs or waits. */
  idle(): Promise<void> {
    return this.last;
  }
}
