import { Readable } from "node:stream";
import { refusal } from "../../../fault";
import { chunks } from "../../collections";
import { storedColumns, type Key, type Table } from "../../model";
import type { Selection, Stage, TextRow, Writing } from "../../port";
import { infoOf, type ColumnInfo } from "./columns";
import {
  addRows,
  batchSize,
  dropTemporary,
  keyOf,
  keyTexts,
  makeTemporary,
  onKeys,
  relationOf,
  runsOf,
  sameKey,
  texts,
  type Infos,
} from "./keys";
import type { MysqlReading } from "./reading";
import { readError, type Session } from "./session";
import { list, literal, literals, name } from "./sql";

const duplicate: ReadonlySet<number> = new Set([1062, 1586]);
/** A trigger that asks for this lets a mirror be written: see {@link MysqlWriting.triggers}. */
export const guard = "@warm_standby";

export class MysqlWriting implements Writing {
  private readonly staged = new Map<Stage, Table>();
  private kept: ReadonlySet<Stage> = new Set();

  constructor(
    private readonly session: Session,
    private readonly reading: MysqlReading,
  ) {}

  send(table: Table, selection: Selection, columns: readonly string[]): Readable {
    return Readable.from(this.sent(table, selection, columns), { highWaterMark: 1000 });
  }

  private async *sent(
    table: Table,
    selection: Selection,
    columns: readonly string[],
  ): AsyncGenerator<TextRow> {
    const infos = await this.session.columns(table);
    const select = `SELECT ${texts(columns, infos, "t")} FROM ${relationOf(table)} t`;
    switch (selection.kind) {
      case "all":
        yield* this.session.streamRows(select);
        return;
      case "set":
        yield* this.session.streamRows(
          `${select} WHERE ${selection.columns.map((column) => `t.${name(column)} IS NOT NULL`).join(" OR ")}`,
        );
        return;
      case "keys":
        for (const batch of runsOf(selection.keys))
          yield* this.session.streamRows(`${select} WHERE ${onKeys(table, infos, batch, "t")}`);
    }
  }

  async load(
    into: Table | Stage,
    columns: readonly string[],
    rows: Readable,
    onBytes: (bytes: number) => void,
  ): Promise<number> {
    const relation = typeof into === "string" ? into : into.relation;
    const infos = await this.session.columns(typeof into === "string" ? this.tableOf(into) : into);
    const targets = columns.map((column) => infoOf(infos, column));
    let loaded = 0;
    let held: TextRow[] = [];
    for await (const row of rows as AsyncIterable<TextRow>) {
      held.push(row);
      if (held.length < 1000) continue;
      loaded += await addRows(this.session, relation, targets, held, onBytes);
      held = [];
    }
    return loaded + (await addRows(this.session, relation, targets, held, onBytes));
  }

  private tableOf(stage: Stage): Table {
    const table = this.staged.get(stage);
    if (table === undefined) throw new Error(`${stage} is no stage`);
    return table;
  }

  /** @param more columns of its own, besides those of the table */
  async makeStage(table: Table, more: readonly ColumnInfo[] = []): Promise<Stage> {
    const columns = storedColumns(table).map((column) => column.name);
    const stage = await makeTemporary(this.session, table, columns, "keyed", more);
    this.staged.set(stage, table);
    return stage;
  }

  /** Those that are there now belong to what a savepoint keeps. */
  keepStages(): void {
    this.kept = new Set(this.staged.keys());
  }

  /** Temporary tables outlive a transaction here, and a savepoint. */
  async dropStages(since: "the savepoint" | "the beginning"): Promise<void> {
    for (const stage of this.staged.keys()) {
      if (since === "the savepoint" && this.kept.has(stage)) continue;
      await dropTemporary(this.session, stage);
      this.staged.delete(stage);
    }
  }

  async addToStage(table: Table, stage: Stage, rows: readonly TextRow[]): Promise<void> {
    const infos = await this.session.columns(table);
    const columns = storedColumns(table).map((column) => infoOf(infos, column.name));
    await addRows(this.session, stage, columns, rows);
  }

