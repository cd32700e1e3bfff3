/**
 * References that no foreign key declares: who could be meant by a column, by names and types, and what its values say
 * to that. Pure: the values come from `runs/evidence.ts`.
 */
import { groupBy } from "../collections";
import { findColumn, type Column, type Schema, type Table, type TableName } from "../model";
import {
  commonPrefix,
  endsWithWords,
  namedBy,
  sameWords,
  singular,
  startsWithWords,
  thingOf,
  wordsOf,
} from "./names";
import { familyOf } from "./types";

/** A column that may refer to the key of a table. */
export interface Suspect {
  readonly child: TableName;
  readonly column: string;
  readonly parent: TableName;
  readonly parentColumn: string;
  /** `named`: its name says so, unless the values say otherwise; `hinted`: the values have to say so too. */
  readonly strength: "named" | "hinted";
  /** What its name says, for a person. */
  readonly because: string;
  /** How much of the parent's name was met: the more, the better. */
  readonly weight: number;
}

/** What a look at values found. */
export interface Looked {
  /** Values that are set, 0 and the empty text aside. */
  readonly set: number;
  /** How many of these are the parent's. */
  readonly found: number;
  readonly distinct: number;
  /** The share of the parent's range of ids that the values reach up to, where both are whole numbers. */
  readonly reach: number | undefined;
}

export interface Verdict {
  readonly likely: boolean;
  readonly evidence: string;
}

const people: ReadonlySet<string> = new Set(["user", "customer", "account", "person", "member", "employee"]);
/** What people are to a row that names one. */
const roles: ReadonlySet<string> = new Set([
  "by",
  "author",
  "owner",
  "buyer",
  "seller",
  "sender",
  "recipient",
  "creator",
  "assignee",
]);
const isPerson = (word: string | undefined): boolean => people.has(word ?? "");
export const isRole = (word: string | undefined): boolean => roles.has(word ?? "");
/** Whether a name ends with somebody: a person, or a role that only people have. */
export const isSomebody = (word: string | undefined): boolean => isPerson(word) || isRole(word);
/** Tables whose rows nobody refers to, whatever else they are called after. */
const passing: ReadonlySet<string> = new Set(["log", "session", "cache", "tmp", "idx", "history"]);
const isPassing = (thing: readonly string[]): boolean =>
  passing.has(thing[0] ?? "") || passing.has(thing.at(-1) ?? "");

/** The parent's key as one column, where that is what rows would refer by. */
export const keyOf = (table: Table): Column | undefined => {
  const [only, ...others] = table.key;
  return only === undefined || others.length > 0 ? undefined : findColumn(table, only);
};

export function suspectsOf(schema: Schema): readonly Suspect[] {
  const meant = suspicions(schema);
  return schema.tables.flatMap((child) =>
    openColumns(child, schema).flatMap((column) => meant(child, column)),
  );
}

/** Who is meant by a column: by its type, or, where it is a text that says it is an id, by what is written in it. */
export function suspicions(
  schema: Schema,
): (child: Table, column: Pick<Column, "name" | "type">) => readonly Suspect[] {
  const prefix = commonPrefix(schema.tables.map((table) => table.relation));
  const things = new Map(schema.tables.map((table) => [table.name, thingOf(table.relation, prefix)]));
  const keyNames = namesOfKeys(schema);
  // Most tables are none that a column of its type could lead to.
  const parents = groupBy(schema.tables, (table) => familyOf(keyOf(table)?.type ?? ""));
  const written = [...(parents.get("whole") ?? []), ...(parents.get("uuid") ?? [])];
  return (child, column) => {
    const of = (parent: Table, type: string): readonly Suspect[] =>
      suspect(
        child,
        { name: column.name, type },
        parent,
        things.get(child.name) ?? [],
        things.get(parent.name) ?? [],
        keyNames,
      );
    const family = familyOf(column.type);
    const found = (parents.get(family) ?? []).flatMap((parent) => of(parent, column.type));
    if (family !== "text" || namedBy(column.name)?.saidId !== true) return best(found, child, schema);
    const letters = wordsOf(column.name).map(singular).join("");
    // Nor does a name mean a table of which it has no word.
    const near = written.filter(({ name }) => {
      const last = things.get(name)?.at(-1) ?? "";
      return letters.includes(last) || isPerson(last);
    });
    const inText = near.flatMap((parent) => of(parent, keyOf(parent)?.type ?? ""));
    return best([...found, ...inText], child, schema);
  };
}

