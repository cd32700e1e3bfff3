import fc from "fast-check";
import { planVisit, profile, purposes } from "../../../rehearsal/visitors/plan";
import { Random } from "../../../rehearsal/visitors/random";

const seeds = fc.integer();
const numbers = fc.nat({ max: 100_000 });

test("the same seed gives the same visit and the same person", () => {
  fc.assert(
    fc.property(seeds, numbers, (seed, number) => {
      expect(planVisit(seed, number)).toEqual(planVisit(seed, number));
      expect(profile(seed, number, 16)).toEqual(profile(seed, number, 16));
    }),
  );
});

test("a visit does not depend on those before it, and another seed gives another day", () => {
  const day = (seed: number): unknown[] => Array.from({ length: 50 }, (_, number) => planVisit(seed, number));
  expect(day(1)).not.toEqual(day(2));
  expect(day(1)[49]).toEqual(planVisit(1, 49));
});

test("every purpose occurs, a basket is never used twice, some payments are slow", () => {
  const visits = Array.from({ length: 3_000 }, (_, number) => planVisit(20_100_512, number));
  expect(new Set(visits.map(({ purpose }) => purpose))).toEqual(new Set(purposes));
  const orders = visits.flatMap((visit) => visit.orders);
  expect(orders.length).toBeGreaterThan(2_000);
  expect(new Set(orders.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(orders.length);
  expect(new Set(orders.map(({ design }) => design.name)).size).toBe(orders.length);
  const slow = orders.filter(({ card }) => card === "slow-card").length;
  expect(slow).toBeGreaterThan(30);
  expect(slow).toBeLessThan(150);
});

test("people are told apart by their e-mail and spread over all resolvers", () => {
  const people = Array.from({ length: 500 }, (_, index) => profile(3, index, 8));
  expect(new Set(people.map(({ email }) => email)).size).toBe(500);
  expect(new Set(people.map(({ resolver }) => resolver))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
});

test("numbers keep to their bounds, and keys have the form of a UUID", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: -50, max: 50 }), fc.nat({ max: 100 }), (seed, low, more) => {
      const random = new Random(seed, "test");
      const value = random.between(low, low + more);
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(low + more);
      expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
  expect(() => new Random(1).pick([])).toThrow("nothing to pick from");
});
