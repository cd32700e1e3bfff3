/** How long a message waits before its next attempt, in seconds. */
export interface BackOff {
  readonly first: number;
  readonly longest: number;
}

/** Short: asking again is cheap, and a limit counted by the minute opens again soon. */
export const mailBackOff: BackOff = { first: 0.5, longest: 5 };

/**
 * Doubles with each attempt up to the longest, then takes between half and all of it, so that messages deferred
 * together do not come back together.
 *
 * @param attempts how many were made, from 1
 * @param random 0–1
 */
export function secondsBeforeRetry(attempts: number, backOff: BackOff, random: number): number {
  const full = Math.min(backOff.longest, backOff.first * 2 ** Math.min(attempts - 1, 30));
  return full * (0.5 + random / 2);
}