  async stageMaximum(stage: Stage, column: string): Promise<bigint | undefined> {
    const [row] = await this.session.rows(`SELECT MAX(${name(column)}) FROM ${name(stage)}`);
    return typeof row?.[0] === "string" ? BigInt(row[0]) : undefined;
  }

  async insert(
    table: Table,
    stage: Stage,
    keys: readonly Key[],
    nulls: readonly string[],
  ): Promise<readonly Key[]> {
    const written: Key[] = [];
    for (const batch of runsOf(keys)) written.push(...(await this.insertRun(table, stage, batch, nulls)));
    return written;
  }

  /** A statement that meets a duplicate writes nothing at all; then those in the way are looked for and left out. */
  private async insertRun(
    table: Table,
    stage: Stage,
    keys: readonly Key[],
    nulls: readonly string[],
  ): Promise<readonly Key[]> {
    const infos = await this.session.columns(table);
    const columns = storedColumns(table).map((column) => column.name);
    const values = columns.map((column) => (nulls.includes(column) ? "NULL" : `s.${name(column)}`));
    const write = (some: readonly Key[]): Promise<number> =>
      this.session.run(
        `INSERT INTO ${relationOf(table)} (${list(columns)}) SELECT ${values.join(", ")}
           FROM ${name(stage)} s WHERE ${onKeys(table, infos, some, "s")}`,
      );
    try {
      await write(keys);
      return keys;
    } catch (error) {
      if (!duplicate.has(readError(error).errno)) throw error;
      const blocked = await this.inTheWay(table, infos, stage, keys);
      if (blocked.size === 0) throw error;
      const free = keys.filter((key) => !blocked.has(JSON.stringify(key)));
      if (free.length > 0) await write(free);
      return free;
    }
  }

  /** Staged rows whose key or unique value another row has here, by their keys as JSON lists. */
  private async inTheWay(
    table: Table,
    infos: Infos,
    stage: Stage,
    keys: readonly Key[],
  ): Promise<ReadonlySet<string>> {
    const columns = storedColumns(table).map((column) => column.name);
    const width = table.key.length;
    const staged = await this.session.rows(
      `SELECT ${keyTexts(table, infos, "s")}, ${texts(columns, infos, "s")}
         FROM ${name(stage)} s WHERE ${onKeys(table, infos, keys, "s")}`,
    );
    const rows = staged.map((row) => ({ key: keyOf(row, 0, width), values: row.slice(width) }));
    const primary = {
      name: "PRIMARY",
      expressions: table.key.map(name),
      predicate: undefined,
      nullsDistinct: true,
      deferrable: false,
    };
    const found = new Set<string>();
    for (const unique of [primary, ...table.uniqueKeys])
      for (const [key] of await this.reading.holders(table, unique, rows)) found.add(JSON.stringify(key));
    return found;
  }

  async update(
    table: Table,
    stage: Stage,
    columns: readonly string[],
    keys: readonly Key[],
  ): Promise<readonly Key[]> {
    const infos = await this.session.columns(table);
    const written: Key[] = [];
    for (const batch of runsOf(keys)) {
      const found = await this.session.run(
        `UPDATE ${relationOf(table)} t FORCE INDEX (${await this.session.keyIndex(table)}) JOIN ${name(stage)} s
           ON ${sameKey(table, "t", "s")} SET ${assignments(infos, columns)}
           WHERE ${onKeys(table, infos, batch, "t")}`,
      );
      written.push(...(found === batch.length ? batch : await this.present(table, infos, batch)));
    }
    return written;
  }

