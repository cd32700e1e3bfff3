import fc from "fast-check";
import { configurations, pairs } from "../../../rehearsal/matrix/configurations";
import { coverPairs, pairsOf, product } from "../../../rehearsal/matrix/pairs";

const dimensions = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 })
  .map((sizes) =>
    Object.fromEntries(
      sizes.map((size, index) => [`d${String(index)}`, Array.from({ length: size }, (_, value) => value)]),
    ),
  );

test("every pair of values meets, in no more combinations than there are", () => {
  fc.assert(
    fc.property(dimensions, (values) => {
      const all = product<Record<string, number>>(values);
      const few = coverPairs<Record<string, number>>(values);
      expect(new Set(few.flatMap(pairsOf))).toEqual(new Set(all.flatMap(pairsOf)));
      expect(few.length).toBeLessThanOrEqual(all.length);
      expect(all).toHaveLength(Object.values(values).reduce((count, { length }) => count * length, 1));
    }),
  );
});

test("every configuration once, and a few that stand for all pairs", () => {
  expect(configurations).toHaveLength(2 * 3 * 2);
  expect(new Set(configurations.map(({ name }) => name)).size).toBe(configurations.length);
  expect(pairs.length).toBeLessThanOrEqual(12);
});
