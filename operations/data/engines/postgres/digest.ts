import { chunks } from "../../collections";
import { digestColumns, findColumn, type Column, type Table } from "../../model";
import type { Bucketing } from "../../port";
import { name } from "./sql";

/** @param so an expression of what was hashed before: all bits of it count */
type Hash = (value: string, so: string) => string;

const hashText: Hash = (value, so) =>
  `pg_catalog.hashtextextended(${value}::pg_catalog.text COLLATE "C", ${so})`;
const hashSmall: Hash = (value, so) => `pg_catalog.hashint4extended(${value}::pg_catalog.int4, ${so})`;
/** Two hashes, which overlook nothing together: the inner one folds 64 bits into 32. So does the next one's. */
const hashWhole: Hash = (value, so) =>
  hashSmall(`(${value} >> 32)`, `pg_catalog.hashint8extended(${value}, ${so})`);
const hashTime: Hash = (value, so) =>
  `pg_catalog.hashfloat8extended(pg_catalog.date_part('epoch', ${value}), pg_catalog.timestamp_hash_extended(${value}, ${so}))`;

interface OwnHash {
  readonly types: RegExp;
  readonly hash: Hash;
  /** What stands for NULL, which a flag tells apart from it. */
  readonly empty: string;
  /** What the hash overlooks. Hashed last, it also spreads what a `numeric` changes in a few bits alone. */
  readonly flag?: (value: string) => string;
}

/**
 * Types whose values are hashed as they are, in a fraction of the time that printing takes: those of which equal values
 * print alike. (A `numeric` without a scale, a `float`, a `citext` or a `jsonb` can be equal and yet another text.)
 */
const ownHashes: readonly OwnHash[] = [
  { types: /^(smallint|integer)$/, hash: hashSmall, empty: "0" },
  { types: /^boolean$/, hash: hashSmall, empty: "false" },
  { types: /^bigint$/, hash: hashWhole, empty: "0" },
  { types: /^(text|character varying(\(\d+\))?)$/, hash: hashText, empty: "''" },
  {
    types: /^numeric\(\d+,-?\d+\)$/,
    hash: (value, so) => `pg_catalog.hash_numeric_extended(${value}, ${so})`,
    empty: "0",
    flag: (value) => `${value} < 0`,
  },
  { types: /^timestamp(\(\d\))? without time zone$/, hash: hashTime, empty: "timestamp 'epoch'" },
  {
    types: /^timestamp(\(\d\))? with time zone$/,
    hash: (value, so) => hashTime(`pg_catalog.timezone('UTC', ${value})`, so),
    empty: "timestamptz 'epoch'",
  },
  {
    types: /^uuid$/,
    hash: (value, so) => `pg_catalog.uuid_hash_extended(${value}, ${so})`,
    empty: "uuid '00000000-0000-0000-0000-000000000000'",
  },
];

/** So many calls within one another a server reads without trouble (it gives up at ten thousand words); the rest prints. */
const mostOwn = 300;
/** As many as are told in one number. */
const flagsAtOnce = 30;

/** An expression that a digest is made of, and what it gives. */
type Part = Pick<Column, "type" | "notNull"> & { readonly value: string };

/**
 * 64 bits over some values, each hashed on top of those before it; what has no hash of its own as ROW prints it, which
 * quotes, so that NULL, an empty text and a comma in a value stay apart. PostgreSQL keeps these hashes the same over
 * versions, since hash partitions rest on them.
 */
function digestOf(parts: readonly Part[]): string {
  const known = parts.map((part, at) => ({
    ...part,
    own: at < mostOwn ? ownHashes.find(({ types }) => types.test(part.type)) : undefined,
  }));
  const printed = known.flatMap(({ value, own }) => (own === undefined ? [value] : []));
  let so = printed.length > 0 ? hashText(`ROW(${printed.join(", ")})`, "0") : "0";
  const flags: string[] = [];
  for (const { value, notNull, own } of known) {
    if (own === undefined) continue;
    if (!notNull) flags.push(`${value} IS NULL`);
    const some = notNull ? value : `coalesce(${value}, ${own.empty})`;
    if (own.flag !== undefined) flags.push(own.flag(some));
    so = own.hash(some, so);
  }
  for (const some of chunks(flags, flagsAtOnce))
    so = hashSmall(
      `(${some.map((flag, bit) => `CASE WHEN ${flag} THEN ${1 << bit} ELSE 0 END`).join(" | ")})`,
      so,
    );
  return so;
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
    return hashText(`ROW(${columns.map(({ value }) => value).join(", ")})`, "0");
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
