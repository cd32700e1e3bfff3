/** The base's record of a table's rows: a whole number is its own key; any other key is found by its hash, and told by its text. */
import { findColumn, type Key, type Table } from "../../model";
import { infoOf, isUnsigned, isWholeNumber, keyHashOf, textOf } from "./columns";
import { keyHash, type Infos } from "./keys";
import { own } from "./own";
import { name } from "./sql";

export const baseRows = own("base_rows");
const noHash = "00".repeat(16);

/** The key's first column where that is a whole number. */
export function numberOf(table: Table): { readonly column: string; readonly unsigned: boolean } | undefined {
  const [column] = table.key;
  if (column === undefined) return undefined;
  const found = findColumn(table, column);
  return isWholeNumber(found) ? { column, unsigned: isUnsigned(found.type) } : undefined;
}
export const isNumber = (table: Table): boolean => table.key.length === 1 && numberOf(table) !== undefined;

/** Where the base has a row of an alias, as expressions. */
export function placeOf(table: Table, alias: string, infos: Infos): { number: string; hash: string } {
  const number = numberOf(table);
  return {
    number: number === undefined ? "0" : `${alias}.${name(number.column)}`,
    hash: isNumber(table) ? `x'${noHash}'` : keyHashOf(alias, table, infos),
  };
}

/** A key as a JSON list, made in the database. */
export function keyList(table: Table, alias: string, infos: Infos): string {
  const texts = table.key.map(
    (column) => `CONCAT(${textOf(infoOf(infos, column), `${alias}.${name(column)}`)})`,
  );
  return `JSON_ARRAY(${texts.join(", ")})`;
}

/** The text that the base has of a key, as an expression. */
export const keyTextOf = (table: Table, alias: string, infos: Infos): string =>
  isNumber(table) ? "NULL" : keyList(table, alias, infos);

/** A key's number and hash in the base. */
export function placeOfKey(table: Table, key: Key): readonly [string, string] {
  const number = numberOf(table) === undefined ? 0n : BigInt(key[0] ?? 0);
  return [String(number), `x'${isNumber(table) ? noHash : keyHash(key)}'`];
}

/** Restricts the base's rows of a table to some keys. */
export const onBase = (table: Table, keys: readonly Key[]): string =>
  keys
    .map((key) => placeOfKey(table, key))
    .map(([number, hash]) => `(number = ${number} AND hash = ${hash})`)
    .join(" OR ");
