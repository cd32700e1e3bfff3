/**
 * Ids that a text holds, as a column does that points to rows of several tables, or the value of a pair of name and
 * value: `'17'` for the row 17. What is written in any other way, such as `'017'`, is nobody's id.
 */
import { familyOf, isUuid, isWhole, wholeLimits } from "./types";

/** Whether a column of a type is a text that ids of another can be written in. */
export const holdsKeys = (type: string, key: string): boolean =>
  familyOf(type) === "text" && (isWhole(key) || isUuid(key));

const wholeNumber = /^(?:0|-?[1-9]\d*)$/;
const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

/**
 * The id as the database prints it.
 *
 * @param type the id's own: a whole number's or a uuid's
 * @returns undefined where the text is no value of that type
 */
export function keyIn(text: string, type: string): string | undefined {
  if (isWhole(type)) {
    const limits = wholeLimits(type);
    if (limits === undefined || !wholeNumber.test(text) || text.length > 20) return undefined;
    const value = BigInt(text);
    return value >= limits.min && value <= limits.max ? text : undefined;
  }
  if (!isUuid(type) || !uuid.test(text.toLowerCase())) return undefined;
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return undefined;
  // SQL Server prints them in capitals, the others do not.
  return /^uniqueidentifier/i.test(type) ? text.toUpperCase() : text.toLowerCase();
}

/** Another id in the place of one, with a uuid's letters as the text had them. */
export const keyTextLike = (before: string, key: string): string =>
  before === before.toLowerCase() ? key.toLowerCase() : key.toUpperCase();

/** In which ways an id may be written. */
export const spellingsOf = (key: string): readonly string[] =>
  wholeNumber.test(key) ? [key] : [key.toLowerCase(), key.toUpperCase()];
