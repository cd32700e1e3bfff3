/** What a column's type tells, as PostgreSQL, MySQL and SQL Server print it. */

const isList = (type: string): boolean => type.endsWith("[]");
const whole = /^(?:tinyint|smallint|mediumint|integer|int|bigint)\b/i;
export const isWhole = (type: string): boolean => whole.test(type) && !isList(type);
export const isUuid = (type: string): boolean => /^(?:uuid|uniqueidentifier)\b/i.test(type);
export const isText = (type: string): boolean =>
  /char|text/i.test(type) && !isList(type) && !/^(?:enum|set)\(/i.test(type);
export const isTime = (type: string): boolean => /date|time/i.test(type);
export const isAmount = (type: string): boolean => /^(?:decimal|numeric|money|smallmoney)/i.test(type);
/** What can hold a document or anything else: a session's data, a cached page. */
export const isDocument = (type: string): boolean =>
  /json|text|blob|bytea|binary|xml|image|char\((?:max|\d{4,})\)/i.test(type);

export type Family = "whole" | "uuid" | "text" | "other";
export const familyOf = (type: string): Family =>
  isWhole(type) ? "whole" : isUuid(type) ? "uuid" : isText(type) ? "text" : "other";

const widths: readonly (readonly [RegExp, bigint])[] = [
  [/^tinyint/i, 8n],
  [/^smallint/i, 16n],
  [/^mediumint/i, 24n],
  [/^bigint/i, 64n],
  [/^int/i, 32n],
];

/** The largest value of a whole number's type; undefined for any other. SQL Server's tinyint has no sign. */
export function wholeMaximum(type: string): bigint | undefined {
  const width = widths.find(([name]) => name.test(type))?.[1];
  return width === undefined ? undefined : (1n << (/unsigned/i.test(type) ? width : width - 1n)) - 1n;
}

/** What a whole number's type holds, both ends included; undefined for any other. */
export function wholeLimits(type: string): { readonly min: bigint; readonly max: bigint } | undefined {
  const max = wholeMaximum(type);
  return max === undefined ? undefined : { min: /unsigned/i.test(type) ? 0n : -max - 1n, max };
}

/** A text without the blanks that fill a column of a fixed length: PostgreSQL and SQL Server print them. */
export const unpadded = (text: string, type: string): string =>
  /^n?(?:char|character)(?:\(|$)/i.test(type) ? text.replace(/ +$/, "") : text;

/** How many characters a text's type has room for; undefined where that is not said. */
export function roomIn(type: string): number | undefined {
  const [, characters] = (isText(type) ? /\((\d+)\)/.exec(type) : null) ?? [];
  return characters === undefined ? undefined : Number(characters);
}

/** Whether a value is the same text wherever it is made one: printed for us, or cast in a statement. */
export const printsAsText = (type: string): boolean =>
  isText(type) || (isWhole(type) && !/zerofill/i.test(type));
