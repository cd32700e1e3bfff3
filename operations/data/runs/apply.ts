import { chunks, groupBy } from "../collections";
import { written, type Decision } from "../decision";
import {
  findColumn,
  rowId,
  storedColumns,
  type Generator,
  type Key,
  type RowId,
  type RowRef,
  type Table,
  type TableName,
} from "../model";
import { clearable, type TableOrder } from "../order";
import { placeholder, type Parked } from "../parking";
import type { Database, Stage, TextRow } from "../port";
import type { Step } from "../steps";
import { liftOverStage } from "./bulk";
import { findCulprits } from "./culprits";
import { isUntransacted } from "./untransacted";

/** How it went: done, or what stood in the way, so that it can be looked at and decided again. */
export type Outcome =
  | { readonly done: true }
  | {
      readonly done: false;
      /** The rows it was; none where that cannot be told. */
      readonly rows: readonly RowId[];
      readonly reason: string;
      /** What the target said of single rows, each of which it refused by itself. */
      readonly said?: ReadonlyMap<RowId, string>;
    };

/** Rows that the target did not take. */
class Refusal extends Error {
  constructor(
    readonly rows: readonly RowId[],
    message: string,
    readonly said?: ReadonlyMap<RowId, string>,
  ) {
    super(message);
  }
}

/** Keys that are sent for at once. */
const sentAtOnce = 2000;

/** By table: the stage on the target with those rows of the source that are about to be written. */
type Stages = ReadonlyMap<TableName, Stage>;

/** Writes what was decided, in sets: as few statements as the order of the rows allows. */
export class Applier {
  private readonly tables: ReadonlyMap<TableName, Table>;

  constructor(
    private readonly source: Database,
    private readonly target: Database,
    private readonly order: TableOrder,
    private readonly generators: readonly Generator[],
    /** Rows that are others on the target, by the source's keys. */
    private readonly translated: (table: Table, sourceKeys: readonly Key[]) => Promise<readonly TextRow[]>,
    /** Whether a target that refuses some rows of many is to be asked which. */
    private readonly careful = false,
  ) {
    this.tables = new Map(order.tables.map((table) => [table.name, table]));
  }

  /** Runs inside the caller's savepoint, which it rolls back when this is not done. */
  async apply(decision: Decision): Promise<Outcome> {
    const { write } = this.target;
    try {
      await write.constraints("later");
      const stages = await this.stage(decision);
      for (const one of decision.parked) await this.park(one);
      await this.unlink(written(decision, "delete"));
      const isLast = ({ table }: Step): boolean => {
        const known = this.tables.get(table);
        return known !== undefined && isUntransacted(known);
      };
      for (const step of decision.steps.filter((one) => !isLast(one))) await this.write(step, stages);
      await this.link(written(decision, "insert"), stages);
      await write.constraints("now");
      // What is written there stays, even if one of the others were refused.
      for (const step of decision.steps.filter(isLast)) await this.write(step, stages);
      return { done: true };
    } catch (error) {
      if (error instanceof Refusal)
        return {
          done: false,
          rows: error.rows,
          reason: error.message,
          ...(error.said && { said: error.said }),
        };
      // An integrity constraint that the look before did not foresee.
      const reason = this.target.constraintFault(error);
      if (reason !== undefined) return { done: false, rows: [], reason };
      throw error;
    }
  }

  /** Brings every row to be written beside its table, and lifts generators over their ids. */
  private async stage(decision: Decision): Promise<Stages> {
    const stages = new Map<TableName, Stage>();
    const inserted = new Set(written(decision, "insert").map((row) => row.table));
    for (const [table, rows] of this.grouped(written(decision, "insert", "update"))) {
      const stage = await this.target.write.makeStage(table);
      const columns = storedColumns(table).map((column) => column.name);
      const plain = rows.filter((row) => row.origin === undefined);
      for (const keys of chunks(keysOf(plain), sentAtOnce)) {
        const sent = this.source.write.send(table, { kind: "keys", keys }, columns);
        await this.target.write.load(stage, columns, sent, () => undefined);
      }
      const others = rows.flatMap((row) => (row.origin === undefined ? [] : [row.origin]));
      for (const keys of chunks(others, sentAtOnce))
        await this.target.write.addToStage(table, stage, await this.translated(table, keys));
      stages.set(table.name, stage);
      if (inserted.has(table.name)) await liftOverStage(this.target, this.generators, table, stage);
    }
    return stages;
  }

  private *grouped<Row extends RowRef>(rows: readonly Row[]): Iterable<[Table, readonly Row[]]> {
    const groups = groupBy(rows, (row) => row.table);
    for (const table of this.order.tables) {
      const group = groups.get(table.name);
      if (group !== undefined) yield [table, group];
    }
  }

