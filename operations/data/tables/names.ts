/** What names of tables and columns say: their words, what a pattern means, and which name was probably meant. */

/** Words that say that a column holds somebody's id, and nothing of whose. */
const idWords: ReadonlySet<string> = new Set([
  "id",
  "ids",
  "key",
  "fk",
  "pk",
  "no",
  "nr",
  "ref",
  "guid",
  "uuid",
]);

/** A name's words in lower case: `billingAddressID`, `billing_address_id` and `Billing Address Id` have the same. */
export function wordsOf(name: string): readonly string[] {
  const known = split.get(name);
  if (known !== undefined) return known;
  const words = splitName(name);
  // What is asked for again and again are names of tables and columns, of which there are so many.
  if (split.size < 100_000) split.set(name, words);
  return words;
}
const split = new Map<string, readonly string[]>();
const splitName = (name: string): readonly string[] =>
  name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

export function singular(word: string): string {
  if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, "y");
  if (/(?:ss|x|z|ch|sh)es$/.test(word)) return word.replace(/es$/, "");
  if (/(?:[^aeiou]us|ss|is)$/.test(word) || word.length < 3) return word;
  return word.replace(/s$/, "");
}

/** What a table holds one of: `tblOrderLines` holds an `order line`, `customer_entity` a `customer`. */
export const thingOf = (relation: string, prefix: string | undefined): readonly string[] => {
  const words = wordsOf(relation);
  const [first, ...others] = words;
  const own = others.length > 0 && (first === "tbl" || first === "t" || first === prefix) ? others : words;
  return (own.length > 1 && own.at(-1) === "entity" ? own.slice(0, -1) : own).map(singular);
};

/** The word that most tables of a schema begin with, such as `wp` or `shop`. */
export function commonPrefix(relations: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const relation of relations) {
    const [first, ...others] = wordsOf(relation);
    if (first !== undefined && others.length > 0) counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most !== undefined && most[1] >= 3 && most[1] * 2 > relations.length ? most[0] : undefined;
}

export interface Named {
  /** The words that are left, in the singular. */
  readonly words: readonly string[];
  /** It says that it is an id. */
  readonly saidId: boolean;
  /** It says so first: `id_address_delivery`, where the role comes behind the name. */
  readonly first: boolean;
}

/** Whom a column names, its id word taken off: undefined where it names nobody. */
export function namedBy(column: string): Named | undefined {
  if (!called.has(column)) called.set(column, nameIn(column));
  return called.get(column);
}
const called = new Map<string, Named | undefined>();
function nameIn(column: string): Named | undefined {
  let words = wordsOf(column);
  const first = words.length > 1 && (words[0] === "id" || words[0] === "fk");
  let saidId = first;
  if (first) words = words.slice(1);
  const last = words.at(-1);
  if (last !== undefined && idWords.has(last)) {
    words = words.slice(0, -1);
    saidId = true;
  } else if (last !== undefined && last.length > 4 && last.endsWith("id")) {
    words = [...words.slice(0, -1), last.slice(0, -2)];
    saidId = true;
  }
  if (words.length === 0) return undefined;
  return { words: words.map(singular), saidId, first };
}

export const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.join("") === other.join("");

/** Whether words begin with others, or are the same. */
export const startsWithWords = (words: readonly string[], start: readonly string[]): boolean =>
  start.length > 0 && words.length >= start.length && sameWords(words.slice(0, start.length), start);

/** Whether words end with others: `billing address` with `address`. */
export const endsWithWords = (words: readonly string[], end: readonly string[]): boolean =>
  end.length > 0 && words.length > end.length && sameWords(words.slice(-end.length), end);

/** A pattern with * and ?, without regard to case, against `schema.table` or the table's own name. */
export function matches(pattern: string, ...names: readonly string[]): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${escaped}$`, "isu");
  return names.some((name) => expression.test(name));
}

/** The name that is most like one that does not exist; undefined where none is. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const one of names) {
    const short = one.slice(one.lastIndexOf(".") + 1);
    const found = Math.min(distance(wanted, one.toLowerCase()), distance(wanted, short.toLowerCase()));
    if (best === undefined || found < best.distance) best = { name: one, distance: found };
  }
  return best !== undefined && best.distance <= Math.max(2, Math.ceil(wanted.length / 3))
    ? best.name
    : undefined;
}

/** Letters to insert, remove or replace to get from one to the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++)
      next.push(
        Math.min(
          (row[to] ?? 0) + 1,
          (next[to - 1] ?? 0) + 1,
          (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[other.length] ?? 0;
}
