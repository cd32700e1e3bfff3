import { z } from "zod";
import { verdicts, type Review } from "./review";

const text = z.string().max(20_000);
const cost = {
  before: z.number().nullable(),
  after: z.number().nullable(),
  unknown: z.array(text).max(1000),
};
const count = z.int().min(0);

const stack = z.object({
  stack: z.string().regex(/^[\w.-]{1,100}$/),
  verdict: z.enum(verdicts),
  flip: z.object({ from: text, to: text }).nullable(),
  counts: z.object({ same: count, create: count, update: count, replace: count, delete: count }),
  changes: z
    .array(
      z.object({
        fate: z.enum(["create", "update", "replace", "delete"]),
        name: text,
        type: text,
        properties: z.array(text).max(1000),
      }),
    )
    .max(5000),
  violations: z
    .array(
      z.object({
        rule: text,
        level: z.enum(["mandatory", "advisory"]),
        resource: text.nullable(),
        message: text,
        fix: text.nullable(),
        docs: text.nullable(),
      }),
    )
    .max(5000),
  dangers: z.array(z.object({ resource: text, type: text, message: text, fix: text })).max(5000),
  open: z.array(z.object({ rule: text, what: text })).max(1000),
  errors: z.array(text).max(1000),
  complete: z.boolean(),
  policies: z.enum(["run", "not run", "not told"]),
  cost: z.object(cost),
});

/**
 * A review that was written down where anyone may have changed it: a pull request's own run. It is data, and is shown as
 * such; nothing in it is taken for true.
 */
export const reviewSchema: z.ZodType<Review> = z.object({
  verdict: z.enum(verdicts),
  where: z.enum(["cloud", "local", "files"]),
  stacks: z.array(stack).max(10),
  cost: z.object({ currency: z.literal("USD"), pricesAsOf: z.iso.date(), ...cost }),
  summary: text,
});
