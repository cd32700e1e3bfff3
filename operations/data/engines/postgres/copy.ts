import { pipeline } from "node:stream/promises";
import { Transform } from "node:stream";
import { from, to } from "pg-copy-streams";
import { chunks } from "../../collections";
import { findColumn, storedColumns, type Key, type Table } from "../../model";
import { batchSize, onKeys, relationOf } from "./rows";
import type { Session } from "./session";
import { arrayText, columnsOf, list, literal, name } from "./sql";

/** Pipes one COPY into another as it comes, without looking inside. Returns the rows that arrived. */
async function pipe(
  source: Session,
  select: string,
  target: Session,
  into: string,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<number> {
  const sink = target.driver.query(from(`COPY ${into} FROM STDIN`));
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  await pipeline(source.driver.query(to(`COPY (${select}) TO STDOUT`)), counter, sink);
  return sink.rowCount;
}

/** Copies a whole table; columns to be set later go as NULL. */
export async function copyTable(
  source: Session,
  target: Session,
  table: Table,
  later: readonly string[],
  onBytes: (bytes: number) => void,
): Promise<number> {
  const columns = storedColumns(table).map((column) => column.name);
  const values = columns.map((column) => (later.includes(column) ? "NULL" : `t.${name(column)}`));
  return pipe(
    source,
    `SELECT ${values.join(", ")} FROM ${relationOf(table)} t`,
    target,
    `${relationOf(table)} (${list(columns)})`,
    onBytes,
  );
}

/** Makes a temporary table like a table's stored columns, gone with the transaction. */
async function makeStage(target: Session, table: Table, stage: string): Promise<void> {
  await target.run(
    `CREATE TEMPORARY TABLE ${stage} ON COMMIT DROP AS
       SELECT ${list(
         storedColumns(table).map((column) => column.name),
         "t.",
       )} FROM ${relationOf(table)} t WITH NO DATA`,
  );
}

let stages = 0;

/** Brings some rows of the source beside the target's table, in a temporary table whose name it returns. */
export async function stageRows(
  source: Session,
  target: Session,
  table: Table,
  keys: readonly Key[],
): Promise<string> {
  const stage = `pg_temp.stage_${++stages}`;
  await makeStage(target, table, stage);
  for (const batch of chunks(keys, batchSize)) await pipe(source, selectByKeys(table, batch), target, stage);
  return stage;
}

/** COPY takes no parameters, so the keys go as literals. */
function selectByKeys(table: Table, keys: readonly Key[]): string {
  const names = table.key.map((_, at) => `k${at + 1}`);
  const casts = table.key.map((column, at) => `k${at + 1}::${findColumn(table, column).type} AS k${at + 1}`);
  const arrays = columnsOf(keys, table.key.length).map((values) => `${literal(arrayText(values))}::text[]`);
  const columns = list(
    storedColumns(table).map((column) => column.name),
    "t.",
  );
  return `SELECT ${columns} FROM ${relationOf(table)} t JOIN (SELECT ${casts.join(", ")} FROM unnest(${arrays.join(", ")})
    AS u(${names.join(", ")})) k ON ${onKeys(table.key, "t")}`;
}

/** Brings the values of linked references for a whole table beside it, to be set once every row is there. */
export async function stageColumns(
  source: Session,
  target: Session,
  table: Table,
  columns: readonly string[],
): Promise<string> {
  const stage = `pg_temp.stage_${++stages}`;
  await makeStage(target, table, stage);
  const wanted = [...new Set([...table.key, ...columns])];
  await pipe(
    source,
    `SELECT ${list(wanted, "t.")} FROM ${relationOf(table)} t WHERE ${columns.map((column) => `t.${name(column)} IS NOT NULL`).join(" OR ")}`,
    target,
    `${stage} (${list(wanted)})`,
  );
  return stage;
}