  private async write(step: Step, stages: Stages): Promise<void> {
    const table = this.tableOf(step.table);
    const write = (rows: Step["rows"]): Promise<void> => this.writeRows(table, step, rows, stages);
    const trial = this.target.trial?.bind(this.target);
    // What is written to a table without transactions stays, even if it was a trial.
    if (!this.careful || trial === undefined || isUntransacted(table)) {
      await write(step.rows);
      return;
    }
    const { label } = this.target;
    const constraintFault = (error: unknown): string | undefined => this.target.constraintFault(error);
    const culprits = await findCulprits({ trial, constraintFault, label }, step.rows, write);
    const [reason] = culprits.values();
    if (reason !== undefined) throw new Refusal([...culprits.keys()], reason, culprits);
  }

  private writeRows(
    table: Table,
    { kind }: Pick<Step, "kind">,
    rows: Step["rows"],
    stages: Stages,
  ): Promise<void> {
    if (kind === "delete") return this.delete(table, rows);
    const stage = stages.get(table.name);
    if (stage === undefined) throw new Error(`no row of ${table.name} was brought over`);
    return kind === "update" ? this.update(table, stage, rows) : this.insert(table, stage, rows);
  }

  /** The columns of a table's references that are written in a second step. */
  private linkedColumns(table: Table): readonly string[] {
    return this.order.linked
      .filter((link) => link.table === table.name)
      .flatMap((link) => clearable(table, link.foreignKey));
  }

  /** Lets rows that are written later let go of a unique value: it is emptied, or else holds the place of itself. */
  private async park({ table: name, column, rows }: Parked): Promise<void> {
    const table = this.tableOf(name);
    const { read, write } = this.target;
    const keys = keysOf(rows);
    try {
      if (!findColumn(table, column).notNull) {
        await write.clear(table, [column], keys);
        return;
      }
      const at = storedColumns(table).findIndex((one) => one.name === column);
      const found = await read.rows(table, keys);
      const stage = await write.makeStage(table);
      await write.addToStage(
        table,
        stage,
        found.map(({ values }) => values.with(at, placeholder())),
      );
      expectAll(table, rows, await write.update(table, stage, [column], keys), "update");
    } catch (error) {
      const reason = this.target.constraintFault(error);
      if (reason === undefined) throw error;
      throw new Refusal(
        rows.map((row) => rowId(row.table, row.key)),
        reason,
      );
    }
  }

  private tableOf(name: TableName): Table {
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`${name} is not a table of this schema`);
    return table;
  }

  private async unlink(rows: readonly RowRef[]): Promise<void> {
    for (const [table, group] of this.grouped(rows)) {
      const columns = this.linkedColumns(table);
      if (columns.length > 0) await this.target.write.clear(table, columns, keysOf(group));
    }
  }

  /** Rows that went along with a row deleted before them (ON DELETE CASCADE) are gone as well: that is all it takes. */
  private async delete(table: Table, rows: readonly RowRef[]): Promise<void> {
    const left = await this.target.write.remove(table, keysOf(rows));
    if (left.length > 0)
      throw new Refusal(
        left.map((key) => rowId(table.name, key)),
        `${table.name}: ${left.length} of ${rows.length} rows: no delete`,
      );
  }

  private async update(table: Table, stage: Stage, rows: readonly RowRef[]): Promise<void> {
    const columns = storedColumns(table)
      .filter(
        (column) => !table.key.includes(column.name) && !column.identityAlways && column.uncounted !== true,
      )
      .map((column) => column.name);
    const found = await this.target.write.update(table, stage, columns, keysOf(rows));
    expectAll(table, rows, found, "update");
  }

  private async insert(table: Table, stage: Stage, rows: readonly RowRef[]): Promise<void> {
    const found = await this.target.write.insert(table, stage, keysOf(rows), this.linkedColumns(table));
    expectAll(table, rows, found, "insert");
  }

  /** Sets the references that had to wait until every new row was there. */
  private async link(rows: readonly RowRef[], stages: Stages): Promise<void> {
    for (const [table, group] of this.grouped(rows)) {
      const columns = this.linkedColumns(table);
      const stage = stages.get(table.name);
      if (columns.length > 0 && stage !== undefined)
        await this.target.write.link(table, stage, columns, keysOf(group));
    }
  }
}

const keysOf = (rows: readonly RowRef[]): readonly Key[] => rows.map((row) => row.key);

function expectAll(table: Table, rows: readonly RowRef[], found: readonly Key[], what: string): void {
  const done = new Set(found.map((key) => rowId(table.name, key)));
  const missing = rows.map((row) => rowId(row.table, row.key)).filter((id) => !done.has(id));
  if (missing.length > 0)
    throw new Refusal(missing, `${table.name}: ${missing.length} of ${rows.length} rows: no ${what}`);
}
