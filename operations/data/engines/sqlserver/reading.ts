import {
  findColumn,
  rowId,
  storedColumns,
  type ForeignKey,
  type Key,
  type RowId,
  type Table,
  type UniqueKey,
} from "../../model";
import { chunks } from "../../collections";
import type { Digested, FoundRow, Reading, RowLock, TextRow } from "../../port";
import { printsAsText } from "../../tables/types";
import { dependentsInText } from "../in-text";
import { isLong, sampledCharacters } from "../sampled";
import { inOrder } from "../in-order";
import {
  declared,
  digestOf,
  infoOf,
  isText,
  isWholeNumber,
  keyHashOf,
  textOf,
  valueOf,
  type ColumnInfo,
} from "./columns";
import { SqlServerDigested } from "./digested";
import {
  keyOf,
  keysFrom,
  keyTexts,
  oneByOne,
  onKeys,
  onValues,
  relationOf,
  runsOf,
  texts,
  typedRows,
  valuesOf,
  type Infos,
} from "./keys";
import type { Session } from "./session";
import { literal, name } from "./sql";

/** Values in one list: more of them take the server too long to plan (error 8623). */
const inOneList = 500;

/**
 * Each reads the row as it is now, with row versioning switched on too, and keeps its lock to the end. A row that is
 * shared can be referred to, and nothing else.
 */
const locks: Readonly<Record<RowLock, string>> = {
  none: "",
  parent: "WITH (REPEATABLEREAD, ROWLOCK)",
  update: "WITH (UPDLOCK, ROWLOCK)",
  delete: "WITH (XLOCK, ROWLOCK)",
};

export class SqlServerReading implements Reading {
  constructor(private readonly session: Session) {}

  async count(table: Table): Promise<number> {
    const [row] = await this.session.rows(
      `SELECT CONVERT(varchar(20), COUNT_BIG(*)) FROM ${relationOf(table)}`,
    );
    return Number(row?.[0]);
  }

  async isEmpty(table: Table): Promise<boolean> {
    const found = await this.session.rows(`SELECT TOP (1) '1' FROM ${relationOf(table)}`);
    return found.length === 0;
  }

  async sample(table: Table, columns: readonly string[], most: number): Promise<readonly TextRow[]> {
    const infos = await this.session.columns(table);
    const shown = columns.map((column) => sampled(table, infos, column));
    return this.session.rows(
      `SELECT TOP (${most}) ${shown.join(", ")} FROM ${relationOf(table)} t ORDER BY ${lastFirst(table)}`,
    );
  }

  async samplesOf(
    table: Table,
    by: string,
    values: readonly string[],
    column: string,
    most: number,
  ): Promise<readonly TextRow[]> {
    const infos = await this.session.columns(table);
    const shown = sampled(table, infos, column);
    const own = comparable(infos, by, "t");
    const found: TextRow[] = [];
    for (const some of chunks(values, inOneList)) {
      const listed = some.map((value) => valueOf(infoOf(infos, by), literal(value), true)).join(", ");
      found.push(
        ...(await this.session.rows(
          `SELECT r.v, r.c FROM (SELECT ${texts([by], infos, "t")} AS v, ${shown} AS c,
               ROW_NUMBER() OVER (PARTITION BY ${own} ORDER BY ${lastFirst(table)}) AS n
             FROM ${relationOf(table)} t WHERE ${own} IN (${listed})) r WHERE r.n <= ${most}`,
        )),
      );
    }
    return found;
  }

  async distinct(table: Table, column: string, most: number): Promise<readonly string[]> {
    const infos = await this.session.columns(table);
    const rows = await this.session.rows(
      `SELECT DISTINCT TOP (${most}) ${texts([column], infos, "t")} FROM ${relationOf(table)} t WHERE t.${name(column)} IS NOT NULL`,
    );
    return rows.map(([value]) => value ?? "");
  }

  async rows(table: Table, keys: readonly Key[]): Promise<readonly FoundRow[]> {
    const infos = await this.session.columns(table);
    const columns = storedColumns(table).map((column) => column.name);
    const found: FoundRow[] = [];
    for (const batch of runsOf(keys)) {
      const rows = await this.session.rows(
        `SELECT ${keyTexts(table, infos, "t")}, ${texts(columns, infos, "t")}
           FROM ${keysFrom(table, infos, batch)} JOIN ${relationOf(table)} t ON ${onKeys(table, "t")} ${oneByOne}`,
      );
      for (const row of rows)
        found.push({ key: keyOf(row, 0, table.key.length), values: row.slice(table.key.length) });
    }
    return found;
  }

