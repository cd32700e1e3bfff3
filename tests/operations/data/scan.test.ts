import * as fc from "fast-check";
import type { Spans } from "../../../operations/data/port";
import { apart } from "../../../operations/data/runs/scan";

const most = 60;
/** Ranges in ascending order that do not touch. */
const spans = fc
  .uniqueArray(fc.integer({ min: -most, max: most }), { maxLength: 12 })
  .map((ends) => [...ends].sort((a, b) => a - b))
  .map((ends): Spans => {
    const pairs = ends.flatMap((low, at) => (at % 2 === 0 ? [[low, ends[at + 1] ?? low] as const] : []));
    return { first: pairs.map(([low]) => String(low)), last: pairs.map(([, high]) => String(high)) };
  });
const holds = ({ first, last }: Spans, id: number): boolean =>
  first.some((low, at) => Number(low) <= id && id <= Number(last[at]));

test("ranges are parted into those without any of the ids and those that end with one, and nothing is lost", () => {
  fc.assert(
    fc.property(
      spans,
      fc.array(fc.integer({ min: -most - 5, max: most + 5 }), { maxLength: 20 }),
      (all, ids) => {
        const { free, taken } = apart(
          all,
          ids.map((id) => BigInt(id)),
        );
        for (let id = -most - 5; id <= most + 5; id++)
          expect([holds(free, id), holds(taken, id)].filter(Boolean)).toHaveLength(holds(all, id) ? 1 : 0);
        for (const id of ids) expect(holds(free, id)).toBe(false);
        for (const end of taken.last) expect(ids).toContain(Number(end));
      },
    ),
  );
});

test("the whole range of a type is parted too", () => {
  const all = { first: ["-9223372036854775808", "12"], last: ["0", "9223372036854775807"] };
  expect(apart(all, [20n, 15n])).toEqual({
    free: { first: ["-9223372036854775808", "21"], last: ["0", "9223372036854775807"] },
    taken: { first: ["12"], last: ["20"] },
  });
});
