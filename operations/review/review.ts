import { exitCodes, type ExitCode } from "../fault";
import { pricesAsOf } from "../../prices/azure";
import type { Bill } from "../../settings/cost";
import { costs } from "./bill";
import { besidesFlip, isGroup, judgeChange, realChanges, type Danger } from "./change";
import type { Fate, Preview, Violation } from "./preview";
import { plainSecrets } from "./secrets";
import { summaryOf } from "./summary";

/** Where previews were made, or that they were handed over. */
export type Where = "cloud" | "local" | "files";

export const verdicts = ["pass", "violation", "unsafe", "error"] as const;
export type Verdict = (typeof verdicts)[number];

/** A month in US dollars at list price; null where it cannot be said. */
export interface MonthlyCost {
  readonly before: number | null;
  readonly after: number | null;
  /** Resources in neither sum, because their price or their size is not known. */
  readonly unknown: readonly string[];
}

export interface StackReview {
  readonly stack: string;
  readonly verdict: Verdict;
  readonly flip: { readonly from: string; readonly to: string } | null;
  readonly counts: Readonly<Record<Fate, number>>;
  readonly changes: readonly {
    readonly fate: Exclude<Fate, "same">;
    readonly name: string;
    readonly type: string;
    readonly properties: readonly string[];
  }[];
  readonly violations: readonly {
    readonly rule: string;
    readonly level: Violation["level"];
    readonly resource: string | null;
    /** What is wrong, without the fix. */
    readonly message: string;
    readonly fix: string | null;
    /** Path of the page that explains it, from the project's folder. */
    readonly docs: string | null;
  }[];
  readonly dangers: readonly Omit<Danger, "stack">[];
  readonly open: Preview["open"];
  readonly errors: readonly string[];
  /** Whether the preview came to every resource. */
  readonly complete: boolean;
  readonly policies: Preview["policies"];
  readonly cost: MonthlyCost;
}

/** What `standby review` says: part of the command line's contract. */
export interface Review {
  readonly verdict: Verdict;
  readonly where: Where;
  readonly stacks: readonly StackReview[];
  readonly cost: MonthlyCost & { readonly currency: "USD"; readonly pricesAsOf: string };
  /** One paragraph in plain words. */
  readonly summary: string;
}

/** Judges previews: one a stack. */
export function review(previews: readonly Preview[], where: Where): Review {
  const stacks = previews.map((preview) => reviewStack(preview, besidesFlip(previews, preview)));
  const verdict = worst(stacks.map((stack) => stack.verdict));
  const unsummed = {
    verdict,
    where,
    stacks,
    cost: { currency: "USD" as const, pricesAsOf, ...total(stacks.map(({ cost }) => cost)) },
  };
  return { ...unsummed, summary: summaryOf(unsummed) };
}

type Found = StackReview["violations"][number];

/** Violations by what mends them, which may be one thing for many resources; never an empty group. */
export function findings(violations: readonly Found[]): readonly (readonly [Found, ...Found[]])[] {
  const groups = new Map<string, [Found, ...Found[]]>();
  for (const violation of violations) {
    const key = JSON.stringify([violation.rule, violation.fix ?? violation.message]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [violation]);
    else group.push(violation);
  }
  return [...groups.values()];
}

/** A definite no counts more than a preview that did not come through. */
const byGravity: readonly Verdict[] = ["pass", "error", "violation", "unsafe"];
const worst = (all: readonly Verdict[]): Verdict =>
  all.reduce<Verdict>(
    (one, other) => (byGravity.indexOf(other) > byGravity.indexOf(one) ? other : one),
    "pass",
  );

export const exitCodeOf = ({ verdict }: Pick<Review, "verdict">): ExitCode =>
  verdict === "pass" ? exitCodes.done : verdict === "error" ? exitCodes.outside : exitCodes.no;

/** @param more what only a look at the other stacks shows to be unsafe */
function reviewStack(preview: Preview, more: readonly Danger[]): StackReview {
  const real = realChanges(preview);
  const { flip, dangers: own } = judgeChange(preview);
  const dangers = [...own, ...more];
  const violations = [...preview.violations, ...plainSecrets(preview)].map(taken);
  const verdict = worst([
    ...(dangers.length > 0 ? (["unsafe"] as const) : []),
    ...(violations.some(({ level }) => level === "mandatory") ? (["violation"] as const) : []),
    ...(preview.errors.length > 0 ? (["error"] as const) : []),
  ]);
  const { before, after } = costs(preview);
  return {
    stack: preview.stack,
    verdict,
    flip: flip ?? null,
    counts: countsOf(preview, real),
    changes: real.flatMap(({ fate, name, type, properties }) =>
      fate === "same" ? [] : [{ fate, name, type, properties }],
    ),
    violations,
    dangers: dangers.map(({ resource, type, message, fix }) => ({ resource, type, message, fix })),
    open: preview.open,
    errors: preview.errors,
    complete: preview.errors.length === 0 && preview.refused.length === 0,
    policies: preview.policies,
    cost: {
      before: before?.monthly ?? null,
      after: after?.monthly ?? null,
      unknown: [...new Set([before, after].flatMap((bill: Bill | null) => bill?.unknown ?? []))].sort(),
    },
  };
}

function countsOf({ changes }: Preview, real: readonly { readonly fate: Fate }[]): StackReview["counts"] {
  const of = (fate: Fate): number => real.filter((change) => change.fate === fate).length;
  return {
    same: changes.filter((change) => change.fate === "same" && !isGroup(change)).length,
    create: of("create"),
    update: of("update"),
    replace: of("replace"),
    delete: of("delete"),
  };
}

/**
 * A violation taken apart: the pack's messages end with "Fix: …. See docs/policies.md#rule.", after the rule's
 * description on a line of its own.
 */
function taken({ rule, level, resource, message }: Violation): StackReview["violations"][number] {
  const [, before = message, docs] = /^(.*?)\s*See (docs\/\S+?)\.?$/s.exec(message) ?? [];
  const [, said = before, fix] = /^(.*?)\s*Fix: (.*)$/s.exec(before) ?? [];
  return {
    rule,
    level,
    resource: resource ?? null,
    message: said.trim(),
    fix: fix?.trim() ?? null,
    docs: docs ?? null,
  };
}

function total(all: readonly MonthlyCost[]): MonthlyCost {
  // A sum that leaves a stack out would be taken for the whole.
  const sum = (side: "before" | "after"): number | null =>
    all.reduce<number | null>((one, cost) => {
      const own = cost[side];
      return one === null || own === null ? null : Math.round((one + own) * 100) / 100;
    }, 0);
  return {
    before: sum("before"),
    after: sum("after"),
    unknown: [...new Set(all.flatMap(({ unknown }) => unknown))].sort(),
  };
}
