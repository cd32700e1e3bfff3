import { unknownText } from "../../policy/unknown";
import { block, code, inert, shortened } from "./escape";
import { findings, type Review, type StackReview, type Verdict } from "./review";
import { difference, dollars, plural } from "./summary";

/** By this the comment is found again: the first line of it, which nobody sees. */
export const marker = "<!-- standby review -->";

export interface MarkdownOptions {
  /** Address of the folder that holds `docs/`, with no slash at its end; without one, pages are only named. */
  readonly project?: string | undefined;
  /** Address of the run's log. */
  readonly log?: string | undefined;
}

const heads: Readonly<Record<Verdict, string>> = {
  pass: "✅ Standby review: nothing stands against it",
  violation: "❌ Standby review: to be mended first",
  unsafe: "❌ Standby review: not safe",
  error: "⚠️ Standby review: the preview failed",
};

/** GitHub takes 65,536 characters. */
const longest = 60_000;
/** What is listed of each kind, before the rest is only counted. */
const listed = 40;

/** A review as the comment of a pull request. Whatever comes from the change is shown as the text that it is. */
export function reviewMarkdown(review: Review, options: MarkdownOptions = {}): string {
  const parts = [
    marker,
    `## ${heads[review.verdict]}`,
    inert(review.summary),
    ...review.stacks.flatMap(flipOf),
    ...section("Not safe", review.stacks.flatMap(dangersOf)),
    ...section(
      "To be mended",
      review.stacks.flatMap((stack) => violationsOf(stack, "mandatory", options)),
    ),
    ...section("What failed", review.stacks.flatMap(errorsOf)),
    ...section(
      "Worth a look",
      review.stacks.flatMap((stack) => violationsOf(stack, "advisory", options)),
    ),
    ...changesOf(review),
    ...openOf(review),
    foot(review, options),
  ];
  const whole = parts.join("\n\n");
  if (whole.length <= longest) return `${whole}\n`;
  const head = parts.slice(0, 3).join("\n\n");
  return `${head}\n\nThe rest is too long for a comment${options.log === undefined ? "" : `: [the log](${options.log}) has it`}.\n`;
}

function section(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const rest = items.length - listed;
  return [`### ${title}`, ...items.slice(0, listed), ...(rest > 0 ? [`… and ${String(rest)} more.`] : [])];
}

const at = (stack: string, resource: string | null): string =>
  resource === null ? `stack ${code(stack)}` : `${code(resource)} in stack ${code(stack)}`;
const sentence = (text: string): string => inert(/[.!?]$/.test(text) ? text : `${text}.`);

/** Where the shop's visitors would be led: what a reviewer of a flip looks at first. */
const flipOf = ({ stack, flip }: StackReview): readonly string[] =>
  flip === null ? [] : [`**The flip**, stack ${code(stack)}: ${target(flip.from)} → ${target(flip.to)}`];

const target = (host: string): string =>
  host === unknownText ? "a name that is not known yet" : host === "" ? "nowhere" : code(host);

const dangersOf = ({ stack, dangers }: StackReview): readonly string[] =>
  dangers.map(
    ({ resource, message, fix }) =>
      `- **${code(resource)}** in stack ${code(stack)}  \n  ${sentence(shortened(message, 1500))}  \n  **Fix:** ${sentence(fix)}`,
  );

/** One item for what one change mends, however many resources it is found at. */
function violationsOf(
  { stack, violations }: StackReview,
  level: "mandatory" | "advisory",
  options: MarkdownOptions,
): readonly string[] {
  return findings(violations.filter((each) => each.level === level)).map(([first, ...others]) => {
    const { rule, resource, message, fix, docs } = first;
    // The pack says first what the rule guards, then what was found.
    const [guards = "", ...found] = message.split("\n");
    const [finding = "", story] = found.length === 0 ? [guards, undefined] : [found.join(" "), guards];
    const names = others.flatMap((other) => other.resource ?? []);
    const also = names.slice(0, 12).map(code).join(", ");
    return [
      `- **${code(rule)}**, ${at(stack, resource)}${docs === null ? "" : `, ${page(docs, options)}`}`,
      `  ${sentence(shortened(finding.trim(), 1500))}`,
      ...(fix === null ? [] : [`  **Fix:** ${sentence(shortened(fix, 1500))}`]),
      ...(names.length === 0
        ? []
        : [
            `  **The same of:** ${also}${names.length > 12 ? `, and ${String(names.length - 12)} more` : ""}.`,
          ]),
      ...(story === undefined ? [] : [`  _Why:_ ${sentence(shortened(story, 600))}`]),
    ].join("  \n");
  });
}

