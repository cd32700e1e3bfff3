/** Turns groups, ascending, into ranges of the key, each with its ends; adjacent groups into one. */
export function rangesOf(groups: readonly bigint[], shift: number): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  let before: bigint | undefined;
  for (const group of groups) {
    const end = String(((group + 1n) << BigInt(shift)) - 1n);
    const last = found.at(-1);
    if (last !== undefined && before !== undefined && group === before + 1n) last[1] = end;
    else found.push([String(group << BigInt(shift)), end]);
    before = group;
  }
  return found;
}
