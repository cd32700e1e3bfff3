/** How keys and rows go into statements and come out of them. */
import { createHash } from "node:crypto";
import { chunks } from "../../collections";
import { storedColumns, type Key, type Table } from "../../model";
import type { TextRow } from "../../port";
import { definitionOf, infoOf, literalOf, textOf, type ColumnInfo } from "./columns";
import type { Session } from "./session";
import { list, name, statements } from "./sql";

export type Infos = ReadonlyMap<string, ColumnInfo>;

/** Keys a statement: a list that the server still looks up one by one. */
export const batchSize = 500;

export const relationOf = (table: Pick<Table, "relation">): string => name(table.relation);

/** Restricts an alias to rows of these keys, of which there has to be one. */
export function onKeys(table: Table, infos: Infos, keys: readonly Key[], alias: string): string {
  return onValues(table.key, infos, keys, alias);
}

export function onValues(
  columns: readonly string[],
  infos: Infos,
  values: readonly Key[],
  alias: string,
): string {
  const parts = columns.map((column) => ({
    column: `${alias}.${name(column)}`,
    info: infoOf(infos, column),
  }));
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0)
    return `${only.column} IN (${values.map(([value]) => literalOf(only.info, value ?? null)).join(", ")})`;
  const each = values.map(
    (value) =>
      `(${parts.map(({ column, info }, at) => `${column} = ${literalOf(info, value[at] ?? null)}`).join(" AND ")})`,
  );
  return `(${each.join(" OR ")})`;
}

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

/** What `keyHashOf` computes in the database. */
export function keyHash(key: Key): string {
  const text = key.map((value) => `${Buffer.byteLength(value)}:${value}`).join("");
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** What a generated column would hold, for a row that is not in the table yet. */
export function computed(infos: Infos, expression: string): string {
  for (const info of infos.values())
    if (info.expression !== undefined && expression === name(info.name)) return `(${info.expression})`;
  return expression;
}

let made = 0;

/**
 * A temporary table with columns of a table, typed as here and without constraints; `ordinal` counts its rows.
 *
 * @param more columns of its own: adding them later would end the transaction
 */
export async function makeTemporary(
  session: Session,
  table: Table,
  columns: readonly string[],
  kind: "keyed" | "ordinal",
  more: readonly ColumnInfo[] = [],
): Promise<string> {
  const relation = `${temporaryPrefix}${++made}`;
  const infos = await session.columns(table);
  const definitions = [...columns.map((column) => infoOf(infos, column)), ...more].map(definitionOf);
  const keyed = kind === "keyed" && table.key.every((column) => infoOf(infos, column).charset === undefined);
  const key = keyed
    ? `, UNIQUE KEY (${list(table.key)})`
    : kind === "ordinal"
      ? `, ${ordinal} BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY`
      : `, KEY (${table.key.map((column) => keyPart(infoOf(infos, column))).join(", ")})`;
  await session.run(
    `CREATE TEMPORARY TABLE ${name(relation)} (${definitions.join(", ")}${key}) ENGINE = InnoDB`,
  );
  return relation;
}

const keyPart = (info: ColumnInfo): string =>
  /text|blob/.test(info.dataType) ? `${name(info.name)}(64)` : name(info.name);

export const temporaryPrefix = "warm_standby_stage_";
export const ordinal = "`warm_standby_ordinal`";

export const dropTemporary = (session: Session, relation: string): Promise<unknown> =>
  session.run(`DROP TEMPORARY TABLE IF EXISTS ${name(relation)}`);

/** Adds rows given as text to a table, in the order of `columns`. */
export async function addRows(
  session: Session,
  relation: string,
  columns: readonly ColumnInfo[],
  rows: Iterable<TextRow>,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<number> {
  let added = 0;
  for (const values of statements(rowLiterals(columns, rows))) {
    added += await session.run(
      `INSERT INTO ${name(relation)} (${list(columns.map((column) => column.name))}) VALUES ${values}`,
    );
    onBytes(values.length);
  }
  return added;
}

function* rowLiterals(columns: readonly ColumnInfo[], rows: Iterable<TextRow>): Generator<string> {
  for (const row of rows)
    yield `(${columns.map((column, at) => literalOf(column, row[at] ?? null)).join(", ")})`;
}

/** Rows given as text, as a temporary table of this database's own types for the time of an action. */
export async function withRows<T>(
  session: Session,
  table: Table,
  rows: readonly TextRow[],
  action: (relation: string) => Promise<T>,
): Promise<T> {
  const infos = await session.columns(table);
  const columns = storedColumns(table).map((column) => infoOf(infos, column.name));
  const relation = await makeTemporary(
    session,
    table,
    columns.map((column) => column.name),
    "ordinal",
  );
  try {
    await addRows(session, relation, columns, rows);
    return await action(name(relation));
  } finally {
    await dropTemporary(session, relation).catch(() => undefined);
  }
}

/** Runs of keys, as many as a statement takes. */
export const runsOf = <T>(keys: readonly T[]): Iterable<readonly T[]> => chunks(keys, batchSize);
