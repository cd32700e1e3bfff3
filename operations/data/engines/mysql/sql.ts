/** Quoting: statements go as text, since names of tables may hold the question mark that a driver takes for a value. */
import { inStatements } from "../statements";

export const name = (identifier: string): string => `\`${identifier.replaceAll("`", "``")}\``;

export const list = (names: readonly string[], prefix = ""): string =>
  names.map((one) => prefix + name(one)).join(", ");

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\0": "\\0",
  "\n": "\\n",
  "\r": "\\r",
  "\u001a": "\\Z",
};

/** A text as the pinned session reads it: backslashes escape there. */
export const literal = (text: string): string =>
  `'${text.replace(/[\\'\0\n\r\u001a]/g, (found) => escapes[found] ?? found)}'`;

export const literals = (texts: readonly string[]): string => texts.map(literal).join(", ");

/** Values as a statement shows them, in statements of bounded size; never an empty one. */
export const statements = (values: Iterable<string>): Generator<string> =>
  inStatements(values, { rows: Infinity, characters: 512 * 1024 });

/** What a value prints, to the letter, whatever its collation takes for equal. */
export const bytesOf = (value: string): string =>
  `CAST(CAST(${value} AS CHAR CHARACTER SET utf8mb4) AS BINARY)`;

/** Whether a value prints as one of some texts. */
export const isOneOf = (value: string, texts: readonly string[]): string =>
  `${bytesOf(value)} IN (${texts.map((text) => `CAST(${literal(text)} AS BINARY)`).join(", ")})`;
