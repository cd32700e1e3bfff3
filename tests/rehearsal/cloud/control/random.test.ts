import fc from "fast-check";
import { secret, unknownValue } from "../../../../rehearsal/cloud/control/json";
import { charactersSchema, draw } from "../../../../rehearsal/cloud/control/random/characters";
import { createRandom } from "../../../../rehearsal/cloud/control/random/package";

const random = createRandom();
const password = "random:index/randomPassword:RandomPassword";

test("what is drawn has the length and the least counts that were asked for", () => {
  const least = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 60 }), least, least, least, least, (length, a, b, c, d) => {
      const wanted = { length, minLower: a, minUpper: b, minNumeric: c, minSpecial: d };
      const drawn = draw(charactersSchema.parse(wanted));
      const count = (pattern: RegExp): number => drawn.match(pattern)?.length ?? 0;
      expect(drawn).toHaveLength(length);
      expect(count(/[a-z]/g)).toBeGreaterThanOrEqual(a);
      expect(count(/[A-Z]/g)).toBeGreaterThanOrEqual(b);
      expect(count(/\d/g)).toBeGreaterThanOrEqual(c);
      expect(count(/[^a-zA-Z0-9]/g)).toBeGreaterThanOrEqual(d);
    }),
  );
});

test("only allowed characters are drawn, and never from nothing", () => {
  const only = { length: 200, upper: false, numeric: false, special: false };
  expect(draw(charactersSchema.parse(only))).toMatch(/^[a-z]{200}$/);
  expect(() => draw(charactersSchema.parse({ ...only, lower: false }))).toThrow("no characters are left");
  expect(() => draw(charactersSchema.parse({ length: 2, minLower: 3 }))).toThrow("length is 2, below the 3");
});

test("a password is secret, in preview as afterwards, and its id tells nothing", async () => {
  const request = { type: password, urn: "", inputs: { length: 24 } };
  const planned = await random.create({ ...request, preview: true });
  expect(planned.state["result"]).toEqual(secret(unknownValue));
  const { id, state } = await random.create({ ...request, preview: false });
  expect(id).toBe("none");
  expect(state["result"]).toEqual(secret(expect.stringMatching(/^.{24}$/) as string));
});

test("another input replaces, an unknown input or type fails", () => {
  expect(random.diff(password, { length: 24 }, { length: 32 }).differences).toEqual([
    { path: "length", kind: "update", replaces: true },
  ]);
  const request = { name: "it", before: {}, after: { length: 24, len: 1 }, seed: new Uint8Array() };
  expect(random.check({ ...request, type: password }).failures).toHaveLength(1);
  expect(() => random.check({ ...request, type: "random:index/randomPet:RandomPet" })).toThrow(
    "random:index/randomPet:RandomPet is not a type that the local cloud knows",
  );
});
