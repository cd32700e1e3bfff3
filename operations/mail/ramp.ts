import { z } from "zod";

/**
 * Days over which a new domain's volume is raised: "over a period of two to four weeks", so that mailbox providers come
 * to know it (Azure Communication Services' documentation, "Service limits", Email:
 * https://learn.microsoft.com/azure/communication-services/concepts/service-limits#email).
 */
export const rampDays = { shortest: 14, longest: 28 } as const;

/** Mails of the first day: what a hand-picked list of customers takes. */
const firstDay = 50;
/** A day may send at most this many times the day before, where it can be had. */
const gentlest = 1.5;
/** Beyond a doubling a day, a mailbox provider sees a burst. */
const steepest = 2;
/** Busy hours' worth of mail in a busy day: the story's crowd stayed from noon until the small hours. */
const busyHours = 12;

export interface RampDay {
  /** ISO date. */
  readonly date: string;
  readonly mails: number;
  /** Times the day before; null on the first day. */
  readonly growth: number | null;
}

export interface Ramp {
  readonly dayOfEvent: string;
  /** Mails of the day that is prepared for. */
  readonly target: number;
  readonly days: readonly RampDay[];
  /** The most that a day grows by. */
  readonly growth: number;
  /** What stands in the way of a good ramp; empty where nothing does. */
  readonly warnings: readonly string[];
}

export interface RampRequest {
  readonly mailsPerHour: number;
  /** ISO date of the day itself; the ramp ends on the day before. */
  readonly dayOfEvent: string;
  /** ISO date from which mails may be sent. */
  readonly today: string;
}

/** Mails of a busy day, from those of its busiest hour. */
export const dayVolume = (mailsPerHour: number): number => Math.ceil(mailsPerHour * busyHours);

const dayMilliseconds = 86_400_000;
const dateOf = (iso: string): number => Date.parse(`${iso}T00:00:00Z`);
const isoOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * Plans how many mails to send on each day before the event, so that the day's volume is no news by then: from a small
 * first day, by the same factor a day, up to the forecast's day volume on the eve.
 *
 * Takes as many of the four weeks as it needs to grow gently, at least two where there is time, and what there is where
 * there is less; never grows beyond a doubling a day, and says what it falls short of.
 *
 * @throws RangeError where a date is none, or the day is not after today
 */
export function planRamp({ mailsPerHour, dayOfEvent, today }: RampRequest): Ramp {
  for (const date of [dayOfEvent, today])
    if (!z.iso.date().safeParse(date).success) throw new RangeError(`${date} is no date, as YYYY-MM-DD`);
  const available = Math.round((dateOf(dayOfEvent) - dateOf(today)) / dayMilliseconds);
  if (available < 1) throw new RangeError(`dayOfEvent ${dayOfEvent} is not after today, ${today}`);
  const target = dayVolume(mailsPerHour);
  const start = Math.min(firstDay, Math.max(1, target));
  const needed = stepsFor(start, target, gentlest) + 1;
  const length = Math.min(available, rampDays.longest, Math.max(rampDays.shortest, needed));
  const growth = length < 2 ? 1 : Math.min(steepest, (target / start) ** (1 / (length - 1)));
  const first = dateOf(dayOfEvent) - length * dayMilliseconds;
  const volumes = volumesOf(start, target, growth, length);
  const days = volumes.map((mails, index): RampDay => {
    const before = volumes[index - 1];
    const times = before === undefined ? null : Math.round((mails / before) * 100) / 100;
    return { date: isoOf(first + index * dayMilliseconds), mails, growth: times };
  });
  return { dayOfEvent, target, days, growth, warnings: warningsOf(days, target, growth, available) };
}

/** Steps by which a volume grows from one to another at most by a factor. */
const stepsFor = (from: number, to: number, factor: number): number =>
  to <= from ? 0 : Math.ceil(Math.log(to / from) / Math.log(factor) - 1e-9);

/** Whole mails a day, rounded down so that no day grows by more than the factor, the last one the target where it is reached. */
function volumesOf(start: number, target: number, growth: number, length: number): number[] {
  const volumes = Array.from({ length }, (_, day) => Math.min(target, Math.round(start * growth ** day)));
  return volumes.map((mails) => Math.max(mails, Math.min(start, target)));
}

function warningsOf(days: readonly RampDay[], target: number, growth: number, available: number): string[] {
  const reached = days.at(-1)?.mails ?? 0;
  const few =
    available < rampDays.shortest
      ? [
          `only ${String(available)} days are left; Azure advises ${String(rampDays.shortest)} to ${String(rampDays.longest)}`,
        ]
      : [];
  const steep =
    growth > gentlest + 1e-9
      ? [`a day grows by up to ${growth.toFixed(2)} times; up to ${String(gentlest)} is gentle`]
      : [];
  const short =
    reached < target
      ? [
          `the eve sends ${String(reached)} of ${String(target)}: expect mails to be deferred or taken for spam at first, and send the rest later`,
        ]
      : [];
  return [...few, ...steep, ...short];
}
