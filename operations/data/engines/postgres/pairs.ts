/** Rows that are another on each side, beside the base's own record of the tables. */
import { chunks } from "../../collections";
import type { Key, TableName } from "../../model";
import type { Pair, Side } from "../../settled";
import { pairOf, relationText } from "../recorded";
import { ownSchema } from "./introspect";
import { batchSize } from "./rows";
import type { Session } from "./session";

/** Lists come and go as JSON, so that no value has to be quoted twice; null stays null. */
export const textArray = (column: string): string =>
  `CASE WHEN ${column} IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(${column}::json)) END`;

export async function hasPairs(session: Session): Promise<boolean> {
  const [row] = await session.rows(`SELECT EXISTS (SELECT FROM ${ownSchema}.pairs)`);
  return row?.[0] === "t";
}

export async function readPairs(session: Session): Promise<readonly Pair[]> {
  const rows = await session.rows(
    `SELECT table_name, to_json(primary_key), to_json(standby_key), primary_digest, standby_digest, relation, straggler
         FROM ${ownSchema}.pairs ORDER BY 1, primary_key, standby_key`,
    [],
    "pairs",
  );
  return rows.map(pairOf);
}

export async function addPairs(session: Session, pairs: readonly Pair[]): Promise<void> {
  for (const batch of chunks(pairs, batchSize))
    await session.run(
      `INSERT INTO ${ownSchema}.pairs
           SELECT t, ${textArray("pk")}, ${textArray("sk")}, pd::int8, sd::int8, r, s
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
               AS u(t, pk, sk, pd, sd, r, s)
           ON CONFLICT (table_name, primary_key, standby_key) DO UPDATE SET primary_digest = excluded.primary_digest,
             standby_digest = excluded.standby_digest, relation = excluded.relation, straggler = excluded.straggler`,
      [
        batch.map((each) => each.table),
        batch.map((each) => JSON.stringify(each.primary.key)),
        batch.map((each) => JSON.stringify(each.standby.key)),
        batch.map((each) => each.primary.digest),
        batch.map((each) => each.standby.digest),
        batch.map(relationText),
        batch.map((each) => each.straggler ?? null),
      ],
    );
}

export async function dropPairs(
  session: Session,
  table: TableName,
  side: Side,
  keys: readonly Key[],
  only?: "alone",
): Promise<void> {
  // On the side with one row for several, an alias is somebody else's way to it.
  const own = side === "primary" ? "primary_key" : "standby_key";
  const which = only === "alone" ? "p.relation = 'alone'" : "(p.relation <> 'alias' OR p.straggler = $3)";
  for (const batch of chunks(keys, batchSize))
    await session.run(
      `DELETE FROM ${ownSchema}.pairs p USING (SELECT ${textArray("k")} AS own FROM unnest($2::text[]) AS u(k)) k
           WHERE p.table_name = $1 AND p.${own} = k.own AND ${which}`,
      [table, batch.map((key) => JSON.stringify(key)), ...(only === "alone" ? [] : [side])],
    );
}
