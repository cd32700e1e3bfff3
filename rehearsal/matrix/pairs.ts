/** Values by dimension. */
type Values<T> = { readonly [Key in keyof T]: readonly T[Key][] };

/** Every combination of one value each, the last dimension running fastest. */
export function product<T extends object>(values: Values<T>): readonly T[] {
  const keys = Object.keys(values) as (keyof T)[];
  const extend = (begun: readonly Partial<T>[], key: keyof T): readonly Partial<T>[] =>
    begun.flatMap((each) => values[key].map((value) => ({ ...each, [key]: value })));
  return keys.reduce<readonly Partial<T>[]>(extend, [{}]) as readonly T[];
}

/** The values that a combination holds, each with its dimension. */
export const valuesOf = (combination: object): readonly string[] =>
  Object.entries(combination).map(([key, value]) => `${key}=${String(value)}`);

/** The pairs of values of two dimensions each that a combination holds. */
export function pairsOf(combination: object): readonly string[] {
  const values = valuesOf(combination);
  return values.flatMap((one, index) => values.slice(index + 1).map((other) => `${one} ${other}`));
}

/**
 * A few of many in which every part of any of them is met at least once: most faults of a configuration come from one
 * value or from two together. Greedy, hence not always the fewest; the same at each call.
 *
 * @param partsOf such as {@link pairsOf} or {@link valuesOf}
 */
export function cover<T>(all: readonly T[], partsOf: (one: T) => readonly string[]): readonly T[] {
  const open = new Set(all.flatMap(partsOf));
  const chosen: T[] = [];
  const gain = (one: T): number => partsOf(one).filter((part) => open.has(part)).length;
  while (open.size > 0) {
    const best = all.reduce((most, each) => (gain(each) > gain(most) ? each : most));
    chosen.push(best);
    for (const part of partsOf(best)) open.delete(part);
  }
  return chosen;
}