function page(docs: string, { project }: MarkdownOptions): string {
  return project === undefined || !/^docs\/[\w./-]+(#[\w-]+)?$/.test(docs)
    ? `see ${code(docs)}`
    : `[what it asks for](${project}/${docs})`;
}

const errorsOf = ({ stack, errors }: StackReview): readonly string[] =>
  errors.length === 0
    ? []
    : [`The preview of stack ${code(stack)} says:`, block(shortened(errors.join("\n\n"), 6000))];

function changesOf({ stacks, cost }: Review): readonly string[] {
  const known = stacks.filter(({ complete }) => complete);
  if (known.length === 0) return [];
  const money = moneyColumns(known);
  const rows = stacks.map(({ stack, counts, complete, cost: own }) =>
    row([
      code(stack),
      ...[counts.create, counts.update, counts.replace, counts.delete, counts.same].map((count) =>
        complete ? String(count) : "?",
      ),
      ...money.map(({ cell }) => (complete ? cell(own) : "?")),
    ]),
  );
  const sum =
    known.length > 1 && known.length === stacks.length && money.length > 0
      ? [row(["together", "", "", "", "", "", ...money.map(({ cell }) => cell(cost))])]
      : [];
  const columns = [
    "stack",
    "made",
    "changed",
    "replaced",
    "deleted",
    "kept",
    ...money.map(({ head }) => head),
  ];
  return [
    "### What would change",
    [row(columns), row(["---", ...columns.slice(1).map(() => "---:")]), ...rows, ...sum].join("\n"),
    ...(known.length < stacks.length ? ["A “?” stands where the preview did not come to its end."] : []),
    ...known.flatMap(listOf),
  ];
}

interface Column {
  readonly head: string;
  readonly cell: (cost: Review["stacks"][number]["cost"]) => string;
}

/** Where nothing stands yet, there is no before. */
function moneyColumns(known: readonly StackReview[]): readonly Column[] {
  const amount = (value: number | null): string => (value === null ? "–" : dollars(value));
  if (known.every(({ cost }) => (cost.after ?? 0) === 0 && (cost.before ?? 0) === 0)) return [];
  if (known.every(({ cost }) => cost.before === null))
    return [{ head: "a month", cell: ({ after }) => amount(after) }];
  return [
    { head: "month before", cell: ({ before }) => amount(before) },
    { head: "month after", cell: ({ after }) => amount(after) },
    {
      head: "difference",
      cell: ({ before, after }) =>
        before === null || after === null || before === after ? "–" : difference(before, after),
    },
  ];
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const words = { create: "made", update: "changed in place", replace: "replaced", delete: "deleted" } as const;
const order = ["replace", "delete", "update", "create"] as const;

function listOf({ stack, changes, counts }: StackReview): readonly string[] {
  // A stack that is made from nothing is no list to read.
  if (changes.length === 0 || (counts.same === 0 && counts.create === changes.length)) return [];
  const lines = order.flatMap((fate) =>
    changes
      .filter((change) => change.fate === fate)
      .map(({ name, type, properties }) => {
        const what = properties.length === 0 ? "" : `: ${properties.slice(0, 8).map(code).join(", ")}`;
        return `- ${words[fate]} ${code(name)} (${code(type)})${what}${properties.length > 8 ? ", …" : ""}`;
      }),
  );
  const rest = lines.length - listed;
  return [
    details(
      `What changes in ${plain(stack)}: ${plural(changes.length, "resource")}`,
      [...lines.slice(0, listed), ...(rest > 0 ? [`- … and ${String(rest)} more`] : [])].join("\n"),
    ),
  ];
}

/** Stacks' names hold nothing else; what does is no name. */
const plain = (name: string): string => name.replaceAll(/[^\w./-]/g, "");

function openOf({ stacks }: Review): readonly string[] {
  const lines = stacks.flatMap(({ stack, open }) =>
    open.map(({ rule, what }) => `- ${code(rule)}, stack ${code(stack)}: ${inert(shortened(what, 400))}`),
  );
  if (lines.length === 0) return [];
  return [
    details(
      `Judged once it exists: ${plural(lines.length, "rule")} could not see everything`,
      `Neither good nor bad as yet. \`pulumi up\` judges these again.\n\n${lines.slice(0, listed).join("\n")}`,
    ),
  ];
}

const details = (title: string, body: string): string =>
  `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;

const places: Readonly<Record<Review["where"], string>> = {
  cloud: "previewed against the real stacks",
  local: "previewed on a local cloud, from nothing, by the pull request's own code",
  files: "from previews made elsewhere",
};

function foot({ where, cost }: Review, { log }: MarkdownOptions): string {
  const unknown =
    cost.unknown.length === 0
      ? ""
      : `, without ${plural(cost.unknown.length, "resource")} whose price is not known`;
  const money =
    cost.after === null
      ? ""
      : ` Cost: list prices of ${cost.pricesAsOf}${unknown}, traffic of a usual month.`;
  return `<sub>${places[where].charAt(0).toUpperCase()}${places[where].slice(1)}.${money}${log === undefined ? "" : ` <a href="${log}">Log</a>.`}</sub>`;
}
