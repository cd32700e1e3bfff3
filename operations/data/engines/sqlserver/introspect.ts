import { unfitGenerators } from "../../identities";
import type { Column, Generator, GeneratorUse, Schema, Table, UniqueKey } from "../../model";
import type { TextRow } from "../../port";
import * as catalogue from "./catalogue";
import { declared, isHandled, isText, type ColumnInfo } from "./columns";
import { readTables, type FoundColumn, type FoundIndex, type FoundTable } from "./found";
import { keyOf, unsupported } from "./problems";
import type { Session } from "./session";
import { name } from "./sql";

/** Reads the tables of all schemas of the database but our own. */
export async function introspect(session: Session): Promise<Schema> {
  session.forgetTables();
  const found = await readTables(session);
  const [rights] = await session.rows(catalogue.rightsQuery);
  const [level] = await session.rows(catalogue.compatibilityQuery);
  const tables = found.map(buildTable);
  const generators = [
    ...(await readIdentities(session, found)),
    ...(await session.rows(catalogue.sequencesQuery)).map((row) => sequenceOf(row, found)).sort(byName),
  ];
  const problemsOf = new Map(
    found
      .map((one) => [one.name, unsupported(one, rights?.[0] === "1")] as const)
      .filter(([, problems]) => problems.length > 0),
  );
  return {
    tables,
    generators,
    problems: [...unseen(session, rights), ...tooOld(session, level), ...unfitGenerators(generators)],
    problemsOf,
  };
}

/** Without this right the catalogue leaves out what it is about: nobody is told of a policy that hides rows. */
const unseen = (session: Session, rights: TextRow | undefined): readonly string[] =>
  rights?.[1] === "1"
    ? []
    : [
        `${session.label}: this user sees no definitions, so neither a policy that hides rows from it nor what a trigger ` +
          "does; GRANT VIEW DEFINITION to it",
      ];

/** TRY_CONVERT and LAG are of SQL Server 2012; a database that was brought along from before may still do without. */
function tooOld(session: Session, row: TextRow | undefined): readonly string[] {
  const level = Number(row?.[0] ?? 110);
  if (level >= 110) return [];
  return [
    `${session.label} runs at compatibility level ${level}, and this needs 110 or more; ` +
      `ALTER DATABASE ${name(session.database)} SET COMPATIBILITY_LEVEL = 110`,
  ];
}

const byName = (one: Generator, other: Generator): number => (one.name < other.name ? -1 : 1);

function buildTable(one: FoundTable): Table {
  const key = keyOf(one);
  const columns = new Map(one.columns.map((column) => [column.info.name, column]));
  const isByCollation = (column: string): boolean => isText(columns.get(column)?.info.type ?? "");
  const compared = new Set([
    ...one.indexes.flatMap((index) => index.columns),
    ...one.references.flatMap(({ foreignKey }) => foreignKey.columns),
  ]);
  return {
    name: one.name,
    schema: one.schema,
    relation: one.relation,
    columns: one.columns.map((column): Column => ({
      name: column.info.name,
      type: shownType(column, compared.has(column.info.name)),
      notNull: column.notNull,
      generated: column.generated,
      identityAlways: column.info.identity,
      ...(isText(column.info.type) && { printsVariously: true }),
    })),
    key: key?.columns ?? [],
    keyDeferrable: false,
    foreignKeys: one.references.map(({ foreignKey }) => foreignKey),
    // By its collation, and without the blanks at its end, a key of text may be taken by another text: then it is a
    // unique value like any other.
    uniqueKeys: one.indexes
      .filter((index) => index !== key || index.columns.some(isByCollation))
      .map(uniqueOf),
    triggers: one.triggers.map(({ name: trigger, enabled, events, body }) => ({
      name: trigger,
      enabled,
      ...(events === undefined ? {} : { events }),
      body,
    })),
  };
}

/**
 * A type as messages and comparisons show it. Where texts are compared, the collation is part of it, since it says
 * what is equal; elsewhere the characters that a varchar has room for.
 */
function shownType({ info, codePage }: FoundColumn, compared: boolean): string {
  if (!isHandled(info.type)) return info.type;
  const type = info.bytes < 0 || !["text", "ntext", "image"].includes(info.type) ? declared(info) : info.type;
  if (info.collation === undefined) return type;
  if (compared) return `${type} COLLATE ${info.collation}`;
  return info.type.startsWith("n") ? type : `${type} (code page ${codePage})`;
}

