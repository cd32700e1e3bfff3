import fc from "fast-check";
import { Throttle } from "../../../../rehearsal/cloud/mail/throttle";

const limits = { perMinute: 3, perHour: 5 };

test("takes as many as the minute allows, and again once the oldest is a minute old", () => {
  const throttle = new Throttle(100);
  expect([0, 10, 20, 30].map((at) => throttle.admit(at, limits))).toEqual([true, true, true, false]);
  expect(throttle.admit(99, limits)).toBe(false);
  expect(throttle.admit(100, limits)).toBe(true);
});

test("takes as many as the hour allows, however they are spread", () => {
  const throttle = new Throttle(100);
  expect([0, 200, 400, 600, 800, 1000].map((at) => throttle.admit(at, limits))).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
  expect(throttle.admit(6000, limits)).toBe(true);
});

test("a raised limit counts at once", () => {
  const throttle = new Throttle(100);
  expect(throttle.admit(0, { perMinute: 1, perHour: 1 })).toBe(true);
  expect(throttle.admit(1, { perMinute: 1, perHour: 1 })).toBe(false);
  expect(throttle.admit(2, { perMinute: 2, perHour: 2 })).toBe(true);
});

test("never lets more through in any minute or hour than its limits", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 300 }), (pauses) => {
      const throttle = new Throttle(100);
      let now = 0;
      const admitted = pauses.map((pause) => (now += pause)).filter((at) => throttle.admit(at, limits));
      for (const start of admitted) {
        expect(admitted.filter((at) => at >= start && at < start + 100).length).toBeLessThanOrEqual(3);
        expect(admitted.filter((at) => at >= start && at < start + 6000).length).toBeLessThanOrEqual(5);
      }
    }),
  );
});
