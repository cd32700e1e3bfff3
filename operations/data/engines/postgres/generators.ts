import type { Generator, TableName } from "../../model";
import type { Generators } from "../../port";
import type { Session } from "./session";
import { literal, name, qualified } from "./sql";

const quoted = (full: string): string => {
  const at = full.indexOf(".");
  return qualified(full.slice(0, at), full.slice(at + 1));
};

export class PostgresGenerators implements Generators {
  constructor(private readonly session: Session) {}

  async last(generator: Generator): Promise<bigint> {
    const [row] = await this.session.rows(`SELECT last_value, is_called FROM ${quoted(generator.name)}`);
    const [value, called] = row ?? [];
    const last = BigInt(value ?? 0);
    return called === "t" ? last : last - generator.increment;
  }

  async maximum(table: TableName, column: string): Promise<bigint> {
    const [row] = await this.session.rows(`SELECT max(${name(column)}) FROM ${quoted(table)}`);
    return BigInt(row?.[0] ?? 0);
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