/**
 * NULL is a value like any other in a unique index here: there may be one. Only a filter keeps rows with NULL out of it,
 * which is how a column of a few values is made unique. (learn.microsoft.com, t-sql/statements/create-index-transact-sql:
 * a filter joins its comparisons by AND alone)
 */
const uniqueOf = (index: FoundIndex): UniqueKey => ({
  name: index.name,
  expressions: index.columns.map(name),
  columns: index.columns,
  predicate: index.filter,
  nullsDistinct: index.columns.every((column) =>
    index.filter?.toUpperCase().includes(`${name(column).toUpperCase()} IS NOT NULL`),
  ),
  deferrable: false,
});

const maxima: Readonly<Record<string, bigint>> = {
  tinyint: 255n,
  smallint: 32_767n,
  int: 2_147_483_647n,
  bigint: 9_223_372_036_854_775_807n,
};

/** The largest value of a whole number's type. */
function typeMaximum({ type, precision, scale }: ColumnInfo): bigint | undefined {
  if (type === "decimal" || type === "numeric")
    return scale === 0 ? 10n ** BigInt(precision) - 1n : undefined;
  return maxima[type];
}

/** What a restart loses of an identity's ids. (learn.microsoft.com, t-sql/statements: IDENTITY_CACHE) */
const burnt = (type: string): bigint => (type === "bigint" || !(type in maxima) ? 10_000n : 1_000n);

async function readIdentities(
  session: Session,
  tables: readonly FoundTable[],
): Promise<readonly Generator[]> {
  const [cache] = await session.rows(catalogue.identityCacheQuery);
  const isCached = cache?.[0] !== "0";
  const rows = await session.rows(catalogue.identitiesQuery);
  return rows
    .map(([table, column, increment]): Generator => {
      const info = tables
        .find((one) => one.name === table)
        ?.columns.find((one) => one.info.name === column)?.info;
      const typeMax = info === undefined ? undefined : typeMaximum(info);
      return {
        name: table ?? "",
        increment: BigInt(increment ?? 1),
        max: typeMax ?? 0n,
        cache: 1n,
        burnt: isCached ? burnt(info?.type ?? "") : 0n,
        cycles: false,
        uses: [{ table: table ?? "", column: column ?? "", kind: "identity", typeMax }],
      };
    })
    .sort(byName);
}

/** Of a cache whose size was left to the server, which tells nobody. */
const usualCache = 50n;

function sequenceOf(row: TextRow, tables: readonly FoundTable[]): Generator {
  const [sequence, increment, max, cycles, cached, size] = row;
  const cache = size === null || size === undefined ? usualCache : BigInt(size);
  const uses = tables.flatMap((table) =>
    table.columns
      .filter((column) => drawsOn(column.default, sequence ?? ""))
      .map(({ info }): GeneratorUse => ({
        table: table.name,
        column: info.name,
        kind: "sequence",
        typeMax: typeMaximum(info),
      })),
  );
  return {
    name: sequence ?? "",
    increment: BigInt(increment ?? 1),
    max: BigInt(max ?? 0),
    cache,
    burnt: cached === "1" ? cache : 0n,
    cycles: cycles === "1",
    uses:
      uses.length > 0
        ? uses
        : [{ table: sequence ?? "", column: "", kind: "unattached", typeMax: undefined }],
  };
}

/** A default such as (NEXT VALUE FOR [dbo].[numbers]): names are kept as they were written, quoted. */
export function drawsOn(value: string, sequence: string): boolean {
  const at = sequence.indexOf(".");
  const [schema, relation] = [sequence.slice(0, at), sequence.slice(at + 1)];
  return [...value.matchAll(drawing)].some(([, drawnSchema, drawn]) => {
    const [one, other] = [unquoted(drawnSchema ?? "[dbo]"), unquoted(drawn ?? "")];
    return one.toLowerCase() === schema.toLowerCase() && other.toLowerCase() === relation.toLowerCase();
  });
}
const part = String.raw`(\[(?:[^\]]|\]\])*\]|[\p{L}_@#$][\p{L}\p{N}_@#$]*)`;
const drawing = new RegExp(String.raw`NEXT\s+VALUE\s+FOR\s+(?:${part}\s*\.\s*)?${part}`, "giu");
const unquoted = (identifier: string): string =>
  identifier.startsWith("[") ? identifier.slice(1, -1).replaceAll("]]", "]") : identifier;
