/** Values by dimension. */
type Values<T> = { readonly [Key in keyof T]: readonly T[Key][] };

/** Every combination of one value each, the last dimension running fastest. */
export function product<T extends object>(values: Values<T>): readonly T[] {
  const keys = Object.keys(values) as (keyof T)[];
  const extend = (begun: readonly Partial<T>[], key: keyof T): readonly Partial<T>[] =>
    begun.flatMap((each) => values[key].map((value) => ({ ...each, [key]: value })));
  return keys.reduce<readonly Partial<T>[]>(extend, [{}]) as readonly T[];
}

/** The pairs of values of two dimensions each that a combination holds. */
export function pairsOf(combination: object): readonly string[] {
  const entries = Object.entries(combination).map(([key, value]) => `${key}=${String(value)}`);
  return entries.flatMap((one, index) => entries.slice(index + 1).map((other) => `${one} ${other}`));
}

/**
 * A few combinations in which every two values of different dimensions meet at least once: most faults of a
 * configuration come from one value or from two together. Greedy, hence not the fewest; the same at each call.
 */
export function coverPairs<T extends object>(values: Values<T>): readonly T[] {
  const all = product(values);
  const open = new Set(all.flatMap(pairsOf));
  const chosen: T[] = [];
  const gain = (combination: T): number => pairsOf(combination).filter((pair) => open.has(pair)).length;
  while (open.size > 0) {
    const best = all.reduce((most, each) => (gain(each) > gain(most) ? each : most));
    chosen.push(best);
    for (const pair of pairsOf(best)) open.delete(pair);
  }
  return chosen;
}
