import { Readable } from "node:stream";
import { chunks } from "../../collections";
import {
  findColumn,
  storedColumns,
  type ForeignKey,
  type Key,
  type Table,
  type UniqueKey,
} from "../../model";
import type { BaseTable, Bulk, ParentOfMany, Spans, Stage, TextRow } from "../../port";
import { baseRows, keyList, keyTextOf, placeOf } from "./base-rows";
import { digestOf, infoOf, isUnsigned, type ColumnInfo } from "./columns";
import { atOnce, inRanges } from "./digested";
import {
  addRows,
  computed,
  keyOf,
  keyTexts,
  onKeys,
  relationOf,
  runsOf,
  sameKey,
  texts,
  type Infos,
} from "./keys";
import { own } from "./own";
import type { Session } from "./session";
import { bytesOf, isOneOf, list, literal, name } from "./sql";
import type { MysqlWriting } from "./writing";

/** No shop calls a column so. */
const digestColumn: ColumnInfo = {
  name: "warm standby: digest",
  dataType: "bigint",
  declared: "bigint unsigned",
  charset: undefined,
  collation: undefined,
  expression: undefined,
  followsClock: false,
};
const digest = name(digestColumn.name);

/**
 * New rows by the thousand, each statement about all of a stage's. A temporary table cannot be looked at twice in one
 * statement, nor analysed within a transaction: the order in which tables are joined is laid down, from the stage to
 * what it is looked up in.
 */
export class MysqlBulk implements Bulk {
  constructor(
    private readonly session: Session,
    private readonly write: MysqlWriting,
  ) {}

  async count(table: Table, spans: Spans): Promise<number> {
    let rows = 0;
    for (const some of inRuns(spans)) {
      const [row] = await this.session.rows(`SELECT COUNT(*) ${rowsWithin(table, some)}`);
      rows += Number(row?.[0]);
    }
    return rows;
  }

  send(table: Table, spans: Spans): Readable {
    return Readable.from(this.sent(table, spans), { highWaterMark: 1000 });
  }

  private async *sent(table: Table, spans: Spans): AsyncGenerator<TextRow> {
    const infos = await this.session.columns(table);
    const select = `SELECT ${texts(namesOf(table), infos, "t")}, ${digestOf("t", table, infos)}`;
    for (const some of inRuns(spans)) yield* this.session.streamRows(`${select} ${rowsWithin(table, some)}`);
  }

  async load(table: Table, rows: Readable, onBytes: (bytes: number) => void): Promise<Stage> {
    const infos = await this.session.columns(table);
    const columns = [...namesOf(table).map((column) => infoOf(infos, column)), digestColumn];
    const stage = await this.write.makeStage(table, [digestColumn]);
    for await (const some of inHundreds(rows)) await addRows(this.session, stage, columns, some, onBytes);
    return stage;
  }

  async takeDoubtful(
    table: Table,
    stage: Stage,
    parents: readonly ParentOfMany[],
  ): Promise<readonly (readonly [Key, string])[]> {
    const infos = await this.session.columns(table);
    const doubts = [
      ...((await this.mayMeet(table, stage))
        ? [`${name(stage)} s STRAIGHT_JOIN ${relationOf(table)} t ON ${sameKey(table, "t", "s")}`]
        : []),
      ...table.uniqueKeys.map((unique) => isTaken(table, stage, infos, unique)),
    ];
    for (const parent of parents) {
      if (parent.foreignKey.undeclared !== undefined) await this.hold(stage, parent);
      doubts.push(await this.isAstray(stage, parent));
    }
    const found: (readonly [Key, string])[] = [];
    for (const doubt of doubts) {
      const rows = await this.session.rows(
        `SELECT DISTINCT s.${digest}, ${keyTexts(table, infos, "s")} FROM ${doubt}`,
      );
      const doubtful = rows.map((row) => [keyOf(row, 1, table.key.length), row[0] ?? ""] as const);
      found.push(...doubtful);
      // Those that were read, and no others: the target may have changed since.
      for (const keys of runsOf(doubtful.map(([key]) => key)))
        await this.session.run(`DELETE s FROM ${name(stage)} s WHERE ${onKeys(table, infos, keys, "s")}`);
    }
    return found;
  }

