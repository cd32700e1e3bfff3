/** Counters that a shop keeps in rows: read and raised as generators are, by what every engine offers for rows. */
import { outside, refusal } from "../../fault";
import { storedColumns, type Generator, type Table } from "../model";
import type { Database } from "../port";

/** What a counter stands at; 0 where its row is not there, as on a standby before the first sync. */
export async function counterValue(database: Database, generator: Generator): Promise<bigint> {
  const { row } = generator;
  if (row === undefined) throw new Error(`${generator.name} is no counter`);
  const [found] = await database.read.rows(row.table, [row.key]);
  const value = found?.values[place(row.table, row.column)] ?? null;
  if (value === null || value === "") return 0n;
  if (!/^-?\d+$/.test(value))
    throw refusal(
      `${generator.name} stands at ${JSON.stringify(value)} on ${database.label}, which is no whole number; say ` +
        '"generator: max-plus-one" or "none" of it in standby.tables.yaml',
    );
  return BigInt(value);
}

/** A counter that is new comes over with its row. */
export async function hasCounter(database: Database, { row }: Generator): Promise<boolean> {
  return row !== undefined && (await database.read.digests(row.table, [row.key], "none")).size > 0;
}

const place = (table: Table, column: string): number =>
  storedColumns(table).findIndex((one) => one.name === column);

/** Raises a counter and reads it back, within the transaction that is open; never lowers it. */
export async function raiseCounter(database: Database, generator: Generator, value: bigint): Promise<bigint> {
  const { row } = generator;
  if (row === undefined) throw new Error(`${generator.name} is no counter`);
  const { table, column, key } = row;
  // Whoever counts meanwhile waits.
  await database.read.digests(table, [key], "update");
  const [found] = await database.read.rows(table, [key]);
  if (found === undefined)
    throw outside(`${database.label} has no counter ${generator.name}; sync first, then run again`);
  const stands = await counterValue(database, generator);
  if (stands >= value) return stands;
  const values = [...found.values];
  const at = place(table, column);
  // Kept in a text it may have noughts before it, which are part of what the shop prints.
  const before = values[at] ?? "";
  values[at] = value.toString().padStart(before.startsWith("0") ? before.length : 0, "0");
  const stage = await database.write.makeStage(table);
  await database.write.addToStage(table, stage, [values]);
  await database.write.update(table, stage, [column], [key]);
  return counterValue(database, generator);
}
