import { z } from "zod";
import { secretText } from "../../policy/secret-looks";
import { usage } from "../fault";

/** A resource as a preview shows it, before or after; secrets read `[secret]`. */
export interface Side {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
}

/** What would become of a resource, whatever steps the engine takes for it. */
export type Fate = "same" | "create" | "update" | "replace" | "delete";

export interface Change {
  readonly fate: Fate;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Inputs that differ, as property paths. */
  readonly properties: readonly string[];
  readonly before: Side | undefined;
  readonly after: Side | undefined;
}

export interface Violation {
  readonly rule: string;
  readonly level: "mandatory" | "advisory";
  /** Undefined where the whole stack is meant. */
  readonly resource: string | undefined;
  readonly message: string;
}

/** What a preview's own JSON says. */
export interface Preview {
  readonly stack: string;
  readonly changes: readonly Change[];
  readonly violations: readonly Violation[];
  /** What a rule could not judge, since it is only known once it exists. */
  readonly open: readonly { readonly rule: string; readonly what: string }[];
  /** Why the engine or the program failed; empty where neither did. */
  readonly errors: readonly string[];
  /** What the engine refuses to replace or delete, since it is protected, after which it looks no further. */
  readonly refused: readonly {
    readonly urn: string;
    readonly fate: "replace" | "delete";
    /** URN of what it would be replaced with, since it hangs on it. */
    readonly with: string | undefined;
  }[];
  /** Config as the engine shows it; secrets read `[secret]`. */
  readonly config: Readonly<Record<string, string>>;
  /** Whether policies were run: `pulumi preview --json` of itself tells nothing of them. */
  readonly policies: "run" | "not run" | "not told";
  /** Whether what stays the same is listed, too: without it nothing can be said of the whole. */
  readonly whole: boolean;
}

const signature = "4dabf18193072939515e22adb298388d";

const properties = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((given) => Object.fromEntries(Object.entries(given ?? {}).map(([k, v]) => [k, masked(v)])));
const side = z.object({
  inputs: properties,
  outputs: properties,
  protect: z.boolean().default(false),
  type: z.string().optional(),
});
const difference = z.record(z.string(), z.unknown()).nullish();
const names = z.array(z.string()).nullish();

const digestSchema = z.object({
  config: z.record(z.string(), z.string()).nullish(),
  steps: z
    .array(
      z.object({
        op: z.string(),
        urn: z.string(),
        oldState: side.nullish(),
        newState: side.nullish(),
        diffReasons: names,
        detailedDiff: difference,
      }),
    )
    .nullish(),
  diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })).nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
});

