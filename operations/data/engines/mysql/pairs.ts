/** Rows that are another on each side, beside the base's own record of the tables. */
import type { Key, TableName } from "../../model";
import type { Pair, Settled, Side } from "../../settled";
import { pairOf, readKey, relationText } from "../recorded";
import { keyHash, runsOf } from "./keys";
import { own } from "./own";
import type { Session } from "./session";
import { literal, statements } from "./sql";

/** A key is kept as a JSON list, and found by its hash. */
export const keyText = (key: Key): string => literal(JSON.stringify(key));
const hashed = (key: Key): string => `x'${keyHash(key)}'`;
const orNull = (text: string | null | undefined): string =>
  text === null || text === undefined ? "NULL" : literal(text);

export async function hasPairs(session: Session): Promise<boolean> {
  const rows = await session.rows(`SELECT 1 FROM ${own("pairs")} LIMIT 1`);
  return rows.length > 0;
}

export async function readPairs(session: Session): Promise<readonly Pair[]> {
  const rows = await session.rows(
    `SELECT table_name, primary_key, standby_key, primary_digest, standby_digest, relation, straggler
       FROM ${own("pairs")} ORDER BY table_name, primary_key, standby_key`,
  );
  return rows.map(pairOf);
}

export async function addPairs(session: Session, pairs: readonly Pair[]): Promise<void> {
  const rows = pairs.map(
    ({ table, primary, standby, straggler, ...how }) =>
      `(${literal(table)}, ${keyText(primary.key)}, ${hashed(primary.key)}, ${keyText(standby.key)}, ` +
      `${hashed(standby.key)}, ${primary.digest}, ${standby.digest}, ${literal(relationText(how))}, ${orNull(straggler)})`,
  );
  for (const values of statements(rows))
    await session.run(
      `INSERT INTO ${own("pairs")} (table_name, primary_key, primary_hash, standby_key, standby_hash, primary_digest,
           standby_digest, relation, straggler) VALUES ${values}
         ON DUPLICATE KEY UPDATE primary_digest = VALUES(primary_digest), standby_digest = VALUES(standby_digest),
           relation = VALUES(relation), straggler = VALUES(straggler)`,
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
  const which =
    only === "alone" ? "relation = 'alone'" : `(relation <> 'alias' OR straggler = ${literal(side)})`;
  for (const batch of runsOf(keys))
    await session.run(
      `DELETE FROM ${own("pairs")} WHERE table_name = ${literal(table)}
         AND ${side}_hash IN (${batch.map(hashed).join(", ")})
         AND ${which}`,
    );
}

/** The standby's rows of a table that are others on the primary, by key, with their digests. */
export async function pairedOnStandby(
  session: Session,
  table: TableName,
): Promise<readonly { readonly key: Key; readonly digest: string }[]> {
  const rows = await session.rows(
    `SELECT MIN(standby_key), MAX(CASE relation WHEN 'apart-s' THEN primary_digest ELSE standby_digest END)
       FROM ${own("pairs")}
       WHERE table_name = ${literal(table)} AND relation NOT IN ('alias', 'alone') GROUP BY standby_hash`,
  );
  return rows.map(([key, digest]) => ({ key: readKey(key), digest: digest ?? "" }));
}

/** The ledger's columns of what a run settled, in the order of `settledOf`. */
export const ledgerColumns = "table_name, row_key, digest, source_key, source_digest, relation, straggler";

export const ledgerRow = ({ table, key, digest, origin }: Settled): string =>
  [
    literal(table),
    keyText(key),
    digest ?? "NULL",
    origin === undefined ? "NULL" : keyText(origin.key),
    origin?.digest ?? "NULL",
    orNull(origin && relationText(origin)),
    orNull(origin?.straggler),
  ].join(", ");
