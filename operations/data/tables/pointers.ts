/**
 * Columns whose values are ids of several tables, where another column of the row says of which: pairs of type and id, and
 * pairs of name and value. Pure.
 */
import type { Column, Schema, Table, TableName } from "../model";
import { holdsKeys } from "./key-texts";
import { commonPrefix, endsWithWords, namedBy, sameWords, singular, thingOf, wordsOf } from "./names";
import { isSomebody, keyOf } from "./references";
import { familyOf, isText } from "./types";

/** A column with ids of several tables, and the column that says of which. */
export interface Pointer {
  readonly child: TableName;
  readonly column: string;
  readonly type: string;
  /** `types`: what it says is a table; `names`: it is the name of a value, as that of a column would be. */
  readonly says: "types" | "names";
  /** Where the type is an id itself, of a row in which the table's name stands. */
  readonly types?: TypesTable;
}

/** A table whose rows name tables, as Django's content types do. */
export interface TypesTable {
  readonly table: TableName;
  readonly key: string;
  /** The columns of the name, from the widest on. */
  readonly names: readonly string[];
}

const idFamilies: ReadonlySet<string> = new Set(["whole", "uuid", "text"]);
/** What is known to refer to one table, or follows from other columns, is no part of a pair. */
const isSpoken = (table: Table, { name, generated }: Column): boolean =>
  generated || table.foreignKeys.some((key) => key.undeclared === undefined && key.columns.includes(name));

/** Every pair of columns that looks like one of a type and an id, or of a name and a value. */
export const pointersOf = (table: Table, schema: Schema): readonly Pointer[] => [
  ...typedPointersOf(table),
  ...contentPointersOf(table, schema),
  ...namedValuesOf(table),
];

/** Pairs such as `subject_type` and `subject_id`. */
function typedPointersOf(table: Table): readonly Pointer[] {
  return table.columns.flatMap((type): readonly Pointer[] => {
    const words = wordsOf(type.name);
    const whose = words.slice(0, -1).join(" ");
    const says = /^(?:type|class|model|table|kind)$/.test(words.at(-1) ?? "");
    const alone = whose === "" && words[0] === "model";
    if (!says || (whose === "" && !alone) || familyOf(type.type) !== "text" || type.generated) return [];
    return table.columns
      .filter((column) => {
        const own = wordsOf(column.name);
        const ofWhom = own.slice(0, -1).join(" ");
        return (
          column !== type &&
          own.at(-1) === "id" &&
          (alone ? /^(?:res|record|object|model)$/.test(ofWhom) : ofWhom === whose) &&
          idFamilies.has(familyOf(column.type)) &&
          !isSpoken(table, column)
        );
      })
      .map((column) => ({ child: table.name, column: column.name, type: type.name, says: "types" }));
  });
}

/**
 * Pairs such as `content_type_id` and `object_id`, where the type is the id of a row that names a model
 * (https://docs.djangoproject.com/en/stable/ref/contrib/contenttypes/).
 */
function contentPointersOf(table: Table, schema: Schema): readonly Pointer[] {
  return table.columns.flatMap((type): readonly Pointer[] => {
    const words = wordsOf(type.name);
    if (words.slice(-3).join(" ") !== "content type id" || type.generated) return [];
    const types = typesTableOf(table, type, schema);
    if (types === undefined) return [];
    const whose = words.slice(0, -3);
    return table.columns
      .filter((column) => {
        const own = wordsOf(column.name);
        const ends = [["object", "id"], ["object", "pk"], ...(whose.length > 0 ? [["id"], ["pk"]] : [])];
        const isMeant = ends.some((end) => sameWords(own, [...whose, ...end]));
        return isMeant && idFamilies.has(familyOf(column.type));
      })
      .filter((column) => !table.key.includes(column.name) || table.key.length > 1)
      .filter((column) => !isSpoken(table, column))
      .map((column) => ({ child: table.name, column: column.name, type: type.name, says: "types", types }));
  });
}

/** By the foreign key, or where there is none, by its name. */
function typesTableOf(child: Table, type: Column, schema: Schema): TypesTable | undefined {
  const declared = child.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === type.name);
  const tables = schema.tables.filter((table) =>
    declared === undefined
      ? endsWithWords(thingOf(table.relation, undefined), ["content", "type"])
      : table.name === declared.parent,
  );
  const [table, ...others] = tables;
  const key = table && keyOf(table);
  if (table === undefined || key === undefined || others.length > 0) return undefined;
  const named = ["app label", "model"].flatMap((name) =>
    table.columns.filter((column) => wordsOf(column.name).join(" ") === name && isText(column.type)),
  );
  const names = named.map((column) => column.name);
  return names.length === 0 ? undefined : { table: table.name, key: key.name, names };
}

/** A column of names, and the column of their values: `meta_key` and `meta_value`, `attribute_code` and `value`. */
function namedValuesOf(table: Table): readonly Pointer[] {
  return table.columns.flatMap((value): readonly Pointer[] => {
    const words = wordsOf(value.name);
    if (words.at(-1) !== "value" || !idFamilies.has(familyOf(value.type)) || isSpoken(table, value))
      return [];
    const whose = words.slice(0, -1).join(" ");
    return table.columns
      .filter((name) => {
        const own = wordsOf(name.name);
        const says = /^(?:key|name|field|attribute|code)$/.test(own.at(-1) ?? "");
        const isPair = says && (whose === "" || own.slice(0, -1).join(" ") === whose);
        return isPair && !name.generated && familyOf(name.type) === "text";
      })
      .map((name) => ({ child: table.name, column: value.name, type: name.name, says: "names" }));
  });
}

/**
 * The name of a value as that of a column would be: undefined where it says of no id. `_customer_user` and `_refunded_by`
 * are somebody's, and leave out what a column would say.
 */
export function columnNamed(name: string): string | undefined {
  const named = namedBy(name);
  if (named?.saidId === true) return name;
  return isSomebody(named?.words.at(-1)) ? `${name}_id` : undefined;
}

/**
 * The table that a value of a type column means: `Customer`, `customers`, `App\\Models\\Customer`, `shop.Customer`; or
 * `sale.order`, where that is `sale_order`.
 *
 * @param whole whether only the whole of it names a table, as of a model whose table may be called anything
 */
export function tableOfType(value: string, column: Column, schema: Schema, whole = false): Table | undefined {
  const prefix = commonPrefix(schema.tables.map((table) => table.relation));
  const calls = [value, ...(whole ? [] : [value.split(/[\\./:]+/).at(-1) ?? ""])].map((one) =>
    wordsOf(one).map(singular),
  );
  const isMeant = (table: Table, thing: readonly string[]): boolean => {
    const key = keyOf(table);
    const fits =
      key !== undefined && (familyOf(key.type) === familyOf(column.type) || holdsKeys(column.type, key.type));
    const own = [thingOf(table.relation, prefix), wordsOf(table.relation).map(singular)];
    return fits && own.some((one) => sameWords(one, thing));
  };
  for (const thing of calls) {
    const found = schema.tables.find((table) => isMeant(table, thing));
    if (found !== undefined) return found;
  }
  return undefined;
}
