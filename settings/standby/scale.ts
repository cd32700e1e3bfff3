import { z } from "zod";
import { leaf, optionalLeaf, whole } from "../leaf";
import { setCommand } from "../set-command";
import { namespace } from "../namespace";
import type { RawSettings } from "../parse";
import { timeZones } from "../time-zones";

/** Sizes of one family: growing within it never moves the app to other hardware. */
export const planSizes = {
  P0v3: "Premium0V3",
  P1v3: "PremiumV3",
  P2v3: "PremiumV3",
  P3v3: "PremiumV3",
  P1mv3: "PremiumMV3",
  P2mv3: "PremiumMV3",
  P3mv3: "PremiumMV3",
  P4mv3: "PremiumMV3",
  P5mv3: "PremiumMV3",
} as const;
export type PlanSize = keyof typeof planSizes;
const sizeNames = Object.keys(planSizes) as PlanSize[];

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const time = (example: string, why: string) =>
  leaf(clock, { allowed: "a time of day from 00:00 to 23:59", example, why });
const count = (why: string) =>
  optionalLeaf(whole(1, 30), {
    allowed: "a whole number from 1 to 30",
    example: "2",
    unit: "instances",
    why,
  });
/** A day of the calendar, not merely its form. */
const isDate = (given: string): boolean =>
  !Number.isNaN(Date.parse(`${given}T00:00:00Z`)) &&
  new Date(`${given}T00:00:00Z`).toISOString().startsWith(given);

/** How many of what runs the app. */
export const scaleSettings = {
  planSku: optionalLeaf(z.enum(sizeNames), {
    allowed: `a size of Premium v3: ${sizeNames.join(", ")}`,
    example: "P1v3",
    why: "Instead of what `size` and the forecast give. Within one family, so that growing never moves the app to other hardware.",
  }),
  minimumInstances: count("Instead of what `size` and the forecast give: never fewer."),
  maximumInstances: count("Instead of what the forecast gives: never more, however busy."),
  appSchedule: z
    .array(
      z.strictObject({
        name: leaf(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), {
          allowed: "lower-case letters, digits and hyphens, a letter first, up to 32",
          example: "evenings",
          why: "What the profile is called.",
        }),
        days: z
          .array(
            leaf(z.enum(weekdays), {
              allowed: `a day of the week: ${weekdays.join(", ")}`,
              example: "Friday",
              why: "Days of every week; or date.",
            }),
          )
          .min(1)
          .readonly()
          .optional(),
        date: optionalLeaf(z.iso.date().refine(isDate), {
          allowed: "a date, YYYY-MM-DD",
          example: "2026-11-27",
          why: "The one day; or days.",
        }),
        from: time(
          "08:00",
          "When more instances have to be there. Azure looks about once a minute; give it a quarter of an hour.",
        ),
        to: time("22:00", "Until when, on the same day."),
        timeZone: leaf(
          z.enum(timeZones),
          {
            allowed: "a time zone as Azure names it, as in 'W. Europe Standard Time' or 'UTC'",
            example: "UTC",
            why: "Whose clock from and to are of.",
          },
          "UTC",
        ),
        minimumInstances: count(
          "Instances that are there at least; as many as surge has where it is left out.",
        ),
      }),
    )
    .readonly()
    .default([]),
};

const entry = z.object({
  name: z.string(),
  days: z.array(z.string()).optional(),
  date: z.string().optional(),
  // What is no time of day has been told as such already.
  from: clock,
  to: clock,
  timeZone: z.string().default("UTC"),
});
const entries = z.array(entry).catch([]);
type Entry = z.output<typeof entry>;

const told = (name: string, state: string, allowed: string, fix: string): string =>
  `${namespace()}appSchedule.${name} ${state}; allowed: ${allowed}. Fix: ${fix}`;

function whenOne(position: number, { name, days, date, from, to }: Entry, stack: string): string | undefined {
  const at = (key: string, value: string): string => setCommand(["appSchedule", position, key], stack, value);
  if ((days === undefined) === (date === undefined))
    return told(
      name,
      days === undefined ? "has neither days nor a date" : "has both days and a date",
      "one of the two",
      days === undefined
        ? at("date", "2026-11-27")
        : `pulumi config rm --path 'appSchedule[${String(position)}].date' --stack ${stack}`,
    );
  if (from >= to)
    return told(
      name,
      `is from ${from} to ${to}`,
      "a time that ends later on the same day than it begins; past midnight takes two entries",
      at("to", "23:59"),
    );
  return undefined;
}

/** A profile's end starts the usual one: two that overlap or touch would end each other. */
const meet = (one: Entry, other: Entry): boolean =>
  (one.date === undefined
    ? (one.days ?? []).some((day) => other.days?.includes(day) === true)
    : one.date === other.date) &&
  one.from <= other.to &&
  other.from <= one.to;

/** Rules that look at the whole schedule. */
export function scheduleHolds(raw: RawSettings, stack: string): string | undefined {
  const schedule = entries.parse(raw["appSchedule"] ?? []);
  for (const [position, each] of schedule.entries()) {
    const fault = whenOne(position, each, stack);
    if (fault !== undefined) return fault;
    const at = (key: string): string => setCommand(["appSchedule", position, key], stack, "VALUE");
    for (const before of schedule.slice(0, position)) {
      if (before.name === each.name) return told(each.name, "is there twice", "each name once", at("name"));
      if (before.days !== undefined && each.days !== undefined && before.timeZone !== each.timeZone)
        return told(
          each.name,
          `is in '${each.timeZone}', ${before.name} in '${before.timeZone}'`,
          "one time zone for all that recur",
          setCommand(["appSchedule", position, "timeZone"], stack, before.timeZone),
        );
      if (meet(before, each))
        return told(
          each.name,
          `meets ${before.name}`,
          "a minute or more between two on the same day",
          at("from"),
        );
    }
  }
  const profiles = schedule.reduce((sum, { days }) => sum + (days === undefined ? 1 : 2), 1);
  return profiles > 20
    ? `${namespace()}appSchedule has ${String(schedule.length)} entries; allowed: 20 profiles in all, of which each date takes one and each recurring entry two. Fix: pulumi config rm --path 'appSchedule[${String(schedule.length - 1)}]' --stack ${stack}`
    : undefined;
}

const given = z.coerce.number().optional().catch(undefined);

export function minimumBelowMaximum(raw: RawSettings, stack: string): string | undefined {
  const [minimum, maximum] = [given.parse(raw["minimumInstances"]), given.parse(raw["maximumInstances"])];
  if (minimum === undefined || maximum === undefined || minimum <= maximum) return undefined;
  return `${namespace()}maximumInstances is '${String(maximum)}', below minimumInstances, ${String(minimum)}; allowed: at least as many. Fix: ${setCommand(["maximumInstances"], stack, String(minimum))}`;
}

export const scaleRules = [scheduleHolds, minimumBelowMaximum] as const;
