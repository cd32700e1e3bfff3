/** What every engine makes of the rows that its statements about digests answer with. */
import type { DigestedGroup, KeyRange, TextRow, Total } from "../port";
import type { Digest } from "../three-way";

type Runs = AsyncIterable<readonly TextRow[]>;
/** The key of a row as a JSON list, from the column on at which it begins. */
type KeyText = (row: TextRow, from: number) => string;

/** The texts of a key's columns, or one column with all of them as a JSON list. */
export type KeyColumns = { readonly columns: string } | { readonly list: string };

export const keysOf = (keys: KeyColumns): string => ("list" in keys ? keys.list : keys.columns);

export const keyTextOf =
  (keys: KeyColumns): KeyText =>
  (row, from) => {
    if ("columns" in keys) return JSON.stringify(row.slice(from));
    const listed: unknown = JSON.parse(row[from] ?? "[]");
    return JSON.stringify(Array.isArray(listed) ? listed.map(String) : []);
  };

/** @param row the least and the largest of a whole number, both NULL without rows */
export function rangeOf(row: TextRow | undefined): KeyRange | undefined {
  const [min, max] = row ?? [];
  return typeof min === "string" && typeof max === "string"
    ? { min: BigInt(min), max: BigInt(max) }
    : undefined;
}

/** @param runs rows of a group, how many it has, and the sum of their digests */
export async function sumsOf(
  runs: Runs | Iterable<readonly TextRow[]>,
): Promise<{ rows: number; sums: ReadonlyMap<string, string> }> {
  const sums = new Map<string, string>();
  let rows = 0;
  for await (const run of runs)
    for (const [group, count, sum] of run) {
      rows += Number(count);
      sums.set(String(group), `${String(count)} ${String(sum)}`);
    }
  return { rows, sums };
}

/** @param runs rows of a group, a digest and a key, ascending by group */
export async function* groupsOf(runs: Runs, keyText: KeyText): AsyncGenerator<DigestedGroup> {
  let current: { group: bigint; rows: Map<string, Digest> } | undefined;
  for await (const run of runs)
    for (const row of run) {
      const group = BigInt(row[0] ?? 0);
      if (current?.group !== group) {
        if (current !== undefined) yield current;
        current = { group, rows: new Map() };
      }
      current.rows.set(keyText(row, 2), row[1] ?? undefined);
    }
  if (current !== undefined) yield current;
}

/** @param runs rows of a digest and a key */
export async function* keyedOf(runs: Runs, keyText: KeyText): AsyncGenerator<readonly [string, Digest]> {
  for await (const run of runs) for (const row of run) yield [keyText(row, 1), row[0] ?? undefined];
}

/** @param row how many rows, and the sum of their digests, NULL without rows */
export const totalOf = (row: TextRow | undefined): Total => ({
  rows: Number(row?.[0] ?? 0),
  sum: BigInt(row?.[1] ?? 0),
});
