import {
  rowId,
  storedColumns,
  findColumn,
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
import { digestOf, infoOf, isUnsigned, isWholeNumber, keyHashOf, textOf } from "./columns";
import { MysqlDigested } from "./digested";
import {
  computed,
  keyOf,
  keyTexts,
  onKeys,
  onValues,
  ordinal,
  relationOf,
  runsOf,
  texts,
  withRows,
  type Infos,
} from "./keys";
import type { Session } from "./session";
import { bytesOf, isOneOf, literal, name } from "./sql";

/** InnoDB has two kinds: a row that is shared can be referred to, and nothing else. */
const locks: Readonly<Record<RowLock, string>> = {
  none: "",
  parent: "LOCK IN SHARE MODE",
  update: "FOR UPDATE",
  delete: "FOR UPDATE",
};

export class MysqlReading implements Reading {
  constructor(private readonly session: Session) {}

  async count(table: Table): Promise<number> {
    const [row] = await this.session.rows(`SELECT COUNT(*) FROM ${relationOf(table)}`);
    return Number(row?.[0]);
  }

  async isEmpty(table: Table): Promise<boolean> {
    const found = await this.session.rows(`SELECT 1 FROM ${relationOf(table)} LIMIT 1`);
    return found.length === 0;
  }

  async rows(table: Table, keys: readonly Key[]): Promise<readonly FoundRow[]> {
    const infos = await this.session.columns(table);
    const columns = storedColumns(table).map((column) => column.name);
    const found: FoundRow[] = [];
    for (const batch of runsOf(keys)) {
      const rows = await this.session.rows(
        `SELECT ${keyTexts(table, infos, "t")}, ${texts(columns, infos, "t")} FROM ${relationOf(table)} t
           WHERE ${onKeys(table, infos, batch, "t")}`,
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
        `SELECT ${digestOf("t", table, infos)}, ${keyTexts(table, infos, "t")}
           FROM ${relationOf(table)} t FORCE INDEX (${await this.session.keyIndex(table)})
           WHERE ${onKeys(table, infos, batch, "t")} ${locks[lock]}`,
      );
      for (const row of rows) found.set(rowId(table.name, keyOf(row, 1, table.key.length)), row[0] ?? "");
    }
    return found;
  }

  async digestsOf(table: Table, rows: readonly TextRow[]): Promise<readonly string[]> {
    if (rows.length === 0) return [];
    const infos = await this.session.columns(table);
    return withRows(this.session, table, rows, async (relation) => {
      const digests = await this.session.rows(
        `SELECT ${digestOf("t", table, infos)} FROM ${relation} t ORDER BY t.${ordinal}`,
      );
      return digests.map((row) => row[0] ?? "");
    });
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
        `SELECT ${texts(columns, infos, "t")}, ${keyTexts(table, infos, "t")} FROM ${relationOf(table)} t
           WHERE ${onValues(columns, infos, batch, "t")}`,
      );
      for (const row of rows)
        found.set(JSON.stringify(row.slice(0, columns.length)), keyOf(row, columns.length, table.key.length));
      if (!columns.some((column) => infoOf(infos, column).collation !== undefined)) continue;
      const others = batch.filter((value) => !found.has(JSON.stringify(value)));
      await this.spelledOtherwise(table, columns, others, found);
    }
    return found;
  }

  /** Looks values up one by one: what a collation takes for equal does not print as it was asked for. */
  private async spelledOtherwise(
    table: Table,
    columns: readonly string[],
    values: readonly Key[],
    found: Map<string, Key>,
  ): Promise<void> {
    const infos = await this.session.columns(table);
    for (const some of chunks(values, 100)) {
      const each = some.map(
        (value, at) =>
          `(SELECT ${at}, ${keyTexts(table, infos, "t")} FROM ${relationOf(table)} t
             WHERE ${onValues(columns, infos, [value], "t")} LIMIT 1)`,
      );
      for (const row of await this.session.rows(each.join(" UNION ALL ")))
        found.set(JSON.stringify(some[Number(row[0])]), keyOf(row, 1, table.key.length));
    }
  }

  /** By the target's own collations: what it takes for equal is equal. */
  async holders(
    table: Table,
    unique: UniqueKey,
    rows: readonly FoundRow[],
  ): Promise<readonly (readonly [Key, Key])[]> {
    if (rows.length === 0) return [];
    const infos = await this.session.columns(table);
    const width = table.key.length;
    const side = (relation: string, expressions: readonly string[], distinct = ""): string =>
      `(SELECT ${distinct} ${table.key.map((column, at) => `${textOf(infoOf(infos, column), name(column))} AS k${at + 1}`).join(", ")},
         ${expressions.map((expression, at) => `${expression} AS u${at + 1}`).join(", ")} FROM ${relation})`;
    const names = (alias: string): string => table.key.map((_, at) => `${alias}.k${at + 1}`).join(", ");
    const own = unique.expressions.map((expression) => computed(infos, expression));
    const many = side(relationOf(table), unique.expressions);
    const found = await withRows(
      this.session,
      table,
      rows.map((row) => row.values),
      (relation) =>
        this.session.rows(
          `SELECT ${names("s")}, ${names("t")} FROM ${
            // Where no index is sure to be there, the table is read once, and its rows are looked up among the few.
            unique.blankIn === undefined
              ? `${side(relation, own)} s JOIN ${many} t`
              : `${many} t STRAIGHT_JOIN ${side(relation, own, "DISTINCT")} s`
          } ON ${unique.expressions.map((_, at) => `s.u${at + 1} = t.u${at + 1}`).join(" AND ")}`,
        ),
    );
    return found.map((row) => [keyOf(row, 0, width), keyOf(row, width, width)] as const);
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
             WHERE ${onValues(
               [column],
               children,
               some.map((text) => [text]),
               "c",
             )}${ofType}`,
        ),
      );
    }
    const joined = foreignKey.columns
      .map((column, at) => `c.${name(column)} = p.${name(foreignKey.parentColumns[at] ?? "")}`)
      .join(" AND ");
    const found: (readonly [Key, Key])[] = [];
    for (const batch of runsOf(keys)) {
      const rows = await this.session.rows(
        `SELECT ${keyTexts(parent, parents, "p")}, ${keyTexts(child, children, "c")} FROM ${relationOf(parent)} p
           JOIN ${relationOf(child)} c ON ${joined} WHERE ${onKeys(parent, parents, batch, "p")}${ofType}`,
      );
      for (const row of rows)
        found.push([keyOf(row, 0, parent.key.length), keyOf(row, parent.key.length, child.key.length)]);
    }
    return found;
  }

  async sample(table: Table, columns: readonly string[], most: number): Promise<readonly TextRow[]> {
    const infos = await this.session.columns(table);
    const shown = columns.map((column) => sampled(table, infos, column));
    return this.session.rows(
      `SELECT ${shown.join(", ")} FROM ${relationOf(table)} t ORDER BY ${lastFirst(table)} LIMIT ${most}`,
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
    const own = texts([by], infos, "t");
    const found: TextRow[] = [];
    for (const some of runsOf(values))
      found.push(
        ...(await this.session.rows(
          `SELECT v, c FROM (SELECT ${own} AS v, ${shown} AS c, ROW_NUMBER() OVER (PARTITION BY ${bytesOf(`t.${name(by)}`)} ORDER BY ${lastFirst(table)}) AS n
             FROM ${relationOf(table)} t WHERE ${onValues(
               [by],
               infos,
               some.map((value) => [value]),
               "t",
             )}) r WHERE n <= ${most}`,
        )),
      );
    return found;
  }

  async distinct(table: Table, column: string, most: number): Promise<readonly string[]> {
    const infos = await this.session.columns(table);
    const rows = await this.session.rows(
      `SELECT DISTINCT ${texts([column], infos, "t")} FROM ${relationOf(table)} t WHERE t.${name(column)} IS NOT NULL LIMIT ${most}`,
    );
    return rows.map(([value]) => value ?? "");
  }

  digested(table: Table): Digested {
    return new MysqlDigested(this.session, async () => {
      const infos = await this.session.columns(table);
      const [key] = table.key;
      if (key === undefined) throw new Error(`${table.name} has no key`);
      const column = findColumn(table, key);
      return {
        from: `${relationOf(table)} t`,
        where: "TRUE",
        first: isWholeNumber(column)
          ? { column: `t.${name(key)}`, value: `t.${name(key)}`, unsigned: isUnsigned(column.type) }
          : undefined,
        keys: { columns: keyTexts(table, infos, "t") },
        hash: keyHashOf("t", table, infos),
        digest: digestOf("t", table, infos),
        estimate: `SELECT TABLE_ROWS FROM information_schema.TABLES
          WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${literal(table.relation)}`,
      };
    });
  }
}

/** A condition more: that the row of the child, `c`, says that it refers to this table. */
function isOfType(child: Table, children: Infos, { when }: ForeignKey): string {
  if (when === undefined || !printsAsText(findColumn(child, when.column).type)) return "";
  const own = `c.${name(when.column)}`;
  const { charset, collation } = infoOf(children, when.column);
  // By its index, where it has one; then to the letter.
  const found =
    charset === undefined || collation === undefined
      ? ""
      : ` AND ${own} IN (${when.values.map((value) => `CONVERT(${literal(value)} USING ${charset}) COLLATE ${collation}`).join(", ")})`;
  return `${found} AND ${isOneOf(own, when.values)}`;
}

/** A column as it is sampled, of alias `t`. */
function sampled(table: Table, infos: Infos, column: string): string {
  const text = textOf(infoOf(infos, column), `t.${name(column)}`);
  return isLong(table, column) ? `LEFT(${text}, ${sampledCharacters})` : text;
}

const lastFirst = (table: Table): string => table.key.map((column) => `t.${name(column)} DESC`).join(", ");
