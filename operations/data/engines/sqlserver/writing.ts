import { Readable } from "node:stream";
import { storedColumns, type Key, type Table } from "../../model";
import type { Selection, Stage, TextRow, Writing } from "../../port";
import { definitionOf, infoOf } from "./columns";
import { IdentityInsert } from "./identity-insert";
import {
  dropTemporary,
  isIndexable,
  keyOf,
  keysFrom,
  keyTexts,
  makeTemporary,
  oneByOne,
  onKeys,
  rawDefinitions,
  rawValues,
  relationOf,
  runsOf,
  sameKey,
  texts,
  withKeys,
  type Infos,
} from "./keys";
import { equal, expressionOf } from "./reading";
import type { Session } from "./session";
import { list, name } from "./sql";

/** Rows that are loaded before a statement takes them into their table. */
const loadedAtOnce = 5000;

export class SqlServerWriting implements Writing {
  private readonly staged = new Map<Stage, Table>();
  private readonly identityInsert: IdentityInsert;

  constructor(private readonly session: Session) {
    this.identityInsert = new IdentityInsert(session);
  }

  send(table: Table, selection: Selection, columns: readonly string[]): Readable {
    return Readable.from(this.sent(table, selection, columns), { highWaterMark: 1000 });
  }

  private async *sent(
    table: Table,
    selection: Selection,
    columns: readonly string[],
  ): AsyncGenerator<TextRow> {
    const infos = await this.session.columns(table);
    const select = `SELECT ${texts(columns, infos, "t")} FROM`;
    const relation = `${relationOf(table)} t`;
    switch (selection.kind) {
      case "all":
        yield* this.streamed(`${select} ${relation}`);
        return;
      case "set":
        yield* this.streamed(
          `${select} ${relation} WHERE ${selection.columns.map((column) => `t.${name(column)} IS NOT NULL`).join(" OR ")}`,
        );
        return;
      case "keys":
        for (const batch of runsOf(selection.keys))
          yield* this.streamed(
            `${select} ${keysFrom(table, infos, batch)} JOIN ${relation} ON ${onKeys(table, "t")} ${oneByOne}`,
          );
    }
  }

  private async *streamed(sql: string): AsyncGenerator<TextRow> {
    for await (const run of this.session.stream(sql)) yield* run;
  }

  /** As text into a temporary table first: what is loaded straight into a table goes past its foreign keys and checks. */
  async load(
    into: Table | Stage,
    columns: readonly string[],
    rows: Readable,
    onBytes: (bytes: number) => void,
  ): Promise<number> {
    const table = typeof into === "string" ? this.tableOf(into) : into;
    const relation = typeof into === "string" ? name(into) : relationOf(into);
    // Rows that refer to each other have to come in one statement.
    const together = typeof into !== "string" && table.foreignKeys.some((one) => one.parent === table.name);
    const raw = await makeTemporary(this.session, rawDefinitions(columns.length));
    let loaded = 0;
    for await (const run of grouped(rows, onBytes)) {
      await this.session.bulk(raw, columns.length, run);
      if (!together) loaded += await this.take(table, relation, raw, columns, typeof into === "string");
    }
    if (together) loaded += await this.take(table, relation, raw, columns, false);
    await dropTemporary(this.session, raw);
    return loaded;
  }

  /** Moves rows from where they were loaded into their table, as values of its types. */
  private async take(
    table: Table,
    relation: string,
    raw: string,
    columns: readonly string[],
    staged: boolean,
  ): Promise<number> {
    const infos = await this.session.columns(table);
    const insert = (): Promise<number> =>
      this.session.run(
        `INSERT INTO ${relation} (${list(columns)}) SELECT ${rawValues(columns, infos)} FROM ${name(raw)} r`,
      );
    const taken = await (staged ? insert() : this.identityInsert.for(table, insert));
    await this.session.exec(`TRUNCATE TABLE ${name(raw)}`);
    return taken;
  }

  private tableOf(stage: Stage): Table {
    const table = this.staged.get(stage);
    if (table === undefined) throw new Error(`${stage} is no stage`);
    return table;
  }

