/** How many instances a plan keeps: never fewer, never more. */
export interface InstanceRange {
  readonly minimum: number;
  readonly maximum: number;
}

export type Day = "Monday" | "Tuesday" | "Wednesday" | "Thursday" | "Friday" | "Saturday" | "Sunday";

/** A time at which more instances have to be there than usual: on days of every week, or on one date. */
export interface ScheduledMinimum {
  readonly name: string;
  /** Days of the week, or `date`. */
  readonly days?: readonly Day[] | undefined;
  /** `2026-11-27`. */
  readonly date?: string | undefined;
  /** `HH:MM` of the same day, in the time zone; `to` is later. */
  readonly from: string;
  readonly to: string;
  /** As Azure names it. */
  readonly timeZone: string;
  readonly minimum: number;
}

interface Recurrence {
  readonly frequency: "Week";
  readonly schedule: {
    readonly timeZone: string;
    readonly days: Day[];
    readonly hours: number[];
    readonly minutes: number[];
  };
}

/** An autoscale profile without its rules, in the form that Azure takes. */
export interface PlannedProfile {
  readonly name: string;
  readonly capacity: { readonly minimum: string; readonly maximum: string; readonly default: string };
  readonly fixedDate?: { readonly timeZone: string; readonly start: string; readonly end: string };
  readonly recurrence?: Recurrence;
}

/** What the profile of all other times is called. */
const otherwise = "load";

/** What Azure takes in one setting (Azure Monitor, "Autoscale service limits"). */
export const profileLimit = 20;

const capacity = ({ minimum, maximum }: InstanceRange): PlannedProfile["capacity"] => ({
  minimum: String(minimum),
  maximum: String(Math.max(minimum, maximum)),
  default: String(minimum),
});

function startsAt(time: string, days: readonly Day[], timeZone: string): Recurrence {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return { frequency: "Week", schedule: { timeZone, days: [...days], hours: [hour], minutes: [minute] } };
}

/**
 * The profiles of an autoscale setting. A recurring profile has a start and no end: it lasts until the next one starts.
 * So each is paired with a profile of the usual range that starts when it ends, and is known as such by its name, a JSON
 * text with `for`; there is then no other default. A fixed date goes before a recurring profile, and that before the
 * default. (azure-docs, azure-monitor/autoscale/autoscale-multiprofile.md)
 */
export function autoscaleProfiles(
  range: InstanceRange,
  schedule: readonly ScheduledMinimum[],
): readonly PlannedProfile[] {
  const fixed: PlannedProfile[] = [];
  const recurring: PlannedProfile[] = [];
  const paired: PlannedProfile[] = [];
  for (const { name, days, date, from, to, timeZone, minimum } of schedule) {
    const scheduled = capacity({ minimum, maximum: range.maximum });
    if (date !== undefined)
      fixed.push({
        name,
        capacity: scheduled,
        fixedDate: { timeZone, start: `${date}T${from}:00`, end: `${date}T${to}:00` },
      });
    else if (days !== undefined) {
      recurring.push({ name, capacity: scheduled, recurrence: startsAt(from, days, timeZone) });
      paired.push({
        name: JSON.stringify({ name: otherwise, for: name }),
        capacity: capacity(range),
        recurrence: startsAt(to, days, timeZone),
      });
    }
  }
  const defaults = paired.length > 0 ? paired : [{ name: otherwise, capacity: capacity(range) }];
  return [...fixed, ...recurring, ...defaults];
}
