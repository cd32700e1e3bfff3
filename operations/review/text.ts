import type { Review, StackReview } from "./review";
import { findings } from "./review";
import { difference, dollars } from "./summary";

const words = { pass: "PASS", violation: "VIOLATION", unsafe: "UNSAFE", error: "FAILED" } as const;

/** A review for a terminal. */
export function reviewText(review: Review): string {
  return [...review.stacks.flatMap(stackText), words[review.verdict], review.summary].join("\n");
}

function stackText({
  stack,
  verdict,
  flip,
  counts,
  changes,
  dangers,
  violations,
  errors,
  open,
  cost,
}: StackReview): string[] {
  return [
    `${stack}: ${words[verdict]}  ${["create", "update", "replace", "delete"]
      .map((fate) => `${String(counts[fate as keyof typeof counts])} to ${fate}`)
      .join(", ")}${money(cost)}`,
    ...(flip === null ? [] : [`  flip: ${flip.from} → ${flip.to}`]),
    ...changes
      .filter(({ fate }) => fate !== "create")
      .map(({ fate, name, type, properties }) =>
        `  ${fate} ${name} (${type}) ${properties.join(", ")}`.trimEnd(),
      ),
    ...dangers.flatMap(({ message, fix }) => [`  unsafe: ${message}`, `    fix: ${fix}`]),
    ...findings(violations).flatMap(([{ rule, level, message, fix, docs }, ...others]) => [
      `  ${level} ${rule}: ${message.replaceAll("\n", " ")}${others.length === 0 ? "" : ` (and ${String(others.length)} more like it)`}`,
      ...(fix === null ? [] : [`    fix: ${fix}`]),
      ...(docs === null ? [] : [`    see: ${docs}`]),
    ]),
    ...errors.map((error) => `  failed: ${error.replaceAll("\n", "\n  ")}`),
    ...(open.length === 0 ? [] : [`  judged once it exists: ${open.map(({ rule }) => rule).join(", ")}`]),
  ];
}

function money({ before, after }: StackReview["cost"]): string {
  if (after === null) return "";
  if (before === null) return `; ${dollars(after)} a month`;
  return before === after
    ? `; ${dollars(after)} a month, as before`
    : `; ${dollars(before)} → ${dollars(after)} a month (${difference(before, after)})`;
}
