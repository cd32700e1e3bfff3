/** Quoting. Statements go as text: a batch of its own keeps temporary tables, which one with parameters would drop. */
import { inStatements } from "../statements";

export const name = (identifier: string): string => `[${identifier.replaceAll("]", "]]")}]`;

export const qualified = (schema: string, relation: string): string => `${name(schema)}.${name(relation)}`;

export const list = (names: readonly string[], prefix = ""): string =>
  names.map((one) => prefix + name(one)).join(", ");

const plain = (text: string): string => `N'${text.replaceAll("'", "''")}'`;

/**
 * A text as a literal. A backslash at the end of a line would be taken for a continued line, and dropped with its break;
 * no literal holds a NUL. Either is put together, as nvarchar(max), since a sum of shorter ones is cut at 4,000 characters.
 * (learn.microsoft.com, t-sql/language-elements: Backslash (Line Continuation))
 */
export function literal(text: string): string {
  if (!/\0|\\[\r\n]/.test(text)) return plain(text);
  const parts = text
    .split(/(?<=\0)|(?=\0)|(?<=\\)(?=[\r\n])/)
    .map((part) => (part === "\0" ? "NCHAR(0)" : plain(part)));
  return `(CONVERT(nvarchar(max), N'') + ${parts.join(" + ")})`;
}

/** Values as a statement shows them, in statements of bounded size; never an empty one. */
export const statements = (values: Iterable<string>): Generator<string> =>
  inStatements(values, { rows: 500, characters: 256 * 1024 });

/** A table's full name, `schema.relation`, quoted. */
export function quoted(full: string): string {
  const at = full.indexOf(".");
  return at < 0 ? name(full) : qualified(full.slice(0, at), full.slice(at + 1));
}
