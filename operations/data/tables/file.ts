/** `standby.tables.yaml`: what an operator says about tables that their definitions do not say. */
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { usage } from "../../fault";

const name = z.string().min(1, "must not be empty");
const columnName = z
  .string()
  .regex(
    /^[^.]+(?:\.[^.]+)+$/,
    "must be a table and its column with a dot between, such as orders.customer_id",
  );

/** What a number is handed out by. */
const generators = z.discriminatedUnion("generator", [
  z.strictObject({
    column: columnName,
    generator: z.literal("sequence"),
    sequence: name,
    treat: z.enum(["offset", "leave"]).default("offset"),
  }),
  z.strictObject({
    column: columnName,
    generator: z.literal("counter"),
    counter: z.strictObject({
      column: columnName,
      row: z.union([
        name,
        z.number().transform(String),
        z.array(z.union([name, z.number().transform(String)])),
      ]),
    }),
    treat: z.enum(["offset", "leave"]).default("offset"),
  }),
  z.strictObject({ column: columnName, generator: z.literal("max-plus-one") }),
  z.strictObject({ column: columnName, generator: z.literal("none") }),
]);

const references = z.union(
  [
    z.strictObject({ from: columnName, to: name }),
    z.strictObject({ from: columnName, type: name, to: z.record(name, name) }),
  ],
  'needs "from" (table.column) and "to" (a table, table.column, or none); with "type" (a column of the same table), ' +
    '"to" lists a table for each value of it',
);

const lists = <T extends z.ZodType>(of: T) => z.array(of).default([]);
const document = z.strictObject({
  tables: z
    .strictObject({ include: z.array(name).optional(), exclude: lists(name) })
    .default({ exclude: [] }),
  ignoreColumns: lists(columnName),
  numbers: lists(generators),
  references: lists(references),
});

export type TableRules = z.infer<typeof document>;
export type NumberRule = TableRules["numbers"][number];
export type ReferenceRule = TableRules["references"][number];

/** Where nobody says anything. */
export const noRules: TableRules = document.parse({});

/** What stands in the place of a table for a column that refers to none. */
export const nobody = "none";

/**
 * @param file for messages
 * @throws Fault (2) naming every field that is wrong, its value, what is allowed and the line
 */
export function parseTableRules(text: string, file: string): TableRules {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (parsed.errors.length > 0)
    throw usage(
      `${file} is no YAML:\n` +
        parsed.errors
          .map((error) => `  line ${lines.linePos(error.pos[0]).line}: ${error.message}`)
          .join("\n"),
    );
  const value: unknown = parsed.toJS() ?? {};
  const checked = document.safeParse(value);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map((issue) => {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    const node = parsed.getIn(path, true);
    const range = z.object({ range: z.tuple([z.number()]).rest(z.number()) }).safeParse(node);
    const line = range.success ? ` (line ${lines.linePos(range.data.range[0]).line})` : "";
    const found = path.reduce<unknown>(
      (at, part) => z.record(z.string(), z.unknown()).catch({}).parse(Object(at))[part],
      value,
    );
    const shown = found === undefined ? "is missing" : JSON.stringify(found);
    return `  ${fieldName(path) || "the document"}${line} ${shown}: ${allowed(issue)}`;
  });
  throw usage(`${file} is not valid:\n${faults.join("\n")}\ndocs/tables.md shows every field`);
}

const fieldName = (path: readonly (string | number)[]): string =>
  path.map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`)).join("");

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return `there is no ${issue.keys.join(", ")}; remove it, or look for a misspelling`;
  if (issue.code === "invalid_union" && issue.message === "Invalid input")
    return "generator must be one of sequence, counter, max-plus-one, none";
  return issue.message;
}

/** Rules as the standby keeps them. */
export const rulesOf = (value: unknown): TableRules => document.parse(value);