  async makeStage(table: Table): Promise<Stage> {
    const infos = await this.session.columns(table);
    const stage = await makeTemporary(
      this.session,
      storedColumns(table).map((column) => definitionOf(infoOf(infos, column.name))),
    );
    this.staged.set(stage, table);
    if (table.key.every((column) => isIndexable(infoOf(infos, column))))
      // Not clustered: that would take shorter keys.
      await this.session.exec(`CREATE INDEX [key] ON ${name(stage)} (${list(table.key)})`);
    return stage;
  }

  /** Temporary tables outlive a transaction here; one that is rolled back takes its own with it. */
  async dropStages(): Promise<void> {
    for (const stage of this.staged.keys()) await dropTemporary(this.session, stage);
    this.staged.clear();
  }

  async addToStage(table: Table, stage: Stage, rows: readonly TextRow[]): Promise<void> {
    const columns = storedColumns(table).map((column) => column.name);
    await this.load(stage, columns, Readable.from(rows), () => undefined);
  }

  async stageMaximum(stage: Stage, column: string): Promise<bigint | undefined> {
    const [row] = await this.session.rows(
      `SELECT CONVERT(varchar(50), MAX(${name(column)})) FROM ${name(stage)}`,
    );
    return typeof row?.[0] === "string" ? BigInt(row[0]) : undefined;
  }

  /**
   * Whoever is in the way is looked for first, and where nobody is, the place is kept free by a lock on the range. So
   * the statement that writes meets no duplicate, which would take the whole transaction with it.
   */
  async insert(
    table: Table,
    stage: Stage,
    keys: readonly Key[],
    nulls: readonly string[],
  ): Promise<readonly Key[]> {
    if (keys.length === 0) return [];
    const infos = await this.session.columns(table);
    const free = await withKeys(this.session, table, keys, async (source) => {
      const rows = await this.session.rows(
        `SELECT ${keyTexts(table, infos, "s")} FROM ${source} JOIN ${name(stage)} s ON ${onKeys(table, "s")}
           WHERE ${unoccupied(table, infos)} ${oneByOne}`,
      );
      return rows.map((row) => keyOf(row, 0, table.key.length));
    });
    if (free.length === 0) return [];
    const columns = storedColumns(table).map((column) => column.name);
    const values = columns.map((column) => (nulls.includes(column) ? "NULL" : `s.${name(column)}`));
    const written = await this.identityInsert.for(table, () =>
      withKeys(this.session, table, free, (source) =>
        this.session.run(
          `INSERT INTO ${relationOf(table)} (${list(columns)}) SELECT ${values.join(", ")}
             FROM ${source} JOIN ${name(stage)} s ON ${onKeys(table, "s")}`,
        ),
      ),
    );
    return written === free.length ? free : this.present(table, free);
  }

  async update(
    table: Table,
    stage: Stage,
    columns: readonly string[],
    keys: readonly Key[],
  ): Promise<readonly Key[]> {
    if (keys.length === 0) return [];
    if (columns.length === 0) return this.present(table, keys);
    const found = await withKeys(this.session, table, keys, (source) =>
      this.session.run(
        `UPDATE t SET ${assignments(columns)} FROM ${source} JOIN ${relationOf(table)} t ON ${onKeys(table, "t")}
           JOIN ${name(stage)} s ON ${sameKey(table, "s", "t")}`,
      ),
    );
    return found === keys.length ? keys : this.present(table, keys);
  }

  async link(
    table: Table,
    stage: Stage,
    columns: readonly string[],
    keys: readonly Key[] | "all",
  ): Promise<void> {
    const set = columns.map((column) => `s.${name(column)} IS NOT NULL`).join(" OR ");
    if (keys === "all") {
      await this.session.run(
        `UPDATE t SET ${assignments(columns)} FROM ${name(stage)} s
           JOIN ${relationOf(table)} t ON ${sameKey(table, "t", "s")} WHERE ${set}`,
      );
      return;
    }
    if (keys.length === 0) return;
    await withKeys(this.session, table, keys, (source) =>
      this.session.run(
        `UPDATE t SET ${assignments(columns)} FROM ${source} JOIN ${relationOf(table)} t ON ${onKeys(table, "t")}
           JOIN ${name(stage)} s ON ${sameKey(table, "s", "t")} WHERE ${set}`,
      ),
    );
  }

