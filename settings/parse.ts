import { namespace } from "./namespace";
import { z } from "zod";
import { isStructured, secretPath } from "./schema";
import { setCommand } from "./set-command";
import { SettingsError } from "./settings-error";

/** A stack's own config as it was given: keys without their namespace, values as text or already structured. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** What a set of settings is made of, beside its schema. */
export interface SettingsShape<T> {
  readonly schema: z.ZodType<T>;
  /** Keys of the other stacks: known, but of no effect here. */
  readonly elsewhere: readonly string[];
  /** Rules that look at several settings as given; each returns its fault. */
  readonly together?: readonly ((raw: RawSettings, stack: string) => string | undefined)[];
}

const problem = z.object({
  allowed: z.string(),
  example: z.string(),
  secret: z.literal(true).optional(),
  value: z.unknown(),
});

function display(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : JSON.stringify(value);
}

function keyOf(path: readonly PropertyKey[]): string {
  return `${namespace()}${path.map(String).join(".")}`;
}

function describe(
  issue: z.core.$ZodIssue,
  shape: SettingsShape<unknown>,
  stack: string,
  raw: RawSettings,
): string[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const remedy = `pulumi config rm ${issue.path.length > 0 ? "--path " : ""}${[...issue.path, key].map(String).join(".")} --stack ${stack}`;
      return shape.elsewhere.includes(key) && issue.path.length === 0
        ? `${keyOf([key])} has no effect in this stack: it belongs to another. Fix: ${remedy}`
        : `${keyOf([...issue.path, key])} is not a setting. Fix: correct its name, or ${remedy}`;
    });
  if (issue.code === "custom") {
    const found = problem.safeParse(issue.params);
    if (!found.success) return [`${keyOf(issue.path)} ${issue.message}`];
    const { allowed, example, secret, value } = found.data;
    const state =
      value === undefined
        ? "is not set"
        : secret === true
          ? "is set, but not as it must be"
          : `is ${display(value)}`;
    return [
      `${keyOf(issue.path)} ${state}; allowed: ${allowed}. Fix: ${setCommand(issue.path, stack, example, secret)}`,
    ];
  }
  // A structured setting whose outer form is wrong.
  const list = issue.code === "invalid_type" && issue.expected === "array";
  const key = issue.path.map(String).join(".");
  const first = list ? `'${key}[0]'` : `${key}.NAME`;
  return [
    `${keyOf(issue.path)} is ${display(raw[key])}; allowed: ${list ? "a list" : "named values"}. Fix: pulumi config set --path ${first} VALUE --stack ${stack}`,
  ];
}

/** Text that holds JSON is opened; anything else is left for the schema to judge. */
function open(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * Checks a stack's settings and gives them typed, defaults filled in.
 * @param inClear keys that are stored unencrypted although the shape calls them secret.
 * @throws SettingsError naming every fault at once
 */
export function parseSettings<T>(
  shape: SettingsShape<T>,
  stack: string,
  raw: RawSettings,
  inClear: readonly string[] = [],
): T {
  const opened = Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key, isStructured(shape.schema, key) ? open(value) : value]),
  );
  const parsed = shape.schema.safeParse(opened);
  const faults = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => describe(issue, shape, stack, opened));
  for (const rule of shape.together ?? []) {
    const fault = rule(opened, stack);
    if (fault !== undefined) faults.push(fault);
  }
  for (const key of inClear)
    faults.push(
      `${keyOf([key])} is stored in clear text; allowed: encrypted only. Fix: change that secret where it is used, then ${setCommand(
        secretPath(shape.schema, key),
        stack,
        "",
        true,
      )}`,
    );
  if (faults.length > 0 || !parsed.success) throw new SettingsError(stack, faults);
  return parsed.data;
}