  /** Whether the table has any row between the ends of the stage's keys. With an offset it has none. */
  private async mayMeet(table: Table, stage: Stage): Promise<boolean> {
    const key = name(table.key[0] ?? "");
    const [ends] = await this.session.rows(`SELECT MIN(${key}), MAX(${key}) FROM ${name(stage)}`);
    const [low, high] = ends ?? [];
    if (typeof low !== "string" || typeof high !== "string") return false;
    const found = await this.session.rows(
      `SELECT 1 FROM ${relationOf(table)} WHERE ${key} BETWEEN ${BigInt(low)} AND ${BigInt(high)} LIMIT 1`,
    );
    return found.length > 0;
  }

  /** Keeps parents from being deleted, as a foreign key would; those that came with their children are nobody else's yet. */
  private async hold(own: Stage, { foreignKey, parent, stage }: ParentOfMany): Promise<void> {
    const columns = columnsFor(foreignKey, parent);
    const [ours, others] =
      stage === undefined
        ? ["", ""]
        : [
            `LEFT JOIN ${name(stage)} n ON ${meant(columns, "n")}`,
            `WHERE n.${columns[0]?.key ?? ""} IS NULL`,
          ];
    await this.session.rows(
      `SELECT COUNT(*) FROM ${name(own)} s ${ours} STRAIGHT_JOIN ${relationOf(parent)} p ON ${meant(columns, "p")} ${others}
         LOCK IN SHARE MODE`,
    );
  }

  /** Refers to somebody who is not there, or of whom it is not known that both sides mean the same. */
  private async isAstray(own: Stage, { foreignKey, parent, base, stage }: ParentOfMany): Promise<string> {
    const columns = columnsFor(foreignKey, parent);
    const [first] = columns;
    const joins: string[] = [];
    const wanted = columns.map((column) => `${column.own} IS NOT NULL`);
    const column = `s.${name(foreignKey.columns[0] ?? "")}`;
    for (const value of foreignKey.nobody ?? []) wanted.push(`${column} <> ${literal(value)}`);
    // Most came with their parents: they are looked up there first, and no further.
    if (stage !== undefined) {
      joins.push(`LEFT JOIN ${name(stage)} n ON ${meant(columns, "n")}`);
      wanted.push(`n.${first?.key ?? ""} IS NULL`);
    }
    if (base !== undefined) {
      const { number, hash } = placeOf(parent, "p", await this.session.columns(parent));
      joins.push(
        `LEFT JOIN ${relationOf(parent)} p ON ${meant(columns, "p")}`,
        `LEFT JOIN ${baseRows} b ON b.table_id = ${base.id} AND b.number = ${number} AND b.hash = ${hash}`,
      );
      wanted.push("b.table_id IS NULL");
    }
    return `${name(own)} s ${joins.join(" ")} WHERE ${wanted.join(" AND ")}`;
  }

  /** Run by run: for the time of a statement nobody else gets an id of the table (innodb_autoinc_lock_mode = 1). */
  async insert(table: Table, stage: Stage): Promise<number> {
    const columns = list(namesOf(table));
    const key = name(table.key[0] ?? "");
    let rows = 0;
    for (let after = "TRUE"; ;) {
      const [row] = await this.session.rows(
        `SELECT MAX(k) FROM (SELECT ${key} AS k FROM ${name(stage)} WHERE ${after} ORDER BY ${key} LIMIT 2000) r`,
      );
      const last = row?.[0];
      if (typeof last !== "string") return rows;
      rows += await this.session.run(
        `INSERT INTO ${relationOf(table)} (${columns}) SELECT ${columns} FROM ${name(stage)} WHERE ${after} AND ${key} <= ${BigInt(last)}`,
      );
      after = `${key} > ${BigInt(last)}`;
    }
  }

