import { z } from "zod";

/** What a wrong value's message needs beside the value itself. */
export interface Rule {
  /** What is allowed, as the reader of an error sees it. */
  readonly allowed: string;
  /** A value that is allowed, as it would be typed after `pulumi config set KEY`. */
  readonly example: string;
  /** Never printed, neither the value nor the example. */
  readonly secret?: true;
}

/** The params of the issues that leaves raise; {@link file://./parse.ts} turns them into messages. */
export interface LeafProblem extends Rule {
  readonly value: unknown;
}

/**
 * A setting: parsed by `shape`, and reported with its rule when it is wrong or missing.
 * @param fallback the default; without one the setting is required.
 */
export function leaf<T>(shape: z.ZodType<T>, rule: Rule, fallback?: T) {
  return z
    .unknown()
    .optional()
    .transform((value, context): T => {
      if (value === undefined && fallback !== undefined) return fallback;
      const parsed = shape.safeParse(value);
      if (parsed.success) return parsed.data;
      context.addIssue({ code: "custom", message: rule.allowed, params: { ...rule, value } });
      return z.NEVER;
    });
}

/** A setting that may be left out. */
export function optionalLeaf<T>(shape: z.ZodType<T>, rule: Rule) {
  return leaf<T | undefined>(shape.optional(), rule);
}

/** Config values are strings; numbers within structured ones are not. */
const numeric = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .pipe(z.number());

export const number = (minimum: number, maximum: number): z.ZodType<number> =>
  numeric.pipe(z.number().min(minimum).max(maximum));

export const whole = (minimum: number, maximum: number): z.ZodType<number> =>
  numeric.pipe(z.int().min(minimum).max(maximum));

export const flag: z.ZodType<boolean> = z.union([
  z.boolean(),
  z.stringbool({ truthy: ["true"], falsy: ["false"] }),
]);

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** A fully qualified host name in lower case, without a trailing dot. */
export const hostName = z
  .string()
  .max(253)
  .regex(new RegExp(`^(${label}\\.)+${label}$`))
  .refine((name) => !/^[\d.]+$/.test(name));

export const ipv4 = z.ipv4();
