import type { Generator, TableName } from "../../model";
import { chunks } from "../../collections";
import type { Generators, TableColumn } from "../../port";
import type { Session } from "./session";
import { literal, name, qualified } from "./sql";

/** So many in one statement, which locks the relations of all of them. */
const atOnce = 100;

const quoted = (full: string): string => {
  const at = full.indexOf(".");
  return qualified(full.slice(0, at), full.slice(at + 1));
};

export class PostgresGenerators implements Generators {
  constructor(private readonly session: Session) {}

  async last(generator: Generator): Promise<bigint> {
    const [last] = await this.lasts([generator]);
    return last ?? 0n;
  }

  async lasts(generators: readonly Generator[]): Promise<readonly bigint[]> {
    const lasts: bigint[] = [];
    for (const some of chunks(generators, atOnce)) {
      const each = some.map((one) => `(SELECT last_value || ' ' || is_called FROM ${quoted(one.name)})`);
      const [row = []] = await this.session.rows(`SELECT ${each.join(", ")}`);
      for (const [at, { increment }] of some.entries()) {
        const [value = "0", called] = row[at]?.split(" ") ?? [];
        lasts.push(called === "true" ? BigInt(value) : BigInt(value) - increment);
      }
    }
    return lasts;
  }

  async maximum(table: TableName, column: string): Promise<bigint> {
    const [most] = await this.maxima([{ table, column }]);
    return most ?? 0n;
  }

  async maxima(columns: readonly TableColumn[]): Promise<readonly bigint[]> {
    const maxima: bigint[] = [];
    for (const some of chunks(columns, atOnce)) {
      const each = some.map(({ table, column }) => `(SELECT max(${name(column)}) FROM ${quoted(table)})`);
      const [row = []] = await this.session.rows(`SELECT ${each.join(", ")}`);
      maxima.push(...row.map((value) => BigInt(value ?? 0)));
    }
    return maxima;
  }

  async raise(generator: Generator, value: bigint): Promise<bigint> {
    const relation = quoted(generator.name);
    await this.session.run(
      `SELECT pg_catalog.setval(${literal(relation)}::pg_catalog.regclass, $1::int8) FROM ${relation}
         WHERE last_value < $1::int8 OR (last_value = $1::int8 AND NOT is_called)`,
      [value.toString()],
    );
    return this.last(generator);
  }

  liftedByInserts = (): boolean => false;

  async draw(generator: Generator, count: number): Promise<readonly bigint[]> {
    const rows = await this.session.rows(
      `SELECT pg_catalog.nextval(${literal(quoted(generator.name))}::pg_catalog.regclass)
         FROM generate_series(1, $1::int8)`,
      [count],
    );
    return rows.map((row) => BigInt(row[0] ?? 0));
  }
}