  async different(table: Table, stage: Stage): Promise<number> {
    const infos = await this.session.columns(table);
    const [row] = await this.session.rows(
      `SELECT COUNT(*) FROM ${name(stage)} s LEFT JOIN ${relationOf(table)} t ON ${sameKey(table, "t", "s")}
         WHERE t.${name(table.key[0] ?? "")} IS NULL OR ${digestOf("t", table, infos)} <> s.${digest}`,
    );
    return Number(row?.[0]);
  }

  async record(run: string, table: Table, base: BaseTable, stage: Stage): Promise<void> {
    const infos = await this.session.columns(table);
    const { number, hash } = placeOf(table, "s", infos);
    await this.session.run(
      `INSERT INTO ${own("ledger")} (run, table_name, row_key, digest)
         SELECT ${BigInt(run)}, ${literal(table.name)}, ${keyList(table, "s", infos)}, s.${digest} FROM ${name(stage)} s`,
    );
    await this.session.run(
      `INSERT INTO ${baseRows} SELECT ${base.id}, ${number}, ${hash}, ${keyTextOf(table, "s", infos)}, s.${digest}
         FROM ${name(stage)} s`,
    );
  }
}

/** A column of a parent's key, and the one that refers to it. */
interface Referring {
  readonly key: string;
  readonly own: string;
}

/** Null where a row refers to nobody. A text is a number's where it is what that number prints. */
const columnsFor = (
  { columns, parentColumns, inText = false, when }: ForeignKey,
  parent: Table,
): readonly Referring[] =>
  parent.key.map((key) => {
    const own = `s.${name(columns[parentColumns.indexOf(key)] ?? "")}`;
    const kind = isUnsigned(findColumn(parent, key).type) ? "UNSIGNED" : "SIGNED";
    const value = inText ? `CAST(${own} AS ${kind})` : own;
    const conditions = [
      ...(when === undefined ? [] : [isOneOf(`s.${name(when.column)}`, when.values)]),
      ...(inText ? [`CAST(${value} AS BINARY) = ${bytesOf(own)}`] : []),
    ];
    return {
      key: name(key),
      own: conditions.length === 0 ? value : `IF(${conditions.join(" AND ")}, ${value}, NULL)`,
    };
  });

const meant = (columns: readonly Referring[], alias: string): string =>
  columns.map(({ key, own: column }) => `${alias}.${key} = ${column}`).join(" AND ");

const namesOf = (table: Table): readonly string[] => storedColumns(table).map((column) => column.name);

type Pairs = readonly (readonly [string, string])[];

const inRuns = ({ first, last }: Spans): Iterable<Pairs> =>
  chunks(
    first.map((low, at) => [low, last[at] ?? low] as const),
    atOnce,
  );

const rowsWithin = (table: Table, spans: Pairs): string =>
  `FROM ${relationOf(table)} t WHERE ${inRanges(`t.${name(table.key[0] ?? "")}`, spans)}`;

async function* inHundreds(rows: Readable): AsyncGenerator<readonly TextRow[]> {
  let held: TextRow[] = [];
  for await (const row of rows as AsyncIterable<TextRow>) {
    held.push(row);
    if (held.length < 1000) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}

/** Somebody on the target has the unique value already, by the target's own collations. */
function isTaken(table: Table, stage: Stage, infos: Infos, unique: UniqueKey): string {
  const value = (at: number): string => name(`warm standby: ${at + 1}`);
  const values = (of: (expression: string) => string): string =>
    unique.expressions.map((expression, at) => `${of(expression)} AS ${value(at)}`).join(", ");
  const staged = `(SELECT s.*, ${values((expression) => computed(infos, expression))} FROM ${name(stage)} s) s`;
  // Whole columns are looked up in their index. Of an expression none is sure to be found: it is computed once.
  const there =
    unique.columns === undefined
      ? `(SELECT DISTINCT ${values((expression) => expression)} FROM ${relationOf(table)})`
      : relationOf(table);
  const same = unique.expressions.map(
    (expression, at) => `t.${unique.columns === undefined ? value(at) : expression} = s.${value(at)}`,
  );
  return `${staged} STRAIGHT_JOIN ${there} t ON ${same.join(" AND ")}`;
}
