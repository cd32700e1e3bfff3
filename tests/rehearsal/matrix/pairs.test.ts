import fc from "fast-check";
import { configurations, livesOf, pairs, values } from "../../../rehearsal/matrix/configurations";
import { cover, pairsOf, product, valuesOf } from "../../../rehearsal/matrix/pairs";

const dimensions = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 })
  .map((sizes) =>
    Object.fromEntries(
      sizes.map((size, index) => [`d${String(index)}`, Array.from({ length: size }, (_, value) => value)]),
    ),
  );

test("every pair of values, or every value, is met in no more combinations than there are", () => {
  fc.assert(
    fc.property(dimensions, (values) => {
      const all = product<Record<string, number>>(values);
      expect(all).toHaveLength(Object.values(values).reduce((count, { length }) => count * length, 1));
      const few = cover(all, pairsOf);
      expect(new Set(few.flatMap(pairsOf))).toEqual(new Set(all.flatMap(pairsOf)));
      expect(few.length).toBeLessThanOrEqual(all.length);
      const fewer = cover(all, valuesOf);
      expect(new Set(fewer.flatMap(valuesOf))).toEqual(new Set(all.flatMap(valuesOf)));
      // Of a full product, each one chosen can hold a new value of every dimension that has one left.
      expect(fewer).toHaveLength(Math.max(...Object.values(values).map(({ length }) => length)));
    }),
  );
});

test("every configuration once, and a few that stand for all pairs or values", () => {
  expect(configurations).toHaveLength(3 * 3 * 3 * 2 * 2);
  expect(new Set(configurations.map(({ name }) => name)).size).toBe(configurations.length);
  expect(pairs.length).toBeLessThanOrEqual(12);
  expect(values.map(({ name }) => name)).toEqual([
    "postgres-managed-external-dnsOnly-open-smtp",
    "sqlserver-keyVault-address-proxied-paused-identity",
    "mysql-acme-external-dnsOnly-open-smtp",
  ]);
});

test("each engine with each certificate sends mail both ways, its shop open and closed", () => {
  const met = configurations.map(({ engine, certificate, shop, mail }) =>
    [engine, certificate, shop, mail].join("-"),
  );
  expect(new Set(met).size).toBe(3 * 3 * 2 * 2);
});

test("eighteen lives hold every configuration once, in two standings that stand otherwise", () => {
  const lives = livesOf(configurations);
  expect(lives).toHaveLength(18);
  const played = lives.flatMap(({ standings }) => standings.flatMap((each) => each.configurations));
  expect(played.map(({ name }) => name).sort()).toEqual(configurations.map(({ name }) => name).sort());
  for (const { choice, standings } of lives) {
    expect(standings.map((each) => each.choice.shop).sort()).toEqual(["open", "paused"]);
    for (const standing of standings)
      for (const each of standing.configurations)
        expect({ ...each, ownPrimary: each.primary === "appService" }).toMatchObject({
          ...choice,
          ...standing.choice,
        });
  }
  // Each way to stand is made from nothing, and each in place.
  for (const place of [0, 1])
    expect(new Set(lives.map(({ standings }) => JSON.stringify(standings[place]?.choice))).size).toBe(4);
});

test("a life of few configurations stands only as they want it", () => {
  const [only] = values;
  expect(livesOf(only === undefined ? [] : [only])).toEqual([
    {
      choice: { engine: "postgres", certificate: "managed", ownPrimary: false },
      standings: [{ choice: { shop: "open", mail: "smtp" }, configurations: [only] }],
    },
  ]);
});
