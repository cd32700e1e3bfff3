import type { Generator, TableName } from "../../model";
import type { Generators } from "../../port";
import { currentIdentity, reseed } from "./identity-insert";
import type { Session } from "./session";
import { literal, name, quoted } from "./sql";

/** Ids left free between the last one handed out and those drawn: for visitors who come before the rows are in. */
const margin = 1000n;

const text = (value: string): string => `CONVERT(varchar(50), CONVERT(decimal(38, 0), ${value}))`;
const isIdentity = (generator: Generator): boolean => generator.uses[0]?.kind === "identity";

/** IDENTITY of a table, by the table's name, and sequences, which share their names with tables. */
export class SqlServerGenerators implements Generators {
  /** The highest that was drawn and is perhaps not in a row yet. */
  private readonly drawn = new Map<string, bigint>();

  constructor(private readonly session: Session) {}

  async last(generator: Generator): Promise<bigint> {
    const relation = quoted(generator.name);
    if (!isIdentity(generator)) return this.lastOfSequence(relation, generator);
    const [row] = await this.session.rows(
      `SELECT ${text("c.last_value")}, ${text(currentIdentity(relation))} FROM sys.identity_columns c
         WHERE c.object_id = OBJECT_ID(${literal(relation)})`,
    );
    const [last, next] = row ?? [];
    if (typeof last === "string") return BigInt(last);
    // No row has come yet: then IDENT_CURRENT is the id that the first will get.
    return BigInt(next ?? 1) - generator.increment;
  }

  /** Only since 2017 a sequence tells whether its first value was handed out; before, it is taken to be. */
  private async lastOfSequence(relation: string, generator: Generator): Promise<bigint> {
    const { azure, major } = this.session.server;
    const used = azure || major >= 14 ? "q.last_used_value" : "q.current_value";
    const [row] = await this.session.rows(
      `SELECT ${text(used)}, ${text("q.start_value")} FROM sys.sequences q WHERE q.object_id = OBJECT_ID(${literal(relation)})`,
    );
    const [last, start] = row ?? [];
    return typeof last === "string" ? BigInt(last) : BigInt(start ?? 1) - generator.increment;
  }

  async maximum(table: TableName, column: string): Promise<bigint> {
    const [row] = await this.session.rows(
      `SELECT CONVERT(varchar(50), MAX(t.${name(column)})) FROM ${quoted(table)} t`,
    );
    return BigInt(row?.[0] ?? 0);
  }

  async raise(generator: Generator, value: bigint): Promise<bigint> {
    const before = await this.last(generator);
    if (before >= value) return before;
    if (isIdentity(generator)) await this.raiseIdentity(generator, value);
    else
      for (let last = before; last < value; last = await this.last(generator))
        await this.range(generator, (value - last + generator.increment - 1n) / generator.increment);
    return this.last(generator);
  }

  /**
   * The value set is the last id of a table that has had rows, but the next id of one that never had any; one that is
   * empty may be either, and then goes a step higher. Nobody writes between the look and the change.
   */
  private async raiseIdentity(generator: Generator, value: bigint): Promise<void> {
    const relation = quoted(generator.name);
    const above = value + generator.increment;
    await this.session.exec("BEGIN TRANSACTION");
    try {
      const filled = await this.session.rows(`SELECT TOP (1) '1' FROM ${relation} WITH (TABLOCKX, HOLDLOCK)`);
      if ((await this.last(generator)) < value)
        await this.session.exec(reseed(relation, filled.length > 0 || above > generator.max ? value : above));
      await this.session.exec("COMMIT TRANSACTION");
    } catch (error) {
      await this.session.exec("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION").catch(() => undefined);
      throw error;
    }
  }

  /** An id that is written lifts the counter over it: SET IDENTITY_INSERT. */
  liftedByInserts = isIdentity;

  /**
   * Nothing draws an id of an IDENTITY without a row. So these are ids that nobody has been given yet, with some left
   * out below for visitors; writing their rows lifts it over them, and one that came in between is in the way then.
   */
  async draw(generator: Generator, count: number, least: bigint): Promise<readonly bigint[]> {
    if (count === 0) return [];
    const step = generator.increment;
    if (!isIdentity(generator)) return steps(await this.range(generator, BigInt(count)), count, step);
    const last = await this.last(generator);
    const before = this.drawn.get(generator.name);
    const free = before === undefined || before < last ? last + margin * step : before;
    const start = free >= least ? free : free + ((least - free + step - 1n) / step) * step;
    const ids = steps(start + step, count, step);
    this.drawn.set(generator.name, ids.at(-1) ?? start);
    return ids;
  }

  /** Takes values of a sequence at once, which is no part of a transaction and keeps nobody waiting; the first of them. */
  private async range(generator: Generator, count: bigint): Promise<bigint> {
    const [row] = await this.session.rows(
      `DECLARE @first sql_variant;
EXEC sys.sp_sequence_get_range @sequence_name = ${literal(quoted(generator.name))}, @range_size = ${count}, @range_first_value = @first OUTPUT;
SELECT ${text("@first")}`,
    );
    return BigInt(row?.[0] ?? 0);
  }
}

const steps = (first: bigint, count: number, step: bigint): readonly bigint[] =>
  Array.from({ length: count }, (_, at) => first + BigInt(at) * step);
