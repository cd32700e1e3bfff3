import fc from "fast-check";
import {
  autoscaleProfiles,
  type Day,
  type PlannedProfile,
  type ScheduledMinimum,
} from "../../components/autoscale-profiles";

const range = { minimum: 1, maximum: 4 };
const usual = { minimum: "1", maximum: "4", default: "1" };
const timeZone = "W. Europe Standard Time";

test("without a schedule there is one profile, of all times", () => {
  expect(autoscaleProfiles(range, [])).toEqual([{ name: "load", capacity: usual }]);
});

test("a recurring one is paired with the default that ends it", () => {
  const evenings: ScheduledMinimum = {
    name: "evenings",
    days: ["Monday", "Friday"],
    from: "18:30",
    to: "22:05",
    timeZone,
    minimum: 3,
  };
  const days = ["Monday", "Friday"];
  expect(autoscaleProfiles(range, [evenings])).toEqual([
    {
      name: "evenings",
      capacity: { minimum: "3", maximum: "4", default: "3" },
      recurrence: { frequency: "Week", schedule: { timeZone, days, hours: [18], minutes: [30] } },
    },
    {
      name: '{"name":"load","for":"evenings"}',
      capacity: usual,
      recurrence: { frequency: "Week", schedule: { timeZone, days, hours: [22], minutes: [5] } },
    },
  ]);
});

test("a date goes first, leaves the default alone, and may ask for more than the usual most", () => {
  const sale = { name: "sale", date: "2026-11-27", from: "08:00", to: "23:59", timeZone, minimum: 6 };
  expect(autoscaleProfiles(range, [sale])).toEqual([
    {
      name: "sale",
      capacity: { minimum: "6", maximum: "6", default: "6" },
      fixedDate: { timeZone, start: "2026-11-27T08:00:00", end: "2026-11-27T23:59:00" },
    },
    { name: "load", capacity: usual },
  ]);
});

const week: readonly Day[] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** The minimum that Azure keeps at a minute of the week: that of the profile which started last. */
function minimumAt(profiles: readonly PlannedProfile[], minute: number): number {
  let best: PlannedProfile | undefined;
  let since = Infinity;
  for (const profile of profiles)
    for (const day of profile.recurrence?.schedule.days ?? []) {
      const [hour = 0] = profile.recurrence?.schedule.hours ?? [];
      const [past = 0] = profile.recurrence?.schedule.minutes ?? [];
      const start = week.indexOf(day) * dayMinutes + hour * 60 + past;
      const ago = (minute - start + weekMinutes) % weekMinutes;
      if (ago < since) [best, since] = [profile, ago];
    }
  return Number((best ?? profiles.at(-1))?.capacity.minimum);
}

test("at every minute of a week the minimum is the scheduled one, or the usual one", () => {
  // Days cut into windows that neither overlap nor touch, as the settings demand.
  const schedule = fc
    .uniqueArray(fc.integer({ min: 0, max: dayMinutes - 1 }), { minLength: 2, maxLength: 8 })
    .map((minutes) => [...minutes].sort((a, b) => a - b))
    .chain((minutes) =>
      fc.tuple(
        ...Array.from({ length: Math.floor(minutes.length / 2) }, (_, index) =>
          fc.record({
            name: fc.constant(`window-${String(index)}`),
            days: fc.uniqueArray(fc.constantFrom(...week), { minLength: 1 }),
            from: fc.constant(clock(minutes[2 * index] ?? 0)),
            to: fc.constant(clock(minutes[2 * index + 1] ?? 0)),
            timeZone: fc.constant(timeZone),
            minimum: fc.integer({ min: 2, max: 9 }),
          }),
        ),
      ),
    );
  fc.assert(
    fc.property(schedule, fc.integer({ min: 0, max: weekMinutes - 1 }), (windows, minute) => {
      const time = clock(minute % dayMinutes);
      const day = week[Math.floor(minute / dayMinutes)];
      const within = windows.find(
        ({ days, from, to }) => day !== undefined && days.includes(day) && from <= time && time < to,
      );
      expect(minimumAt(autoscaleProfiles(range, windows), minute)).toBe(within?.minimum ?? range.minimum);
    }),
  );
});
