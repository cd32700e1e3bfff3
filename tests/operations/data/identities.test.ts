import fc from "fast-check";
import {
  overflows,
  planGenerator,
  wantedOffset,
  type GeneratorState,
} from "../../../operations/data/identities";
import type { Generator } from "../../../operations/data/model";
import type { OffsetRule } from "../../../operations/data/policy";

const generator = (more: Partial<Generator> = {}): Generator => ({
  name: "public.orders_id_seq",
  increment: 1n,
  max: 2147483647n,
  cache: 1n,
  cycles: false,
  uses: [{ table: "public.orders", column: "id", kind: "serial", typeMax: 2147483647n }],
  ...more,
});
const state = (more: Partial<GeneratorState> = {}): GeneratorState => ({
  generator: generator(),
  from: 12345n,
  to: 12345n,
  maxFrom: [12345n],
  maxTo: [12345n],
  recorded: undefined,
  ...more,
});
const fixed = (ids: bigint): OffsetRule => ({ kind: "fixed", ids });

test("the story's 1,500 ids above 12,345 start at a number one can read", () => {
  const plan = planGenerator(state(), fixed(1500n));
  expect(plan).toMatchObject({ highest: 12345n, seed: 14000n, status: "planned" });
  expect(plan.identities[0]).toMatchObject({
    offset: 1655n,
    used: 0n,
    headroom: 1655n,
    typeMax: 2147483647n,
  });
});

test("a forecast counts tail and age of the sync, the factor, and what a crash burns", () => {
  const rule: OffsetRule = {
    kind: "forecast",
    policy: { rowsPerHour: 100, tailHours: 16, syncAgeHours: 24, safety: 1.5 },
  };
  expect(wantedOffset(rule, { increment: 1n, cache: 1n })).toBe(6032n);
  expect(wantedOffset(rule, { increment: 2n, cache: 20n })).toBe(2n * (6000n + 640n));
  // An engine that says itself what a restart loses.
  expect(wantedOffset(rule, { increment: 1n, cache: 1n, burnt: 10_000n })).toBe(16_000n);
  expect(wantedOffset(rule, { increment: 1n, cache: 1n, burnt: 0n })).toBe(6000n);
});

test("headroom is what is left up to the seed that was set, however far the primary has come", () => {
  const plan = planGenerator(
    state({ from: 12900n, recorded: { highest: 12345n, seed: 14000n }, to: 14000n }),
    fixed(1000n),
  );
  expect(plan.identities[0]).toMatchObject({ used: 555n, headroom: 1100n });
});

test("the standby's own seed never counts into the highest, so a sync a night does not push it on", () => {
  const first = planGenerator(state(), fixed(1500n));
  const second = planGenerator(state({ to: first.seed }), fixed(1500n));
  expect(second).toMatchObject({ seed: first.seed, status: "enough" });
});

test("one that would overflow is named with its limit", () => {
  const plan = planGenerator(
    state({
      generator: generator({ uses: [{ table: "public.t", column: "n", kind: "serial", typeMax: 32767n }] }),
      from: 32000n,
    }),
    fixed(1500n),
  );
  expect(plan.status).toBe("overflow");
  expect(overflows([plan])).toEqual([expect.stringMatching(/^public\.t\.n: 34000 is beyond 32767/)]);
});

test("for any state: never lower, always clear of the source, on the sequence's own residue, within the type", () => {
  const id = fc.bigInt({ min: 0n, max: 2n ** 40n });
  fc.assert(
    fc.property(
      id,
      id,
      id,
      id,
      fc.bigInt({ min: 0n, max: 10n ** 9n }),
      fc.bigInt({ min: 1n, max: 50n }),
      fc.constantFrom(32767n, 2147483647n, 2n ** 63n - 1n),
      (from, to, maxFrom, maxTo, offset, increment, typeMax) => {
        const plan = planGenerator(
          state({
            generator: generator({
              increment,
              max: 2n ** 63n - 1n,
              uses: [{ table: "t", column: "id", kind: "serial", typeMax }],
            }),
            from,
            to,
            maxFrom: [maxFrom],
            maxTo: [maxTo],
          }),
          fixed(offset),
        );
        const highest = from > maxFrom ? from : maxFrom;
        expect(plan.highest).toBe(highest);
        expect(plan.seed >= to).toBe(true);
        expect(plan.seed >= highest + offset).toBe(true);
        expect(plan.status === "enough").toBe(plan.seed === to);
        if (plan.status === "planned") {
          expect(plan.seed <= typeMax).toBe(true);
          expect((plan.seed - (from === 0n ? highest : from)) % increment).toBe(0n);
          const least = highest + offset * 2n > maxTo ? highest + offset * 2n : maxTo;
          expect(plan.seed < least + 2n * increment + 1n).toBe(true);
          // Below its own rows it would hand them out once more.
          expect(plan.seed >= maxTo).toBe(true);
        }
        if (plan.status === "overflow") expect(plan.seed > typeMax).toBe(true);
      },
    ),
  );
});
