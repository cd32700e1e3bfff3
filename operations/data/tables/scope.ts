/** Which tables take part: all, but for those that hold what nobody misses after a cutover, and what the file says. */
import type { Column, Schema, Table, TableName } from "../model";
import type { TableRules } from "./file";
import { commonPrefix, matches, nearest, singular, wordsOf } from "./names";
import { isAmount, isDocument, isText, isTime, isWhole } from "./types";

export interface LeftOut {
  readonly table: TableName;
  /** For a person: by whose word, or how it was recognised. */
  readonly why: string;
}

export interface Scope {
  readonly leftOut: readonly LeftOut[];
  /** What keeps the file from being followed, one sentence each. */
  readonly faults: readonly string[];
  /** What a person should know of. */
  readonly notes: readonly string[];
}

const namesOf = (table: Table): readonly [string, string] => [table.name, table.relation];
const isLiteral = (pattern: string): boolean => !/[*?]/.test(pattern);

/** What kinds of logs a visit or a program writes; others, such as of payments, may be somebody's books. */
const idleLogs: ReadonlySet<string> = new Set(
  (
    "access request requests visit visits visitor http web server error errors debug system app application api query " +
    "slow page view hit hits search click clicks cron job bot traffic url info online summary"
  ).split(" "),
);

const expiry = /expir|activit|access|updated|modified|created|last|ttl|time|seen/i;
const token = /token|session|sid$|^key$|_key$|hash|^id$/i;
const payload = /data|value|payload|content|body|vars/i;

/**
 * How a table is recognised as one of sessions, of a cache or of a log: by its name and its shape, where no other table
 * refers to it and it holds no amounts. Undefined: it is not.
 */
export function recognised(table: Table, tables: readonly Table[]): string | undefined {
  if (table.volatile !== undefined)
    return `its engine ${table.volatile} keeps nothing over a restart of the server`;
  const prefix = commonPrefix(tables.map(({ relation }) => relation));
  const all = wordsOf(table.relation);
  const words = all.length > 1 && all[0] === prefix ? all.slice(1) : all;
  const last = singular(words.at(-1) ?? "");
  const [first] = words;
  const kind =
    last === "session" || (first === "aspstate" && words.includes("sessions"))
      ? "sessions"
      : last === "cache" || first === "cache"
        ? "a cache"
        : last === "watchdog" || last === "log" || first === "log" || first === "logs"
          ? "a log"
          : undefined;
  if (kind === undefined || isReferredTo(table, tables)) return undefined;
  if (table.columns.some((column) => isAmount(column.type))) return undefined;
  const shape = shapeOf(kind, table, words);
  return shape === undefined
    ? undefined
    : `recognised as ${kind} by its name and ${shape}, and no table refers to it`;
}

const isReferredTo = ({ name }: Table, tables: readonly Table[]): boolean =>
  tables.some((other) => other.name !== name && other.foreignKeys.some(({ parent }) => parent === name));

function shapeOf(kind: string, table: Table, words: readonly string[]): string | undefined {
  const find = (test: (column: Column) => boolean): string | undefined => table.columns.find(test)?.name;
  const clock = find(({ name, type }) => (isTime(type) || isWhole(type)) && expiry.test(name));
  const content = find(
    ({ name, type }) =>
      isDocument(type) && !table.key.includes(name) && (payload.test(name) || !token.test(name)),
  );
  if (kind === "a log") {
    const time = find(({ type }) => isTime(type));
    const others = words.filter((word) => singular(word) !== "log" && word !== "watchdog");
    return time !== undefined && others.every((word) => idleLogs.has(word)) ? `its time ${time}` : undefined;
  }
  const handle = find(
    ({ name, type }) =>
      (isText(type) || /uuid|uniqueidentifier|binary|bytea/i.test(type)) &&
      (table.key.includes(name) || (token.test(name) && name !== content)),
  );
  if (handle === undefined || clock === undefined || content === undefined) return undefined;
  return `its columns ${[handle, content, clock].join(", ")}`;
}

