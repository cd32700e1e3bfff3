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
    z.strictObject({ from: z.array(columnName).min(2), to: name }),
    z.strictObject({ from: columnName, type: name, to: z.record(name, name) }),
  ],
  'needs "from" (table.column, or a list of them for a key of several) and "to" (a table, table.column, or none); ' +
    'with "type" (a column of the same table), "to" lists a table for each value of it',
);

const lists = <T extends z.ZodType>(of: T) => z.array(of).default([]);
const document = z.strictObject({
  tables: z
    .strictObject({ include: z.array(name).optional(), exclude: lists(name) })
    .default({ exclude: [] }),
  ignoreColumns: lists(columnName),
  numbers: lists(generators),
  unique: lists(columnName),
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
  const lineOf = (path: readonly (string | number)[]): string => {
    const range = located.safeParse(parsed.getIn(path, true));
    return range.success ? ` (line ${lines.linePos(range.data.range[0]).line})` : "";
  };
  const faults = checked.error.issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map(
        (key) =>
          `  ${fieldName([...path, key])}${lineOf([...path, key])}: there is no such field; remove it, or look for a misspelling`,
      );
    const found = path.reduce<unknown>(valueAt, value);
    const shown = found === undefined ? "is missing" : JSON.stringify(found);
    return [`  ${fieldName(path) || "the document"}${lineOf(path)} ${shown}: ${allowed(issue)}`];
  });
  throw usage(`${file} is not valid:\n${faults.join("\n")}\ndocs/tables.md shows every field`);
}

const fieldName = (path: readonly (string | number)[]): string =>
  path.map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`)).join("");

const allowed = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_union" && issue.discriminator !== undefined
    ? "must be one of sequence, counter, max-plus-one, none"
    : issue.message;

/** A node of the document with its place in the text. */
const located = z.object({ range: z.tuple([z.number()]).rest(z.number()) });

const valueAt = (at: unknown, part: string | number): unknown =>
  Array.isArray(at) ? (at as readonly unknown[])[Number(part)] : record.catch({}).parse(at)[part];
const record = z.record(z.string(), z.unknown());

/** Rules as the standby keeps them. */
export const rulesOf = (value: unknown): TableRules => document.parse(value);