  async clear(table: Table, columns: readonly string[], keys: readonly Key[]): Promise<void> {
    if (keys.length === 0) return;
    const nulls = columns.map((column) => `t.${name(column)} = NULL`).join(", ");
    await withKeys(this.session, table, keys, (source) =>
      this.session.run(
        `UPDATE t SET ${nulls} FROM ${source} JOIN ${relationOf(table)} t ON ${onKeys(table, "t")}`,
      ),
    );
  }

  async remove(table: Table, keys: readonly Key[]): Promise<readonly Key[]> {
    if (keys.length === 0) return [];
    const deleted = await withKeys(this.session, table, keys, (source) =>
      this.session.run(`DELETE t FROM ${source} JOIN ${relationOf(table)} t ON ${onKeys(table, "t")}`),
    );
    return deleted === keys.length ? [] : this.present(table, keys);
  }

  /** Which of these keys are there. */
  private async present(table: Table, keys: readonly Key[]): Promise<readonly Key[]> {
    const infos = await this.session.columns(table);
    const asked = new Set(keys.map((key) => JSON.stringify(key)));
    const found: Key[] = [];
    for (const batch of runsOf(keys)) {
      const rows = await this.session.rows(
        `SELECT ${keyTexts(table, infos, "t")} FROM ${keysFrom(table, infos, batch)}
           JOIN ${relationOf(table)} t ON ${onKeys(table, "t")} ${oneByOne}`,
      );
      found.push(...rows.map((row) => keyOf(row, 0, table.key.length)));
    }
    return found.filter((key) => asked.has(JSON.stringify(key)));
  }

  /** Checked at the end of each statement, and no later. */
  constraints(): Promise<void> {
    return Promise.resolve();
  }

  async triggers(tables: readonly Table[], on: boolean): Promise<void> {
    for (const table of tables)
      for (const trigger of table.triggers)
        if (trigger.enabled === "enabled")
          await this.session.exec(
            `ALTER TABLE ${relationOf(table)} ${on ? "ENABLE" : "DISABLE"} TRIGGER ${name(trigger.name)}`,
          );
  }
}

const assignments = (columns: readonly string[]): string =>
  columns.map((column) => `t.${name(column)} = s.${name(column)}`).join(", ");

/** That no row has a staged row's key, nor one of its unique values; by lock it stays so. */
function unoccupied(table: Table, infos: Infos): string {
  const free = (condition: string): string =>
    `NOT EXISTS (SELECT 1 FROM ${relationOf(table)} t WITH (UPDLOCK, HOLDLOCK) WHERE ${condition})`;
  const conditions = table.uniqueKeys.map((unique) => {
    const [own, theirs] = [
      unique.expressions.map((expression) => aliased(infos, expression, "s")),
      unique.expressions.map((expression) => aliased(infos, expression, "t")),
    ];
    if (
      unique.undeclared === true ||
      own.includes(undefined) ||
      theirs.includes(undefined) ||
      unique.predicate !== undefined
    )
      return undefined;
    return free(equal(own.join(", "), theirs.join(", ")));
  });
  return [free(sameKey(table, "t", "s")), ...conditions.filter((one) => one !== undefined)].join(" AND ");
}

/** A column under an alias. What is computed, or holds for some rows only, the look before has to see. */
function aliased(infos: Infos, expression: string, alias: string): string | undefined {
  return expressionOf(infos, expression) === expression ? `${alias}.${expression}` : undefined;
}

/** Splits a stream into runs, and says how much has come. */
async function* grouped(
  rows: Readable,
  onBytes: (bytes: number) => void,
): AsyncGenerator<readonly TextRow[]> {
  let held: TextRow[] = [];
  for await (const row of rows as AsyncIterable<TextRow>) {
    held.push(row);
    onBytes(row.reduce((sum, value) => sum + (value?.length ?? 0), 0));
    if (held.length < loadedAtOnce) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}
