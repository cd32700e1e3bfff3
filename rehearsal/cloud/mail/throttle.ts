import type { MailSettings } from "../contracts";

/**
 * Two sliding windows, a minute and an hour long, as Communication Services counts messages. Only messages that
 * were accepted count, so that it never holds more than `perHour` times.
 */
export class Throttle {
  /** When the messages of the last hour were accepted, oldest first. */
  private accepted: number[] = [];

  /** @param millisecondsPerMinute real milliseconds that a minute lasts: fewer than 60,000 in a compressed story. */
  constructor(private readonly millisecondsPerMinute: number) {}

  /** Counts a message at `now` (milliseconds) if both limits still allow it. */
  admit(now: number, limits: MailSettings["limits"]): boolean {
    const hourAgo = now - 60 * this.millisecondsPerMinute;
    const minuteAgo = now - this.millisecondsPerMinute;
    this.accepted = this.accepted.filter((at) => at > hourAgo);
    const lastMinute = this.accepted.filter((at) => at > minuteAgo).length;
    if (this.accepted.length >= limits.perHour || lastMinute >= limits.perMinute) return false;
    this.accepted.push(now);
    return true;
  }
}
