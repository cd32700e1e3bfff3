import { digestColumns, findColumn, type Column, type Table } from "../../model";
import type { Bucketing } from "../../port";
import { name } from "./sql";

type Hash = (value: string, seed: number) => string;

const hashText: Hash = (value, seed) =>
  `pg_catalog.hashtextextended(${value}::pg_catalog.text COLLATE "C", ${seed})`;

/** Two hashes, which overlook nothing together: the first folds 64 bits into 32. So does the next one's. */
const hashWhole: Hash = (value, seed) =>
  `pg_catalog.hashint8extended(${value}, ${seed}) # pg_catalog.hashint4extended((${value} >> 32)::pg_catalog.int4, -${seed})`;
const hashTime: Hash = (value, seed) =>
  `pg_catalog.timestamp_hash_extended(${value}, ${seed}) # ` +
  `pg_catalog.hashfloat8extended(pg_catalog.date_part('epoch', ${value}), -${seed})`;
const hashSmall: Hash = (value, seed) =>
  `pg_catalog.hashint4extended(${value}::pg_catalog.int4, ${seed})`;

/**
 * Types whose values are hashed as they are, in a fraction of the time that printing takes: those of which equal values
 * print alike. (A `numeric` without a scale, a `float`, a `citext` or a `jsonb` can be equal and yet another text.)
 */
const ownHashes: readonly (readonly [type: RegExp, hash: Hash])[] = [
  [/^(smallint|integer|boolean)$/, hashSmall],
  [/^bigint$/, hashWhole],
  [/^(text|character varying(\(\d+\))?)$/, hashText],
  [/^numeric\(\d+,-?\d+\)$/, (value, seed) => `pg_catalog.hash_numeric_extended(${value}, ${seed})`],
  [/^timestamp(\(\d\))? without time zone$/, hashTime],
  [
    /^timestamp(\(\d\))? with time zone$/,
    (value, seed) => hashTime(`pg_catalog.timezone('UTC', ${value})`, seed),
  ],
  [/^uuid$/, (value, seed) => `pg_catalog.uuid_hash_extended(${value}, ${seed})`],
];

/** An expression that a digest is made of, and what it gives. */
type Part = Pick<Column, "type" | "notNull"> & { readonly value: string };

/**
 * 64 bits over some values: each is hashed with a seed of its own, and what has no hash of its own as ROW prints it,
 * which quotes, so that NULL, an empty text and a comma in a value stay apart. PostgreSQL keeps these hashes the same
 * over versions, since hash partitions rest on them.
 */
function digestOf(parts: readonly Part[]): string {
  const printed: string[] = [];
  const hashes = parts.flatMap(({ value, type, notNull }, at) => {
    const hash = ownHashes.find(([types]) => types.test(type))?.[1];
    if (hash === undefined) {
      printed.push(value);
      return [];
    }
    const own = hash(value, at + 1);
    return [notNull ? `(${own})` : `coalesce(${own}, 0)`];
  });
  if (printed.length > 0) hashes.push(hashText(`ROW(${printed.join(", ")})`, 0));
  return `(${hashes.join(" # ")})`;
}

/**
 * A row's digest, over the columns in one order, each as the pinned session has or prints it.
 *
 * @param table of which `digestAsText` says that all are printed, as in a base that an earlier version recorded
 */
export function tableDigest(alias: string, table: Table): string {
  const columns = digestColumns(table).map((column) => ({
    ...findColumn(table, column),
    value: `${alias}.${name(column)}`,
  }));
  if (table.digestAsText === true)
    return hashText(`ROW(${columns.map(({ value }) => value).join(", ")})`, 0);
  return digestOf(columns);
}

const wholeNumbers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);
export const isWholeNumber = (column: Column): boolean => wholeNumbers.has(column.type);

/** The group of a row of alias `t`, given the columns of its key. */
export const bucketOf = (bucketing: Bucketing, keys: readonly Column[]): string => {
  const parts = keys.map((column) => ({ ...column, value: `t.${name(column.name)}` }));
  return bucketing.kind === "range"
    ? `(${parts[0]?.value ?? "0"}::pg_catalog.int8 >> ${bucketing.shift})`
    : `(${digestOf(parts)} & ${bucketing.mask})`;
};
