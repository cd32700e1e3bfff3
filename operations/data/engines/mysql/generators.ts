import type { Generator, TableName } from "../../model";
import type { Generators } from "../../port";
import type { Session } from "./session";
import { literal, name } from "./sql";

/** Ids left free between the last one handed out and those drawn: for visitors who come before the rows are in. */
const margin = 1000n;

/** AUTO_INCREMENT of a table, by the table's name, and MariaDB's sequences, which share their names with tables. */
export class MysqlGenerators implements Generators {
  /** The highest that was drawn and is perhaps not in a row yet. */
  private readonly drawn = new Map<string, bigint>();

  constructor(private readonly session: Session) {}

  async last(generator: Generator): Promise<bigint> {
    if (!isAutoIncrement(generator)) {
      const [row] = await this.session.rows(`SELECT next_not_cached_value FROM ${name(generator.name)}`);
      return BigInt(row?.[0] ?? 0) - generator.increment;
    }
    const [row] = await this.session.rows(
      `SELECT AUTO_INCREMENT, @@GLOBAL.auto_increment_increment, @@GLOBAL.auto_increment_offset
         FROM information_schema.TABLES
         WHERE TABLE_SCHEMA = ${literal(this.session.database)} AND TABLE_NAME = ${literal(generator.name)}`,
    );
    const [counter, step, offset] = [BigInt(row?.[0] ?? 1), BigInt(row?.[1] ?? 1), BigInt(row?.[2] ?? 1)];
    // An offset beyond the step is ignored by the server.
    const start = offset > step ? 1n : offset;
    const next = counter <= start ? start : start + ((counter - start + step - 1n) / step) * step;
    return next - step;
  }

  async maximum(table: TableName, column: string): Promise<bigint> {
    const [row] = await this.session.rows(`SELECT MAX(${name(column)}) FROM ${name(table)}`);
    return BigInt(row?.[0] ?? 0);
  }

  /** Altering a table ends the transaction that is open: only outside of one. */
  async raise(generator: Generator, value: bigint): Promise<bigint> {
    const last = await this.last(generator);
    if (last >= value) return last;
    await this.session.run(
      isAutoIncrement(generator)
        ? `ALTER TABLE ${name(generator.name)} AUTO_INCREMENT = ${value + 1n}`
        : `SELECT SETVAL(${name(generator.name)}, ${value})`,
    );
    return this.last(generator);
  }

  /** InnoDB lifts AUTO_INCREMENT over every id that is written. */
  liftedByInserts = isAutoIncrement;

  /**
   * Nothing draws an AUTO_INCREMENT without a row. So these are ids that nobody has been given yet, with some left out
   * below for visitors; writing their rows lifts it over them, and one that came in between is in the way then.
   */
  async draw(generator: Generator, count: number, least: bigint): Promise<readonly bigint[]> {
    if (!isAutoIncrement(generator)) return this.drawSequence(generator, count);
    const step = generator.increment;
    const last = await this.last(generator);
    const before = this.drawn.get(generator.name);
    const free = before === undefined || before < last ? last + margin * step : before;
    const start = free >= least ? free : free + ((least - free + step - 1n) / step) * step;
    const ids = Array.from({ length: count }, (_, at) => start + BigInt(at + 1) * step);
    this.drawn.set(generator.name, ids.at(-1) ?? start);
    return ids;
  }

  private async drawSequence(generator: Generator, count: number): Promise<readonly bigint[]> {
    const ids: bigint[] = [];
    while (ids.length < count) {
      const some = Array.from(
        { length: Math.min(100, count - ids.length) },
        () => `NEXTVAL(${name(generator.name)})`,
      );
      const [row] = await this.session.rows(`SELECT ${some.join(", ")}`);
      ids.push(...(row ?? []).map((value) => BigInt(value ?? 0)));
    }
    return ids;
  }
}

function isAutoIncrement(generator: Generator): boolean {
  return generator.uses[0]?.kind === "auto-increment";
}
