import fc from "fast-check";
import { dayVolume, planRamp, rampDays } from "../../../operations/mail/ramp";

const plan = (mailsPerHour: number, today: string, dayOfEvent = "2027-05-14") =>
  planRamp({ mailsPerHour, dayOfEvent, today });

test("the forecast of the story, weeks before: a gentle ramp of two weeks, up to the day's volume on the eve", () => {
  const { days, target, warnings, growth } = plan(600, "2027-03-01");
  expect(target).toBe(7200);
  expect(days).toHaveLength(14);
  expect(days[0]).toEqual({ date: "2027-04-30", mails: 50, growth: null });
  expect(days.at(-1)).toMatchObject({ date: "2027-05-13", mails: 7200 });
  expect(growth).toBeCloseTo((7200 / 50) ** (1 / 13), 10);
  expect(warnings).toEqual([]);
});

test("a great volume takes more of the four weeks", () => {
  const { days, warnings } = plan(100_000, "2027-03-01");
  expect(days).toHaveLength(26);
  expect(days.at(-1)?.mails).toBe(1_200_000);
  expect(warnings).toEqual([]);
});

test("a week is short, and a doubling a day is the most", () => {
  expect(plan(600, "2027-05-07").warnings).toEqual([
    "only 7 days are left; Azure advises 14 to 28",
    "a day grows by up to 2.00 times; up to 1.5 is gentle",
    "the eve sends 3200 of 7200: expect mails to be deferred or taken for spam at first, and send the rest later",
  ]);
});

test("the eve alone, and a shop that hardly mails", () => {
  expect(plan(600, "2027-05-13").days).toEqual([{ date: "2027-05-13", mails: 50, growth: null }]);
  expect(plan(1, "2027-03-01").days.every(({ mails }) => mails === 12)).toBe(true);
});

test("a day that is over, or none", () => {
  expect(() => plan(600, "2027-05-14")).toThrow("dayOfEvent 2027-05-14 is not after today, 2027-05-14");
  expect(() => plan(600, "2027-03-01", "2027-02-30")).toThrow("2027-02-30 is no date, as YYYY-MM-DD");
});

test("whatever is asked for: consecutive days that end on the eve, never shrink, and grow within bounds", () => {
  const today = Date.parse("2027-01-01T00:00:00Z");
  const iso = (day: number): string => new Date(today + day * 86_400_000).toISOString().slice(0, 10);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 400 }), (mails, ahead) => {
      const { days, target, growth, warnings } = plan(mails, iso(0), iso(ahead));
      expect(target).toBe(dayVolume(mails));
      expect(days.map(({ date }) => date)).toEqual(days.map((_, index) => iso(ahead - days.length + index)));
      expect(days.length).toBeLessThanOrEqual(Math.min(ahead, rampDays.longest));
      expect(days.length).toBeGreaterThanOrEqual(Math.min(ahead, rampDays.shortest));
      expect(growth).toBeLessThanOrEqual(2);
      const volumes = days.map((day) => day.mails);
      expect(volumes[0]).toBeLessThanOrEqual(50);
      for (const [index, volume] of volumes.entries()) {
        const before = volumes[index - 1] ?? volume;
        expect(volume).toBeGreaterThanOrEqual(before);
        // Half a mail of rounding on either side.
        expect(volume).toBeLessThanOrEqual((before + 0.5) * growth + 0.5);
        expect(volume).toBeLessThanOrEqual(Math.max(target, volumes[0] ?? 0));
      }
      const reached = volumes.at(-1) === target;
      expect(warnings.some((warning) => warning.startsWith("the eve sends"))).toBe(!reached);
      if (ahead >= rampDays.longest && target <= 50 * 2 ** 27) expect(reached).toBe(true);
    }),
  );
});
