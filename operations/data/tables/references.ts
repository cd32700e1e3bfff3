/**
 * References that no foreign key declares: who could be meant by a column, by names and types, and what its values say
 * to that. Pure: the values come from `runs/evidence.ts`.
 */
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

/** A column with ids of several tables, and the column that says of which. */
export interface Pointer {
  readonly child: TableName;
  readonly column: string;
  readonly type: string;
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

/** The parent's key as one column, where that is what rows would refer by. */
const keyOf = (table: Table): Column | undefined => {
  const [only, ...others] = table.key;
  return only === undefined || others.length > 0 ? undefined : findColumn(table, only);
};

export function suspectsOf(schema: Schema): readonly Suspect[] {
  const prefix = commonPrefix(schema.tables.map((table) => table.relation));
  const things = new Map(schema.tables.map((table) => [table.name, thingOf(table.relation, prefix)]));
  const drawn = new Set(
    schema.generators.flatMap(({ uses }) => uses.map((use) => JSON.stringify([use.table, use.column]))),
  );
  const found: Suspect[] = [];
  for (const child of schema.tables) {
    const pointed = new Set(pointersOf(child).map((one) => one.column));
    for (const column of child.columns) {
      const declared = child.foreignKeys.some((key) => key.columns.includes(column.name));
      const own = drawn.has(JSON.stringify([child.name, column.name]));
      if (declared || own || column.generated || pointed.has(column.name)) continue;
      const suspects = schema.tables.flatMap((parent) =>
        suspect(child, column, parent, things.get(child.name) ?? [], things.get(parent.name) ?? []),
      );
      found.push(...best(suspects, child, schema));
    }
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
  column: Column,
  parent: Table,
  childThing: readonly string[],
  thing: readonly string[],
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
  ): readonly Suspect[] => [
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
  if (sameWords(words, [...thing, ...wordsOf(key.name)]) && !isOwn)
    return of("named", `it is named after ${parent.relation} and its key ${key.name}`);
  if (
    column.name.toLowerCase() === key.name.toLowerCase() &&
    startsWithWords(wordsOf(key.name), thing) &&
    !isOwn
  )
    return of("named", `it is named like the key of ${parent.relation}`);
  if (named === undefined || isOwn) {
    if (isOwn && named !== undefined && named.saidId && sameWords(named.words, ["parent"]))
      return of("named", "by custom, it names the row above", 1);
    if (isOwn && named !== undefined && named.saidId && endsWithWords(named.words, thing))
      return of("named", `it is named after ${parent.relation}`);
    return isKey && !isOwn && startsWithWords(childThing, thing) && childThing.length > thing.length
      ? of("hinted", `${child.relation} is named after ${parent.relation}, and nothing hands out its key`)
      : [];
  }
  const { words: who, saidId } = named;
  if (sameWords(who, thing)) return of(saidId ? "named" : "hinted", `it is named after ${parent.relation}`);
  if (endsWithWords(who, thing) && saidId)
    return of("named", `its name ends with that of ${parent.relation}`);
  if (endsWithWords(thing, who) && saidId)
    return of("hinted", `${parent.relation} ends with its name`, who.join("").length);
  if (familyOf(column.type) !== "whole") return [];
  const [only, ...others] = who;
  if (only !== undefined && others.length === 0 && only.length >= 3 && sameWords([thing[0] ?? ""], thing))
    if (thing[0]?.startsWith(only) === true)
      return of("hinted", `it is short for ${parent.relation}`, only.length);
  if (wordsOf(column.name).at(-1) === "by" && people.has(thing.at(-1) ?? ""))
    return of("hinted", "it says by whom", 1);
  return [];
}

/** Pairs such as `subject_type` and `subject_id`. */
export function pointersOf(table: Table): readonly Pointer[] {
  return table.columns.flatMap((type): readonly Pointer[] => {
    const words = wordsOf(type.name);
    const whose = words.slice(0, -1).join(" ");
    const says = /^(?:type|class|model|table|kind)$/.test(words.at(-1) ?? "");
    if (!says || whose === "" || familyOf(type.type) !== "text") return [];
    return table.columns
      .filter((column) => {
        const own = wordsOf(column.name);
        return (
          column !== type &&
          own.at(-1) === "id" &&
          own.slice(0, -1).join(" ") === whose &&
          ["whole", "uuid"].includes(familyOf(column.type)) &&
          !table.foreignKeys.some((key) => key.columns.includes(column.name))
        );
      })
      .map((column) => ({ child: table.name, column: column.name, type: type.name }));
  });
}

/** The table that a value of a type column means: `Customer`, `customers`, `App\\Models\\Customer`, `shop.Customer`. */
export function tableOfType(value: string, column: Column, schema: Schema): Table | undefined {
  const prefix = commonPrefix(schema.tables.map((table) => table.relation));
  const words = wordsOf(value.split(/[\\./:]+/).at(-1) ?? "");
  const thing = words.map((word, at) => (at === words.length - 1 ? singular(word) : word));
  return schema.tables.find((table) => {
    const key = keyOf(table);
    return (
      key !== undefined &&
      familyOf(key.type) === familyOf(column.type) &&
      sameWords(thingOf(table.relation, prefix), thing)
    );
  });
}

/** A named reference may have many orphans, since nothing guards it; one that is only hinted at must be so throughout. */
const leastFound = { named: 0.5, hinted: 0.98 } as const;

/** @param looked undefined where nobody could look */
export function judge(suspected: Pick<Suspect, "strength" | "because">, looked: Looked | undefined): Verdict {
  const { strength, because } = suspected;
  if (looked === undefined || looked.set === 0)
    return {
      likely: strength === "named",
      evidence: `${because}; ${looked === undefined ? "its values were not looked at" : "it has no values yet"}`,
    };
  const share = looked.found / looked.set;
  const counted = `${looked.found} of the last ${looked.set} values are ids there`;
  const small = looked.distinct < 10 || (looked.reach !== undefined && looked.reach < 0.1);
  if (share < leastFound[strength]) return { likely: false, evidence: `${because}, but only ${counted}` };
  if (strength === "hinted" && small)
    return { likely: false, evidence: `${because}, and ${counted}, but small numbers always are` };
  return { likely: true, evidence: `${because}, and ${counted}` };
}