/**
 * The columns that may refer to somebody whom no foreign key names. An id that the database hands out is a table's own,
 * unless it is but a part of the key: one of several rows about somebody.
 */
export function openColumns(child: Table, schema: Schema): readonly Column[] {
  const drawn = new Set(
    schema.generators.flatMap(({ uses }) =>
      uses.filter((use) => use.table === child.name).map((use) => use.column),
    ),
  );
  return child.columns.filter(
    (column) =>
      !column.generated &&
      !(drawn.has(column.name) && !(child.key.length > 1 && child.key.includes(column.name))) &&
      !child.foreignKeys.some((key) => key.columns.includes(column.name)),
  );
}

/** By the name of a key of which one table alone has the ids handed out: that table. */
function namesOfKeys(schema: Schema): ReadonlyMap<string, TableName | undefined> {
  const found = new Map<string, TableName | undefined>();
  for (const table of schema.tables) {
    const key = keyOf(table);
    if (key === undefined || namedBy(key.name) === undefined) continue;
    const drawn = schema.generators.some(({ uses }) =>
      uses.some((use) => use.table === table.name && use.column === key.name),
    );
    const name = key.name.toLowerCase();
    if (drawn) found.set(name, found.has(name) ? undefined : table.name);
  }
  return found;
}

/** The strongest; of equals those in the child's own schema. */
function best(suspects: readonly Suspect[], child: Table, schema: Schema): readonly Suspect[] {
  const rank = ({ strength, weight }: Suspect): number => (strength === "named" ? 1000 : 0) + weight;
  const top = Math.max(...suspects.map(rank));
  const strongest = suspects.filter((one) => rank(one) === top);
  const near = strongest.filter(
    ({ parent }) => schema.tables.find((table) => table.name === parent)?.schema === child.schema,
  );
  return near.length > 0 ? near : strongest;
}

