import { randomInt } from "node:crypto";
import { z } from "zod";

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const numeric = "0123456789";
const special = "!@#$%&*()-_=+[]{}<>:?";

const count = z.number().int().min(0).default(0);

/** Inputs of RandomString and RandomPassword, with the provider's own defaults. */
export const charactersSchema = z.strictObject({
  length: z.number().int().min(1),
  lower: z.boolean().default(true),
  upper: z.boolean().default(true),
  numeric: z.boolean().default(true),
  number: z.boolean().default(true),
  special: z.boolean().default(true),
  minLower: count,
  minUpper: count,
  minNumeric: count,
  minSpecial: count,
  overrideSpecial: z.string().optional(),
  keepers: z.record(z.string(), z.string()).optional(),
});

export type Characters = z.infer<typeof charactersSchema>;

/**
 * Draws a text of the length and the characters asked for, from this machine's random source.
 *
 * @throws RangeError where no character is allowed or the least counts exceed the length.
 */
export function draw(wanted: Characters): string {
  const sets = [
    { allowed: wanted.lower, least: wanted.minLower, characters: lower },
    { allowed: wanted.upper, least: wanted.minUpper, characters: upper },
    { allowed: wanted.numeric && wanted.number, least: wanted.minNumeric, characters: numeric },
    { allowed: wanted.special, least: wanted.minSpecial, characters: wanted.overrideSpecial ?? special },
  ].filter(({ allowed }) => allowed);
  const all = sets.map(({ characters }) => characters).join("");
  const least = sets.reduce((sum, set) => sum + set.least, 0);
  if (all === "")
    throw new RangeError("no characters are left to draw from: allow lower, upper, numeric or special");
  if (least > wanted.length)
    throw new RangeError(
      `length is ${wanted.length}, below the ${least} characters that the min settings ask for`,
    );
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  const drawn = sets.flatMap((set) => Array.from({ length: set.least }, () => pick(set.characters)));
  while (drawn.length < wanted.length) drawn.push(pick(all));
  for (let index = drawn.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [drawn[index], drawn[other]] = [drawn[other] ?? "", drawn[index] ?? ""];
  }
  return drawn.join("");
}
