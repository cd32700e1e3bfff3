/** Rows that are another on each side, beside the base's own record of the tables. */
import type { Key, TableName } from "../../model";
import type { Pair, Settled, Side } from "../../settled";
import { pairOf, readKey, relationText } from "../recorded";
import { keyHash } from "./columns";
import { runsOf } from "./keys";
import { own } from "./own";
import type { Session } from "./session";
import { literal, statements } from "./sql";

/** A key is kept as a JSON list, and found by its hash. */
export const keyText = (key: Key): string => literal(JSON.stringify(key));
const hashed = (key: Key): string => `0x${keyHash(key)}`;
const orNull = (text: string | null | undefined): string =>
  text === null || text === undefined ? "NULL" : literal(text);
const number = (value: string): string => `CONVERT(varchar(40), ${value})`;

export async function hasPairs(session: Session): Promise<boolean> {
  const rows = await session.rows(`SELECT TOP (1) '1' FROM ${own("pairs")}`);
  return rows.length > 0;
}

export async function readPairs(session: Session): Promise<readonly Pair[]> {
  const rows = await session.rows(
    `SELECT p.table_name, p.primary_key, p.standby_key, ${number("p.primary_digest")}, ${number("p.standby_digest")},
            p.relation, p.straggler
       FROM ${own("pairs")} p ORDER BY p.table_name, p.primary_hash, p.standby_hash`,
  );
  return rows.map(pairOf);
}

/** Replaces what is there by its two keys. */
export async function addPairs(session: Session, pairs: readonly Pair[]): Promise<void> {
  const last = new Map(
    pairs.map((pair) => [JSON.stringify([pair.table, pair.primary.key, pair.standby.key]), pair]),
  );
  for (const batch of runsOf([...last.values()])) {
    const places = batch.map(
      ({ table, primary, standby }) => `(${literal(table)}, ${hashed(primary.key)}, ${hashed(standby.key)})`,
    );
    await session.exec(
      `DELETE p FROM ${own("pairs")} p JOIN (VALUES ${places.join(", ")}) v(table_name, primary_hash, standby_hash)
         ON p.table_name = v.table_name COLLATE Latin1_General_BIN2 AND p.primary_hash = v.primary_hash
        AND p.standby_hash = v.standby_hash`,
    );
    const rows = batch.map(
      ({ table, primary, standby, straggler, ...how }) =>
        `(${literal(table)}, ${keyText(primary.key)}, ${hashed(primary.key)}, ${keyText(standby.key)}, ` +
        `${hashed(standby.key)}, ${primary.digest}, ${standby.digest}, ${literal(relationText(how))}, ${orNull(straggler)})`,
    );
    for (const values of statements(rows))
      await session.exec(
        `INSERT INTO ${own("pairs")} (table_name, primary_key, primary_hash, standby_key, standby_hash, primary_digest,
           standby_digest, relation, straggler) VALUES ${values}`,
      );
  }
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
    only === "alone" ? "relation = N'alone'" : `(relation <> N'alias' OR straggler = ${literal(side)})`;
  for (const batch of runsOf(keys))
    await session.exec(
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
    `SELECT MIN(p.standby_key), ${number("MAX(CASE p.relation WHEN N'apart-s' THEN p.primary_digest ELSE p.standby_digest END)")} FROM ${own("pairs")} p
       WHERE p.table_name = ${literal(table)} AND p.relation NOT IN (N'alias', N'alone') GROUP BY p.standby_hash`,
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