function suspect(
  child: Table,
  column: Pick<Column, "name" | "type">,
  parent: Table,
  childThing: readonly string[],
  thing: readonly string[],
  keyNames: ReadonlyMap<string, TableName | undefined>,
): readonly Suspect[] {
  const key = keyOf(parent);
  if (key === undefined || familyOf(key.type) === "other" || familyOf(key.type) !== familyOf(column.type))
    return [];
  const isOwn = parent.name === child.name;
  if (isOwn && column.name === key.name) return [];
  const of = (
    strength: Suspect["strength"],
    because: string,
    weight = thing.join("").length,
  ): readonly Suspect[] =>
    strength === "hinted" && isPassing(thing)
      ? []
      : [
          {
            child: child.name,
            column: column.name,
            parent: parent.name,
            parentColumn: key.name,
            strength,
            because,
            weight,
          },
        ];
  const words = wordsOf(column.name).map((word, at, all) => (at === all.length - 1 ? word : singular(word)));
  const named = namedBy(column.name);
  const isKey = child.key.length === 1 && child.key[0] === column.name;
  const isOwnKeyOf =
    isKey && !isOwn && startsWithWords(childThing, thing) && childThing.length > thing.length;
  if (sameWords(words, [...thing, ...wordsOf(key.name)]) && !isOwn)
    return of("named", `it is named after ${parent.relation} and its key ${key.name}`);
  if (
    column.name.toLowerCase() === key.name.toLowerCase() &&
    startsWithWords(wordsOf(key.name).map(singular), thing) &&
    !isOwn
  )
    return of("named", `it is named like the key of ${parent.relation}`);
  if (named === undefined || isOwn) {
    if (isOwn && named !== undefined && named.saidId && sameWords(named.words, ["parent"]))
      return of("named", "by custom, it names the row above", 1);
    if (isOwn && named !== undefined && sameWords(named.words, [...thing, "parent"]))
      return of("named", "by custom, it names the row above");
    if (isOwn && named !== undefined && named.saidId && endsWithWords(named.words, thing))
      return of("named", `it is named after ${parent.relation}`);
    return isOwnKeyOf
      ? of("hinted", `${child.relation} is named after ${parent.relation}, and nothing hands out its key`)
      : [];
  }
  const { words: who, saidId, first } = named;
  if (sameWords(who, thing)) return of(saidId ? "named" : "hinted", `it is named after ${parent.relation}`);
  if (endsWithWords(who, thing) && saidId)
    return of("named", `its name ends with that of ${parent.relation}`);
  if (startsWithWords(who, thing) && first)
    return of("named", `its name begins with that of ${parent.relation}`);
  if (keyNames.get(column.name.toLowerCase()) === parent.name)
    return of("hinted", `it is named like the key of ${parent.relation}`, 1);
  if (endsWithWords(thing, who) && saidId)
    return of("hinted", `${parent.relation} ends with its name`, who.join("").length);
  if (isOwnKeyOf && sameWords(who, childThing))
    return of("hinted", `${child.relation} is named after ${parent.relation}, and nothing hands out its key`);
  if (familyOf(column.type) !== "whole") return [];
  const [only, ...others] = who;
  if (only !== undefined && others.length === 0 && only.length >= 3 && sameWords([thing[0] ?? ""], thing))
    if (thing[0]?.startsWith(only) === true)
      return of("hinted", `it is short for ${parent.relation}`, only.length);
  if (!isPerson(thing.at(-1))) return [];
  if (isRole(who.at(-1))) return of("hinted", "it says by whom", 1);
  if (saidId && isPerson(who.at(-1)))
    return of("hinted", `it names a person, and ${parent.relation} has some`, 1);
  return [];
}

/** A named reference may have many orphans, since nothing guards it; one that is only hinted at must be so throughout. */
const leastFound = { named: 0.5, hinted: 0.98 } as const;

/** A few numbers, or low ones, are ids anywhere. */
const isSmall = ({ distinct, reach }: Looked): boolean =>
  distinct < 10 || (reach !== undefined && reach < 0.1);

/** Whether values are a table's ids throughout, and not by being few or low. */
export const isFitting = (looked: Looked): boolean =>
  looked.set > 0 && looked.found / looked.set >= leastFound.hinted && !isSmall(looked);

/**
 * Whether values may be a table's ids, so that somebody has to be asked.
 *
 * @param of what they are: a `column` whose name says no more than that it is an id; in a pair, an `id` by its name, a
 *   `value` of which no name says so, or a `type` of which another column says that it is a table: then many may have lost
 *   their row
 */
export function mayFit(looked: Looked, of: "column" | "id" | "value" | "type"): boolean {
  const { set, found, distinct, reach = 1 } = looked;
  if (of === "column") return isFitting(looked);
  if (of === "value") return isFitting(looked) && reach >= 0.5;
  return distinct >= 5 && found / set >= leastFound[of === "type" ? "named" : "hinted"];
}

export function judge(suspected: Pick<Suspect, "strength" | "because">, looked: Looked | undefined): Verdict {
  const { strength, because } = suspected;
  if (looked === undefined || looked.set === 0)
    return {
      likely: strength === "named",
      evidence: `${because}; ${looked === undefined ? "its values were not looked at" : "it has no values yet"}`,
    };
  const share = looked.found / looked.set;
  const counted = `${looked.found} of the last ${looked.set} values are ids there`;
  const small = isSmall(looked);
  if (share < leastFound[strength]) return { likely: false, evidence: `${because}, but only ${counted}` };
  if (strength === "hinted" && small)
    return { likely: false, evidence: `${because}, and ${counted}, but small numbers always are` };
  return { likely: true, evidence: `${because}, and ${counted}` };
}
