import { findings, type Review, type StackReview } from "./review";

/** One paragraph for whoever has never heard of Pulumi. */
export function summaryOf(review: Omit<Review, "summary">): string {
  const { stacks, where } = review;
  return [
    verdictWords(review),
    ...stacks.filter(({ flip }) => flip !== null).map(flipWords),
    changeWords(stacks, where),
    costWords(review),
    ...whereWords(review),
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

const sum = (stacks: readonly StackReview[], of: (stack: StackReview) => number): number =>
  stacks.reduce((all, stack) => all + of(stack), 0);

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${String(count)} ${count === 1 ? one : many}`;

function verdictWords({ verdict, stacks }: Omit<Review, "summary">): string {
  const failed = stacks.filter(({ errors }) => errors.length > 0).map(({ stack }) => stack);
  const rest =
    failed.length === 0 ? "" : ` Besides, the preview of ${listed(failed)} failed, so more may be wrong.`;
  const violations = sum(
    stacks,
    (each) => findings(each.violations.filter(({ level }) => level === "mandatory")).length,
  );
  const dangers = sum(stacks, ({ dangers: found }) => found.length);
  switch (verdict) {
    case "pass":
      return stacks.every(({ policies }) => policies === "run")
        ? `Nothing here would repeat the story: ${ruleWords(stacks)}, and what holds data stays.`
        : "What holds data stays. The rules were not all run: these previews tell nothing of them.";
    case "violation":
      return `This would repeat a part of the story: ${plural(violations, "thing")} must be mended first.${rest}`;
    case "unsafe":
      return (
        `This change is not safe: ${plural(dangers, "thing")} would be lost or taken along` +
        `${violations === 0 ? "" : `, and ${plural(violations, "rule")} broken`}.${rest}`
      );
    case "error":
      return `Nothing can be said yet: the preview of ${listed(failed)} failed before it was done. That is no verdict on the change.`;
  }
}

/** What is not known yet is neither kept nor broken. */
function ruleWords(stacks: readonly StackReview[]): string {
  const open = new Set(stacks.flatMap((stack) => stack.open.map(({ rule }) => rule))).size;
  return open === 0
    ? "every rule is kept"
    : `no rule is broken, though ${plural(open, "rule")} cannot see everything before it exists`;
}

const listed = (names: readonly string[]): string => names.join(" and ");

function isCleanFlip({ flip, counts, dangers }: StackReview): boolean {
  const whole = counts.create + counts.update + counts.replace + counts.delete;
  return flip !== null && dangers.length === 0 && whole === 1;
}

function flipWords(stack: StackReview): string {
  return isCleanFlip(stack)
    ? "It leads the shop's visitors to the other site: one DNS record changes in place, and nothing else."
    : "It leads the shop's visitors to the other site, but not as one record changed in place and nothing else.";
}

function changeWords(stacks: readonly StackReview[], where: Review["where"]): string {
  const judged = stacks.filter(({ complete }) => complete);
  if (judged.length < stacks.length)
    return stacks.some(({ errors, complete }) => !complete && errors.length === 0)
      ? "Pulumi looked no further, so what else would change is not known."
      : "";
  const all = { create: 0, update: 0, replace: 0, delete: 0 };
  for (const { counts } of judged)
    for (const fate of ["create", "update", "replace", "delete"] as const) all[fate] += counts[fate];
  if (where === "local")
    return `It was previewed from nothing: ${plural(all.create, "resource")} would be made.`;
  // A clean flip has been told in full.
  if (all.create + all.update + all.replace + all.delete === 1 && stacks.some(isCleanFlip)) return "";
  const parts = [
    ...(all.create === 0 ? [] : [`${plural(all.create, "resource")} made`]),
    ...(all.update === 0 ? [] : [`${String(all.update)} changed in place`]),
    ...(all.replace === 0 ? [] : [`${String(all.replace)} replaced`]),
    ...(all.delete === 0 ? [] : [`${String(all.delete)} deleted`]),
  ];
  return parts.length === 0 ? "Nothing that stands would change." : `Of what stands: ${parts.join(", ")}.`;
}

export const dollars = (amount: number): string =>
  `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** Difference with its sign. */
export const difference = (before: number, after: number): string =>
  `${after < before ? "−" : "+"}${dollars(Math.abs(after - before))}`;

function costWords({ cost: { before, after } }: Omit<Review, "summary">): string {
  if (after === null) return "";
  if (before === null) return `A month would cost about ${dollars(after)} at list price.`;
  if (before === after) return after === 0 ? "" : `A month costs about ${dollars(after)}, as before.`;
  return `A month would cost about ${dollars(after)} in place of ${dollars(before)} (${difference(before, after)}).`;
}

function whereWords({ where, stacks }: Omit<Review, "summary">): readonly string[] {
  if (where === "local")
    return [
      "No cloud credentials were at hand, so this ran on a local cloud where nothing stands yet: what would be replaced " +
        "or deleted in the real one was not looked at.",
    ];
  const untold = stacks.filter(({ policies, errors }) => policies !== "run" && errors.length === 0);
  return untold.length === 0
    ? []
    : [
        `No policies were run on ${listed(untold.map(({ stack }) => stack))}: add --policy-pack to the preview.`,
      ];
}
