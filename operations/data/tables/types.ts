/** What a column's type tells, as PostgreSQL, MySQL and SQL Server print it. */

const whole = /^(?:tinyint|smallint|mediumint|integer|int|bigint)\b/i;
export const isWhole = (type: string): boolean => whole.test(type);
export const isUuid = (type: string): boolean => /^(?:uuid|uniqueidentifier)\b/i.test(type);
export const isText = (type: string): boolean => /char|text|citext/i.test(type);
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