  async digests(table: Table, keys: readonly Key[], lock: RowLock): Promise<ReadonlyMap<RowId, string>> {
    const infos = await this.session.columns(table);
    const found = new Map<RowId, string>();
    const ordered = lock === "none" ? keys : inOrder(table, keys, isWholeNumber);
    for (const batch of runsOf(ordered)) {
      const rows = await this.session.rows(
        `SELECT CONVERT(varchar(20), ${digestOf("t", table, infos)}), ${keyTexts(table, infos, "t")}
           FROM ${keysFrom(table, infos, batch)} JOIN ${relationOf(table)} t ${locks[lock]}
             ON ${onKeys(table, "t")} ${oneByOne}`,
      );
      for (const row of rows) found.set(rowId(table.name, keyOf(row, 1, table.key.length)), row[0] ?? "");
    }
    return found;
  }

  async digestsOf(table: Table, rows: readonly TextRow[]): Promise<readonly string[]> {
    const infos = await this.session.columns(table);
    const found: string[] = [];
    for (const source of typedRows(table, infos, rows)) {
      const digests = await this.session.rows(
        `SELECT CONVERT(varchar(20), ${digestOf("t", table, infos)}) FROM ${source} t ORDER BY t.[warm_standby_ordinal]`,
      );
      found.push(...digests.map((row) => row[0] ?? ""));
    }
    return found;
  }

  async keysBehind(
    table: Table,
    columns: readonly string[],
    values: readonly Key[],
  ): Promise<ReadonlyMap<string, Key>> {
    const infos = await this.session.columns(table);
    const found = new Map<string, Key>();
    for (const batch of runsOf(values)) {
      const rows = await this.session.rows(
        `SELECT k.[at], ${keyTexts(table, infos, "t")}
           FROM ${valuesOf(columns, infos, batch, "numbered")} k JOIN ${relationOf(table)} t ON ${onValues(columns, "t")}`,
      );
      for (const row of rows)
        found.set(JSON.stringify(batch[Number(row[0])]), keyOf(row, 1, table.key.length));
    }
    return found;
  }

  /** By the target's own collations: what it takes for equal is equal, and so are two that are NULL. */
  async holders(
    table: Table,
    unique: UniqueKey,
    rows: readonly FoundRow[],
  ): Promise<readonly (readonly [Key, Key])[]> {
    const infos = await this.session.columns(table);
    const width = table.key.length;
    const found: (readonly [Key, Key])[] = [];
    for (const source of typedRows(
      table,
      infos,
      rows.map((row) => row.values),
    )) {
      const pairs = await this.session.rows(holdersQuery(table, unique, infos, source));
      found.push(...pairs.map((row) => [keyOf(row, 0, width), keyOf(row, width, width)] as const));
    }
    return found;
  }

  async dependents(
    parent: Table,
    child: Table,
    foreignKey: ForeignKey,
    keys: readonly Key[],
  ): Promise<readonly (readonly [Key, Key])[]> {
    const [parents, children] = [await this.session.columns(parent), await this.session.columns(child)];
    const ofType = isOfType(child, children, foreignKey);
    if (foreignKey.inText === true) {
      const [column = ""] = foreignKey.columns;
      return dependentsInText(parent, child, foreignKey, keys, (some) =>
        this.session.rows(
          `SELECT ${texts([column], children, "c")}, ${keyTexts(child, children, "c")} FROM ${relationOf(child)} c
             WHERE ${comparable(children, column, "c")} IN (${some.map(literal).join(", ")})${ofType}`,
        ),
      );
    }
    const joined = foreignKey.columns
      .map((column, at) => {
        const key = foreignKey.parentColumns[at] ?? "";
        return `${likened(infoOf(children, column), infoOf(parents, key), `c.${name(column)}`)} = p.${name(key)}`;
      })
      .join(" AND ");
    const found: (readonly [Key, Key])[] = [];
    for (const batch of runsOf(keys)) {
      const rows = await this.session.rows(
        `SELECT ${keyTexts(parent, parents, "p")}, ${keyTexts(child, children, "c")}
           FROM ${keysFrom(parent, parents, batch)} JOIN ${relationOf(parent)} p ON ${onKeys(parent, "p")}
           JOIN ${relationOf(child)} c ON ${joined}${ofType}`,
      );
      for (const row of rows)
        found.push([keyOf(row, 0, parent.key.length), keyOf(row, parent.key.length, child.key.length)]);
    }
    return found;
  }

