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

/** What the page of settings says of a key beside its rule. */
export interface About extends Rule {
  /** What the setting is there for, and why its default is what it is; one or two sentences. */
  readonly why: string;
  /** Of a number. */
  readonly unit?: string;
}

/** The params of the issues that leaves raise; {@link file://./parse.ts} turns them into messages. */
export interface LeafProblem extends Rule {
  readonly value: unknown;
}

/** What each leaf is about, and its default where it has one. */
export const documented = z.registry<About & { readonly fallback?: unknown }>();

/**
 * A setting: parsed by `shape`, and reported with its rule when it is wrong or missing.
 * @param fallback the default; without one the setting is required.
 */
export function leaf<T>(shape: z.ZodType<T>, about: About, fallback?: T) {
  const { allowed, example, secret } = about;
  const rule: Rule = { allowed, example, ...(secret === undefined ? {} : { secret }) };
  return z
    .unknown()
    .optional()
    .transform((value, context): T => {
      if (value === undefined && fallback !== undefined) return fallback;
      const parsed = shape.safeParse(value);
      if (parsed.success) return parsed.data;
      context.addIssue({ code: "custom", message: rule.allowed, params: { ...rule, value } });
      return z.NEVER;
    })
    .register(documented, { ...about, ...(fallback === undefined ? {} : { fallback }) });
}

/** A setting that may be left out. */
export function optionalLeaf<T>(shape: z.ZodType<T>, about: About) {
  return leaf<T | undefined>(shape.optional(), about).register(documented, { ...about, fallback: null });
}

/** A secret text; it comes out as it went in, for its section to wrap. */
export const secretLeaf = (minimum: number, about: Pick<About, "why">) =>
  leaf(z.string().min(minimum), {
    ...about,
    allowed: `a secret of at least ${String(minimum)} characters`,
    example: "",
    secret: true,
  });

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

export const uuid = (allowed: string, why: string) =>
  leaf(z.guid(), { allowed: `${allowed}, a UUID`, example: "11111111-2222-4333-8444-555555555555", why });
