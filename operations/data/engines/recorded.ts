/** Base, pairs, ledger and seeds as every engine's store has them: columns of text in one order, lists as JSON. */
import { z } from "zod";
import { rowId, type Key, type RowId, type TableName } from "../model";
import type { BaseTable, RecordedSeed, TextRow } from "../port";
import type { Pair, Relation, Settled, Side } from "../settled";

const names = z.array(z.string());
/** As it is kept: what is moved or merged and apart is so by whose change that is; merged, it has a straggler too. */
const relations = z.enum(["moved", "merged", "alias", "alone", "apart", "apart-p", "apart-s"]);
const sides = z.enum(["primary", "standby"]).nullable();
const ends = z.enum(["source", "target"]).nullable();

/** A relation in one word, of a pair or of what a run settled. */
export function relationText({
  relation,
  apart,
}: Pick<Pair, "relation"> & { readonly apart?: Side | true }): string {
  if (apart === undefined) return relation;
  return apart === true ? "apart" : apart === "primary" ? "apart-p" : "apart-s";
}

const apartBy: Readonly<Record<string, Side>> = { "apart-p": "primary", "apart-s": "standby" };

function relationOf(text: unknown, straggler: string | undefined): Relation {
  const relation = relations.parse(text);
  if (relation === "apart" || relation === "apart-p" || relation === "apart-s")
    return straggler === undefined ? "moved" : "merged";
  return relation;
}

export const readKey = (text: string | null | undefined): Key => names.parse(JSON.parse(text ?? "[]"));

/** @param rows id, table, columns of its key, columns of its digest, and `true` where that was made of texts */
export const baseTablesOf = (rows: readonly TextRow[]): ReadonlyMap<TableName, BaseTable> =>
  new Map(
    rows.map(([id, table, keys, columns, asText]) => [
      table ?? "",
      {
        id: Number(id),
        table: table ?? "",
        keyColumns: readKey(keys),
        columns: readKey(columns),
        digestAsText: asText === "true",
      },
    ]),
  );

/** @param row table, key and then digest on primary and standby, relation, straggler */
export function pairOf(row: TextRow): Pair {
  const [table, primaryKey, standbyKey, primary, standby, relation, gaveWay] = row;
  const straggler = sides.parse(gaveWay) ?? undefined;
  const apart = apartBy[relation ?? ""];
  return {
    table: table ?? "",
    primary: { key: readKey(primaryKey), digest: primary ?? "" },
    standby: { key: readKey(standbyKey), digest: standby ?? "" },
    relation: relationOf(relation, straggler),
    straggler,
    ...(apart !== undefined && { apart }),
  };
}

/** @param row table, key, digest, the source's key and digest, relation, straggler */
export function settledOf(row: TextRow): Settled {
  const [table, key, digest, sourceKey, sourceDigest, relation, gaveWay] = row;
  const straggler = ends.parse(gaveWay ?? null) ?? undefined;
  return {
    table: table ?? "",
    key: readKey(key),
    digest: digest ?? undefined,
    ...(sourceKey !== null &&
      sourceKey !== undefined && {
        origin: {
          key: readKey(sourceKey),
          digest: sourceDigest ?? undefined,
          relation: relationOf(relation, straggler),
          straggler,
          ...(relation === "apart" && { apart: true as const }),
        },
      }),
  };
}

/** @param rows generator, highest, seed */
export const seedsOf = (rows: readonly TextRow[]): ReadonlyMap<string, RecordedSeed> =>
  new Map(
    rows.map(([generator, highest, seed]) => [
      generator ?? "",
      { highest: BigInt(highest ?? 0), seed: BigInt(seed ?? 0) },
    ]),
  );

/**
 * Tells rows that the base has in its pairs alone from those that came since: so far they count as added.
 *
 * @param found what the base's own rows say; mended here
 * @param paired the pairs' rows of the table, as they were on the standby
 * @param digests of those that are there now
 */
export function countPaired(
  found: { added: number; changed: number; deleted: number },
  table: TableName,
  paired: readonly { readonly key: Key; readonly digest: string }[],
  digests: ReadonlyMap<RowId, string>,
): void {
  for (const { key, digest } of paired) {
    const here = digests.get(rowId(table, key));
    if (here === undefined) found.deleted++;
    else found.added--;
    if (here !== undefined && here !== digest) found.changed++;
  }
}