  digested(table: Table): Digested {
    return new SqlServerDigested(this.session, async () => {
      const infos = await this.session.columns(table);
      const [key] = table.key;
      if (key === undefined) throw new Error(`${table.name} has no key`);
      return {
        from: `${relationOf(table)} t`,
        where: "1 = 1",
        first: isWholeNumber(findColumn(table, key))
          ? { column: `t.${name(key)}`, type: findColumn(table, key).type }
          : undefined,
        keys: { columns: keyTexts(table, infos, "t") },
        hash: keyHashOf("t", table, infos),
        digest: digestOf("t", table, infos),
        estimate: `SELECT CONVERT(varchar(20), SUM(p.rows)) FROM sys.partitions p
          WHERE p.object_id = OBJECT_ID(${literal(relationOf(table))}) AND p.index_id IN (0, 1)`,
      };
    });
  }
}

/** A value as one of another column's type, which it has already where the database knows of the reference. */
function likened(info: ColumnInfo, like: ColumnInfo, value: string): string {
  const isLike = declared(info) === declared(like) && info.collation === like.collation;
  return isLike ? value : valueOf(like, textOf(info, value), true);
}

/** A condition more: that the row of the child, `c`, says that it refers to this table. */
function isOfType(child: Table, children: Infos, { when }: ForeignKey): string {
  if (when === undefined || !printsAsText(findColumn(child, when.column).type)) return "";
  const own = infoOf(children, when.column);
  const values = when.values.map(literal).join(", ");
  const text = textOf(own, `c.${name(when.column)}`);
  // By its index, where it has one; then to the letter.
  const found = isText(own.type) ? ` AND ${comparable(children, when.column, "c")} IN (${values})` : "";
  return `${found} AND ${text} COLLATE Latin1_General_100_BIN2 IN (${values})`;
}

/** The old large texts do not compare. */
function comparable(infos: Infos, column: string, alias: string): string {
  const info = infoOf(infos, column);
  const value = `${alias}.${name(column)}`;
  return info.type === "text" || info.type === "ntext" ? textOf(info, value) : value;
}

/** What a computed column would hold, for a row that is not in the table yet. */
export function expressionOf(infos: Infos, expression: string): string {
  for (const info of infos.values())
    if (info.expression !== undefined && expression === name(info.name)) return `(${info.expression})`;
  return expression;
}

/** Both sides with the key as `k1`, … and the unique values as `u1`, …; a row may be its own holder. */
function holdersQuery(table: Table, unique: UniqueKey, infos: Infos, source: string): string {
  const keys = table.key.map(
    (column, at) => `${textOf(infoOf(infos, column), name(column))} AS [k${at + 1}]`,
  );
  const where = unique.predicate === undefined ? "" : ` WHERE ${unique.predicate}`;
  const side = (relation: string, values: readonly string[]): string =>
    `(SELECT ${keys.join(", ")}, ${values.map((value, at) => `${value} AS [u${at + 1}]`).join(", ")} FROM ${relation}${where})`;
  const names = (alias: string): string => table.key.map((_, at) => `${alias}.[k${at + 1}]`).join(", ");
  const values = (alias: string): string =>
    unique.expressions.map((_, at) => `${alias}.[u${at + 1}]`).join(", ");
  const own = unique.expressions.map((expression) => expressionOf(infos, expression));
  return `SELECT ${names("s")}, ${names("t")} FROM ${side(`${source} r`, own)} s
    JOIN ${side(`${relationOf(table)} r`, unique.expressions)} t ON ${equal(values("s"), values("t"))}`;
}

/** Equal by the engine's own word, NULL with NULL too; it is looked up in an index as = is. */
export const equal = (one: string, other: string): string =>
  `EXISTS (SELECT ${one} INTERSECT SELECT ${other})`;

/** A column as it is sampled, of alias `t`. */
function sampled(table: Table, infos: Infos, column: string): string {
  const text = textOf(infoOf(infos, column), `t.${name(column)}`);
  return isLong(table, column) ? `LEFT(${text}, ${sampledCharacters})` : text;
}

const lastFirst = (table: Table): string => table.key.map((column) => `t.${name(column)} DESC`).join(", ");
