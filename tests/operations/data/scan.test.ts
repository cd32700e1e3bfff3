import * as fc from "fast-check";
import type { Spans } from "../../../operations/data/port";
import { apart, joined } from "../../../operations/data/runs/scan";

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

test("single new rows are added to ranges of them: those, and nothing else, in order", () => {
  fc.assert(
    fc.property(
      spans,
      fc.uniqueArray(fc.integer({ min: -most, max: most }), { maxLength: 30 }),
      (all, ids) => {
        const others = ids.filter((id) => !holds(all, id));
        const fresh = all.first.length === 0 ? undefined : { rows: 7, spans: all };
        const found = joined(
          fresh,
          others.map((id) => BigInt(id)),
        );
        expect(found?.rows ?? 0).toBe((fresh?.rows ?? 0) + others.length);
        const { first, last } = found?.spans ?? { first: [], last: [] };
        for (let id = -most; id <= most; id++)
          expect(holds({ first, last }, id)).toBe(holds(all, id) || others.includes(id));
        for (const [at, low] of first.entries())
          if (at > 0) expect(Number(low)).toBeGreaterThan(Number(last[at - 1]) + 1);
      },
    ),
  );
});

test("rows that are scattered too widely to be asked for as ranges are not put together", () => {
  expect(
    joined(
      undefined,
      Array.from({ length: 1001 }, (_, at) => BigInt(2 * at)),
    ),
  ).toBeUndefined();
  expect(
    joined(
      undefined,
      Array.from({ length: 1000 }, (_, at) => BigInt(2 * at)),
    )?.rows,
  ).toBe(1000);
});