/** @param schema the primary's, with every table */
export function scopeOf(schema: Schema, rules: TableRules): Scope {
  const { include, exclude } = rules.tables;
  const leftOut: LeftOut[] = [];
  const faults: string[] = [];
  const notes: string[] = [];
  for (const [field, patterns] of [
    ["tables.include", include ?? []],
    ["tables.exclude", exclude],
  ] as const)
    for (const pattern of patterns) {
      if (schema.tables.some((table) => matches(pattern, ...namesOf(table)))) continue;
      const near = nearest(pattern, schema.tables.flatMap(namesOf));
      const sentence =
        `${field} ${JSON.stringify(pattern)} matches no table` +
        (near === undefined ? "" : `; did you mean ${near}?`);
      (isLiteral(pattern) ? faults : notes).push(sentence);
    }
  for (const table of schema.tables) {
    const excluded = exclude.find((pattern) => matches(pattern, ...namesOf(table)));
    const included = include?.some((pattern) => matches(pattern, ...namesOf(table)));
    const why =
      excluded !== undefined
        ? `tables.exclude ${JSON.stringify(excluded)}`
        : included === false
          ? "none of tables.include matches it"
          : included === undefined
            ? recognised(table, schema.tables)
            : undefined;
    if (why !== undefined) leftOut.push({ table: table.name, why });
  }
  faults.push(...referencesOut(schema, leftOut));
  return { leftOut, faults, notes };
}

/** A row whose parent is never brought could not be written, or only on somebody else's. */
function referencesOut(schema: Schema, leftOut: readonly LeftOut[]): readonly string[] {
  const out = new Map(leftOut.map((one) => [one.table, one.why]));
  return schema.tables
    .filter((table) => !out.has(table.name))
    .flatMap((table) =>
      table.foreignKeys
        .filter(({ parent }) => out.has(parent))
        .map(
          ({ parent, columns }) =>
            `${table.name}.${columns.join(", ")} refers to ${parent}, which is left out (${out.get(parent) ?? ""}); ` +
            `bring ${parent} in, or leave ${table.name} out too`,
        ),
    );
}

/** A schema without the tables that are left out, and without what is theirs alone. */
export function within(schema: Schema, leftOut: ReadonlySet<TableName>): Schema {
  const tables = schema.tables.filter((table) => !leftOut.has(table.name));
  const generators = schema.generators.filter(
    (generator) => generator.uses.length === 0 || generator.uses.some((use) => !leftOut.has(use.table)),
  );
  const problemsOf = new Map([...(schema.problemsOf ?? [])].filter(([table]) => !leftOut.has(table)));
  return { ...schema, tables, generators, problemsOf };
}

/** The columns that do not count, by table; keys and references always do. */
export function ignoredBy(
  schema: Schema,
  rules: TableRules,
): {
  readonly columns: ReadonlyMap<TableName, readonly string[]>;
  readonly faults: readonly string[];
  readonly notes: readonly string[];
} {
  const columns = new Map<TableName, readonly string[]>();
  const faults: string[] = [];
  const notes: string[] = [];
  for (const pattern of rules.ignoreColumns) {
    let found = false;
    for (const table of schema.tables)
      for (const { name } of table.columns) {
        if (!matches(pattern, `${table.name}.${name}`, `${table.relation}.${name}`)) continue;
        found = true;
        const needed = table.key.includes(name)
          ? "is part of the key"
          : table.foreignKeys.some((one) => one.columns.includes(name))
            ? "is a reference"
            : undefined;
        if (needed === undefined)
          columns.set(table.name, [...new Set([...(columns.get(table.name) ?? []), name])]);
        else if (isLiteral(pattern))
          faults.push(
            `ignoreColumns ${JSON.stringify(pattern)}: ${name} ${needed}, which always counts; take it out`,
          );
      }
    if (found) continue;
    const all = schema.tables.flatMap((table) =>
      table.columns.map(({ name }) => `${table.relation}.${name}`),
    );
    const near = nearest(pattern, all);
    const sentence =
      `ignoreColumns ${JSON.stringify(pattern)} matches no column` +
      (near === undefined ? "" : `; did you mean ${near}?`);
    (isLiteral(pattern) ? faults : notes).push(sentence);
  }
  return { columns, faults, notes };
}

/** Marks the columns that do not count. */
export const withUncounted = (
  schema: Schema,
  columns: ReadonlyMap<TableName, readonly string[]>,
): Schema => ({
  ...schema,
  tables: schema.tables.map((table) => {
    const names = columns.get(table.name) ?? [];
    if (names.length === 0) return table;
    return {
      ...table,
      columns: table.columns.map((column) =>
        names.includes(column.name) ? { ...column, uncounted: true } : column,
      ),
    };
  }),
});