  async link(
    table: Table,
    stage: Stage,
    columns: readonly string[],
    keys: readonly Key[] | "all",
  ): Promise<void> {
    const infos = await this.session.columns(table);
    const set = columns.map((column) => `s.${name(column)} IS NOT NULL`).join(" OR ");
    const statement = (where: string): string =>
      `UPDATE ${relationOf(table)} t FORCE INDEX (${index}) JOIN ${name(stage)} s ON ${sameKey(table, "t", "s")}
         SET ${assignments(infos, columns)} WHERE (${set})${where}`;
    const index = await this.session.keyIndex(table);
    if (keys === "all") await this.session.run(statement(""));
    else
      for (const batch of runsOf(keys))
        await this.session.run(statement(` AND ${onKeys(table, infos, batch, "t")}`));
  }

  async clear(table: Table, columns: readonly string[], keys: readonly Key[]): Promise<void> {
    const infos = await this.session.columns(table);
    const nulls = columns.map((column) => `t.${name(column)} = NULL`);
    for (const batch of runsOf(keys))
      await this.session.run(
        `UPDATE ${relationOf(table)} t SET ${[...nulls, ...kept(infos, columns)].join(", ")}
           WHERE ${onKeys(table, infos, batch, "t")}`,
      );
  }

  async remove(table: Table, keys: readonly Key[]): Promise<readonly Key[]> {
    const infos = await this.session.columns(table);
    const left: Key[] = [];
    for (const batch of chunks(keys, batchSize)) {
      const deleted = await this.session.run(
        `DELETE t FROM ${relationOf(table)} t WHERE ${onKeys(table, infos, batch, "t")}`,
      );
      if (deleted !== batch.length) left.push(...(await this.present(table, infos, batch)));
    }
    return left;
  }

  /** Which of these keys are there. */
  private async present(table: Table, infos: Infos, keys: readonly Key[]): Promise<readonly Key[]> {
    const asked = new Set(keys.map((key) => JSON.stringify(key)));
    const rows = await this.session.rows(
      `SELECT ${keyTexts(table, infos, "t")} FROM ${relationOf(table)} t
         WHERE ${onKeys(table, infos, keys, "t")}`,
    );
    return rows.map((row) => keyOf(row, 0, table.key.length)).filter((key) => asked.has(JSON.stringify(key)));
  }

  /** InnoDB checks each row as it is written, and knows no other way. */
  constraints(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * No statement puts a trigger to rest here, and taking it away would outlast a run that is cut. So a trigger has to
   * step aside itself: one whose text does not ask for `@warm_standby` is refused before a row is written.
   */
  async triggers(tables: readonly Table[], on: boolean): Promise<void> {
    if (!on && tables.length > 0) await this.refuseUnguarded(tables);
    await this.session.run(`SET ${guard} = ${on ? "NULL" : "1"}`);
  }

  private async refuseUnguarded(tables: readonly Table[]): Promise<void> {
    const rows = await this.session.rows(
      `SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS
         WHERE TRIGGER_SCHEMA = ${literal(this.session.database)}
           AND EVENT_OBJECT_TABLE IN (${literals(tables.map((table) => table.relation))}) ORDER BY 1, 2`,
    );
    const loose = rows.filter(([, , text]) => text?.includes(guard) !== true);
    if (loose.length === 0) return;
    throw refusal(
      `${this.session.label} has triggers that would run on every row that is copied, and MySQL cannot let them rest: ` +
        `${loose.map(([table, trigger]) => `${trigger ?? ""} on ${table ?? ""}`).join(", ")}; put what each does into ` +
        `IF ${guard} IS NULL THEN … END IF (on both sides: it is NULL for everybody else)`,
    );
  }
}

const assignments = (infos: Infos, columns: readonly string[]): string =>
  [...columns.map((column) => `t.${name(column)} = s.${name(column)}`), ...kept(infos, columns)].join(", ");

/** A column that follows the clock on every update stays as it is only where it is told so. */
const kept = (infos: Infos, columns: readonly string[]): readonly string[] =>
  [...infos.values()]
    .filter(({ name: column, followsClock }) => followsClock && !columns.includes(column))
    .map(({ name: column }) => `t.${name(column)} = t.${name(column)}`);
