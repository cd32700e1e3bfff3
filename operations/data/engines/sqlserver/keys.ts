/** How keys and rows go into statements and come out of them. */
import { chunks } from "../../collections";
import { storedColumns, type Key, type Table } from "../../model";
import type { TextRow } from "../../port";
import { declared, definitionOf, infoOf, textOf, valueOf, type ColumnInfo } from "./columns";
import type { Session } from "./session";
import { list, literal, name, qualified, statements } from "./sql";

export type Infos = ReadonlyMap<string, ColumnInfo>;

/** Keys a statement: a list that the server still looks up one by one. */
export const batchSize = 500;
export const runsOf = <T>(keys: readonly T[]): Iterable<readonly T[]> => chunks(keys, batchSize);

export const relationOf = (table: Pick<Table, "schema" | "relation">): string =>
  qualified(table.schema, table.relation);

const orNull = (text: string | null | undefined): string =>
  text === null || text === undefined ? "NULL" : literal(text);

/** `(N'1', N'2')`, the texts of a row. */
export const tuple = (row: TextRow): string => `(${row.map(orNull).join(", ")})`;

/**
 * Values given as text, as rows of the columns' own types and collations: `k1`, `k2`, … What is no value becomes NULL.
 *
 * @param numbered with `at`, which counts them from 0
 */
export function valuesOf(
  columns: readonly string[],
  infos: Infos,
  values: readonly TextRow[],
  numbered?: "numbered",
): string {
  const names = columns.map((_, at) => `k${at + 1}`);
  const typed = columns.map(
    (column, at) =>
      `${valueOf(infoOf(infos, column), `v.${name(names[at] ?? "")}`, true)} AS ${name(names[at] ?? "")}`,
  );
  if (numbered === undefined)
    return `(SELECT ${typed.join(", ")} FROM (VALUES ${values.map(tuple).join(", ")}) v(${list(names)}))`;
  const tuples = values.map((value, at) => tuple([...value, String(at)]));
  return `(SELECT ${typed.join(", ")}, v.[at] FROM (VALUES ${tuples.join(", ")}) v(${list([...names, "at"])}))`;
}

export const keysFrom = (table: Table, infos: Infos, keys: readonly Key[]): string =>
  `${valuesOf(table.key, infos, keys)} k`;

/** Joins columns of an alias to those of {@link valuesOf}. */
export const onValues = (columns: readonly string[], alias: string): string =>
  columns.map((column, at) => `${alias}.${name(column)} = k.[k${at + 1}]`).join(" AND ");

export const onKeys = (table: Table, alias: string): string => onValues(table.key, alias);

/** Looks each of the keys up in the key's index, in their order: no other row is read, so none is locked. */
export const oneByOne = "OPTION (LOOP JOIN, FORCE ORDER)";

/** The texts of some columns. */
export const texts = (columns: readonly string[], infos: Infos, alias: string): string =>
  columns.map((column) => textOf(infoOf(infos, column), `${alias}.${name(column)}`)).join(", ");

export const keyTexts = (table: Table, infos: Infos, alias: string): string => texts(table.key, infos, alias);

export function keyOf(row: TextRow, from: number, count: number): Key {
  return row.slice(from, from + count).map((value) => {
    if (value === null) throw new Error("a key column is null");
    return value;
  });
}

/** Joins two aliases that both have the table's key. */
export const sameKey = (table: Table, one: string, other: string): string =>
  table.key.map((column) => `${one}.${name(column)} = ${other}.${name(column)}`).join(" AND ");

/** Rows given as text, as rows of the table's own types, with `ordinal`; in statements of bounded size. */
export function* typedRows(table: Table, infos: Infos, rows: readonly TextRow[]): Generator<string> {
  const columns = storedColumns(table).map((column) => column.name);
  const names = columns.map((_, at) => `c${at + 1}`);
  // Where every row has NULL it would be one of an int, which is no text, XML or shape.
  const typed = columns.map(
    (column, at) =>
      `${valueOf(infoOf(infos, column), `CONVERT(nvarchar(max), r.${name(names[at] ?? "")})`)} AS ${name(column)}`,
  );
  const tuples = rows.map((row, at) => tuple([...row, String(at)]));
  for (const values of statements(tuples))
    yield `(SELECT ${typed.join(", ")}, CONVERT(int, r.[ordinal]) AS [warm_standby_ordinal]
      FROM (VALUES ${values}) r(${list([...names, "ordinal"])}))`;
}

let made = 0;

/** A temporary table of this session. @param definitions its columns */
export async function makeTemporary(session: Session, definitions: readonly string[]): Promise<string> {
  const relation = `#warm_standby_${++made}`;
  await session.exec(`CREATE TABLE ${name(relation)} (${definitions.join(", ")})`);
  return relation;
}

export const dropTemporary = (session: Session, relation: string): Promise<void> =>
  session.exec(`DROP TABLE IF EXISTS ${name(relation)}`);

/** Keys as something to join, alias `k`: within the statement, or beside it where they are many. */
export async function withKeys<T>(
  session: Session,
  table: Table,
  keys: readonly Key[],
  action: (source: string) => Promise<T>,
): Promise<T> {
  const infos = await session.columns(table);
  if (keys.length <= batchSize) return action(keysFrom(table, infos, keys));
  const definitions = table.key.map((column, at) => definitionOf(infoOf(infos, column), `k${at + 1}`));
  const relation = await makeTemporary(session, definitions);
  const names = list(table.key.map((_, at) => `k${at + 1}`));
  for (const batch of runsOf(keys))
    await session.exec(
      `INSERT INTO ${name(relation)} (${names}) SELECT ${names} FROM ${keysFrom(table, infos, batch)}`,
    );
  const result = await action(`${name(relation)} k`);
  await dropTemporary(session, relation);
  return result;
}

/** Rows of text on their way: `c1`, `c2`, … of any length. */
export const rawDefinitions = (width: number): readonly string[] =>
  Array.from({ length: width }, (_, at) => `${name(`c${at + 1}`)} nvarchar(max) NULL`);

/** The values that rows of {@link rawDefinitions} stand for, alias `r`. */
export const rawValues = (columns: readonly string[], infos: Infos): string =>
  columns.map((column, at) => valueOf(infoOf(infos, column), `r.${name(`c${at + 1}`)}`)).join(", ");

/** Whether a column may stand in an index of a temporary table: nothing of unbounded length, and no type of an assembly. */
export const isIndexable = (info: ColumnInfo): boolean => !/\(max\)|^xml$|^geo/.test(declared(info));