const metadata = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  old: side.nullish(),
  new: side.nullish(),
  diffs: names,
  detailedDiff: difference,
});
const eventSchema = z.object({
  preludeEvent: z.object({ config: z.record(z.string(), z.string()).nullish() }).optional(),
  diagnosticEvent: z.object({ message: z.string(), severity: z.string() }).optional(),
  resourcePreEvent: z.object({ metadata }).optional(),
  resOutputsEvent: z.object({ metadata }).optional(),
  policyEvent: z
    .object({
      resourceUrn: z.string().optional(),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  policyLoadEvent: z.unknown().optional(),
  summaryEvent: z.object({ result: z.string().optional() }).optional(),
});

/**
 * Reads what `pulumi preview --json` printed: the one document of itself, or, with
 * `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true`, an event a line, which alone tells what policies found.
 *
 * @param stack the stack's name
 * @throws Fault (2) where it is neither
 */
export function readPreview(stack: string, text: string): Preview {
  const whole = parsed(text.trim());
  const digest = digestSchema.safeParse(whole);
  if (typeof whole === "object" && whole !== null && !("sequence" in whole) && digest.success)
    return ofDigest(stack, digest.data);
  const events = text.split("\n").flatMap((line) => {
    const event = eventSchema.safeParse(line.startsWith("{") ? parsed(line) : undefined);
    return event.success && Object.keys(event.data).length > 0 ? [event.data] : [];
  });
  if (events.length > 0) return ofEvents(stack, events);
  throw usage(
    `the preview of the stack ${stack} is not what \`pulumi preview --json\` prints; wanted: its output as it is, from ` +
      `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json --stack ${stack} --policy-pack policy`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Taken {
  readonly op: string;
  readonly urn: string;
  readonly properties: readonly string[];
  readonly before: Side | undefined;
  readonly after: Side | undefined;
}

function ofDigest(stack: string, digest: z.output<typeof digestSchema>): Preview {
  const steps = digest.steps ?? [];
  const same = steps.filter(({ op }) => op === "same").length;
  const { errors, refused } = sorted(errorsAmong(digest.diagnostics ?? []));
  return {
    stack,
    changes: fates(
      steps.map(({ op, urn, oldState, newState, diffReasons, detailedDiff }) => ({
        op,
        urn,
        properties: changed(detailedDiff, diffReasons),
        before: oldState ?? undefined,
        after: newState ?? undefined,
      })),
    ),
    violations: [],
    open: [],
    errors,
    refused,
    config: digest.config ?? {},
    policies: "not told",
    // The stack itself is always listed; the rest of what stays the same with --show-sames alone.
    whole: same >= (digest.changeSummary?.["same"] ?? 0),
  };
}

function ofEvents(stack: string, events: readonly z.output<typeof eventSchema>[]): Preview {
  const taken = new Map<string, Taken>();
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const known = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata;
    if (known === undefined) continue;
    const { op, urn, diffs, detailedDiff, old, new: next } = known;
    taken.set(`${op} ${urn}`, {
      op,
      urn,
      properties: changed(detailedDiff, diffs),
      before: old ?? undefined,
      after: next ?? undefined,
    });
  }
  const found = events.flatMap(({ policyEvent }) => (policyEvent === undefined ? [] : [policyEvent]));
  const open = found.flatMap(({ policyName: rule, message }) => {
    const [, what] = /cannot be judged before it exists: (.*)/s.exec(message) ?? [];
    return what === undefined ? [] : [{ rule, what: what.trim().split(", ").sort().join(", ") }];
  });
  const violations = found
    .filter(({ message }) => !message.includes("cannot be judged before it exists: "))
    .map(({ policyName: rule, enforcementLevel, resourceUrn, message }): Violation => ({
      rule,
      level: enforcementLevel === "advisory" ? "advisory" : "mandatory",
      resource: resourceUrn === undefined || isRoot(resourceUrn) ? undefined : nameOf(resourceUrn),
      message: plain(message),
    }));
  const summary = events
    .flatMap(({ summaryEvent }) => (summaryEvent === undefined ? [] : [summaryEvent]))
    .at(-1);
  const { errors, refused } = sorted(
    errorsAmong(
      events.flatMap(({ diagnosticEvent }) => (diagnosticEvent === undefined ? [] : [diagnosticEvent])),
    ),
  );
  return {
    stack,
    changes: fates([...taken.values()]),
    // The rules run side by side, in another order each time.
    violations: violations.sort((a, b) => inOrder([a.rule, a.resource], [b.rule, b.resource])),
    open: open.sort((a, b) => inOrder([a.rule], [b.rule])),
    errors: refused.length > 0 ? errors : failure(errors, summary?.result, violations),
    refused,
    config: Object.assign({}, ...events.map(({ preludeEvent }) => preludeEvent?.config ?? {})) as Record<
      string,
      string
    >,
    policies: events.some(({ policyLoadEvent }) => policyLoadEvent !== undefined) ? "run" : "not run",
    // What fails early has not come to every resource.
    whole: summary !== undefined && errors.length === 0 && refused.length === 0,
  };
}

const inOrder = (one: readonly unknown[], other: readonly unknown[]): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

/** A preview that failed, and not by its policies alone, says so even where no message was printed. */
function failure(
  said: readonly string[],
  result: string | undefined,
  violations: readonly Violation[],
): readonly string[] {
  if (said.length > 0) return said;
  if (result === "succeeded" || violations.some(({ level }) => level === "mandatory")) return [];
  return [
    result === undefined
      ? "the preview ended before it was done, and said nothing of why"
      : `the preview ended as ${result}, and said nothing of why`,
  ];
}

// Terminal colours (ECMA-48), which programs put into their traces.
const colours = /\u001b\[[0-9;]*m/g;
const plain = (text: string): string =>
  text
    .replaceAll(colours, "")
    .trim()
    .split("\n")
    // What a program prints is not the engine's to mask.
    .map((line) => (secretText.test(line) ? "(a line that looks like it holds a secret)" : line))
    .join("\n");

function errorsAmong(
  diagnostics: readonly { readonly message: string; readonly severity: string }[],
): string[] {
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => plain(message.replace(/^error: /, "")));
  return [...new Set(errors.filter((message) => message !== "" && message !== "preview failed"))];
}

/** How the engine words its refusals (pulumi/pkg, deploy/step_generator.go and step.go). */
const refusals = [
  { fate: "replace", said: /unable to replace resource "([^"]+)"[\s\S]*marked for protection/ },
  { fate: "delete", said: /resource "([^"]+)" cannot be deleted\s+because it is protected/ },
] as const;

/** Refusals apart from what went wrong: the way out that the engine names, to unprotect, is the last thing to do. */
function sorted(said: readonly string[]): Pick<Preview, "errors" | "refused"> {
  const taken = said.map((error) => ({
    error,
    refused: refusals.flatMap(({ fate, said: words }) => {
      const [, urn] = words.exec(error) ?? [];
      const [, cause] = /as part of replacing "([^"]+)"/.exec(error) ?? [];
      return urn === undefined ? [] : [{ urn, fate, with: cause }];
    }),
  }));
  return {
    errors: taken.flatMap(({ error, refused }) => (refused.length === 0 ? [error] : [])),
    refused: taken.flatMap(({ refused }) => refused),
  };
}

const changed = (
  detailed: Readonly<Record<string, unknown>> | null | undefined,
  reasons: readonly string[] | null | undefined,
): readonly string[] => {
  const paths = Object.keys(detailed ?? {});
  return paths.length > 0 ? paths : (reasons ?? []);
};

/** What each step means for its resource; a step that is not named leaves it as it is. */
const meaning: Readonly<Record<string, Fate>> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  "read-replacement": "same",
  delete: "delete",
};
const gravity: readonly Fate[] = ["same", "create", "update", "delete", "replace"];

/** One change a resource: several steps replace it. */
function fates(steps: readonly Taken[]): readonly Change[] {
  const byUrn = new Map<string, Change>();
  for (const { op, urn, properties: paths, before, after } of steps) {
    const fate = meaning[op] ?? "same";
    const other = byUrn.get(urn);
    byUrn.set(urn, {
      fate: other !== undefined && gravity.indexOf(other.fate) > gravity.indexOf(fate) ? other.fate : fate,
      urn,
      type: typeOf(urn),
      name: nameOf(urn),
      properties: [...new Set([...(other?.properties ?? []), ...paths])],
      before: other?.before ?? before,
      after: after ?? other?.after,
    });
  }
  return [...byUrn.values()];
}

export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
export const typeOf = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
const isRoot = (urn: string): boolean => typeOf(urn) === "pulumi:pulumi:Stack";

/** A value without what is secret in it. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value);
  return fields.some(([key]) => key === signature)
    ? "[secret]"
    : Object.fromEntries(fields.map(([key, item]) => [key, masked(item)]));
}
