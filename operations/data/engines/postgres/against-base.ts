/** Comparing a side with the base. */
import { refusal } from "../../../fault";
import type { Progress } from "../../engine";
import type { Table, TableName } from "../../model";
import { digestColumns, tableDigest } from "./digest";
import type { Touched } from "./look";
import { relationOf } from "./rows";
import { chooseBuckets, compare, compareSpans, digestedTable } from "./scan";
import type { Session } from "./session";
import type { Sides } from "./sides";
import { name } from "./sql";
import { createEmpty, digestedBase, fits, readBase, readGaps, type Base, type BaseTable } from "./store";

/**
 * The base held by `holder`, checked to be about these two databases, whichever is the source.
 * @throws Fault (1) when it is about others, or was recorded for another schema
 */
export async function baseOf(sides: Sides, holder: Session): Promise<Base | undefined> {
  const base = await readBase(holder);
  if (base === undefined) return undefined;
  const [primary, standby] =
    holder.label === sides.target.label ? [sides.sourceId, sides.targetId] : [sides.targetId, sides.sourceId];
  if (base.primaryId !== primary || base.standbyId !== standby)
    throw refusal(
      `the base on ${holder.label} was recorded between other databases than these; ` +
        "check --from and --to; to begin anew, empty the standby and drop its schema warm_standby",
    );
  for (const table of sides.schema.tables) {
    const recorded = base.tables.get(table.name);
    if (recorded !== undefined && !fits(table, recorded))
      throw refusal(
        `${table.name} has other columns than at the sync of ${base.at} (then ${recorded.columns.join(", ")}; ` +
          `now ${digestColumns(table).join(", ")}), so its rows cannot be compared with the base; ` +
          "to begin anew, empty the standby, drop its schema warm_standby and sync",
      );
  }
  return base;
}

async function baseTable(store: Session, table: Table, base: Base): Promise<BaseTable> {
  const known = base.tables.get(table.name);
  if (known !== undefined) return known;
  // A table that came after the sync: nothing of it is shared yet.
  const id = await createEmpty(store, table);
  return { id, table: table.name, keyColumns: table.key, columns: digestColumns(table) };
}

async function rowsIn(session: Session, relation: string): Promise<number> {
  const [row] = await session.rows("SELECT reltuples::int8 FROM pg_class WHERE oid = to_regclass($1)", [
    relation,
  ]);
  const estimate = Number(row?.[0] ?? 0);
  if (estimate > 0) return estimate;
  const [counted] = await session.rows(`SELECT count(*) FROM ${relation}`);
  return Number(counted?.[0] ?? 0);
}

/** The rows of the source that differ from the base, with the tables' sizes. */
export interface TouchedRows {
  readonly touched: readonly Touched[];
  readonly tables: ReadonlyMap<TableName, { readonly rows: number; readonly seconds: number }>;
  readonly baseRows: number;
}

/**
 * @param store the session on the database that holds the base, in a transaction of its own
 * @param only `inserts`: where it is known where new rows can be, look there alone; changed rows are then found by chance
 */
export async function touchedOf(
  sides: Sides,
  store: Session,
  base: Base,
  only: "inserts" | "all",
  progress: Progress,
): Promise<TouchedRows> {
  const touched: Touched[] = [];
  const tables = new Map<TableName, { rows: number; seconds: number }>();
  let baseRows = 0;
  for (const table of sides.order.tables) {
    const started = performance.now();
    const left = digestedTable(sides.source, table);
    const right = digestedBase(store, table, await baseTable(store, table, base));
    const spans = only === "inserts" ? await readGaps(store, table.name) : undefined;
    const size = await rowsIn(store, right.relation);
    baseRows += size;
    const { rows, differences } =
      spans === undefined
        ? await compare(left, right, await chooseBuckets(table, size, [left, right]))
        : await compareSpans(left, right, spans);
    let found = 0;
    for await (const difference of differences) {
      touched.push({
        table: table.name,
        key: difference.key,
        source: difference.left,
        base: difference.right,
      });
      found++;
    }
    tables.set(table.name, { rows, seconds: Math.round((performance.now() - started) / 10) / 100 });
    progress(`${table.name}: ${rows} rows compared, ${found} touched`, true);
  }
  return { touched, tables, baseRows };
}

/** One line for each table in which a database differs from the base it holds itself. */
export async function differencesFromBase(
  session: Session,
  tables: readonly Table[],
  base: Base,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const table of tables) {
    const recorded = base.tables.get(table.name);
    if (recorded === undefined) {
      const [row] = await session.rows(`SELECT count(*) FROM ${relationOf(table)}`);
      if (row?.[0] !== "0") lines.push(`${table.name}: ${row?.[0] ?? ""} added`);
      continue;
    }
    const keys = table.key.map((column, at) => `t.${name(column)} = b.k${at + 1}`).join(" AND ");
    const [row] = await session.rows(
      `SELECT count(*) FILTER (WHERE b.digest IS NULL), count(*) FILTER (WHERE t.own_digest IS NULL), count(*)
         FROM (SELECT ${table.key.map((column) => `t.${name(column)}`).join(", ")}, ${tableDigest("t", table)} AS own_digest
                 FROM ${relationOf(table)} t) t
         FULL JOIN ${digestedBase(session, table, recorded).relation} b ON ${keys}
         WHERE t.own_digest IS DISTINCT FROM b.digest`,
    );
    const [added, deleted, all] = (row ?? []).map(Number);
    if (all === undefined || all === 0) continue;
    lines.push(
      `${table.name}: ${added ?? 0} added, ${all - (added ?? 0) - (deleted ?? 0)} changed, ${deleted ?? 0} deleted`,
    );
  }
  return lines;
}
