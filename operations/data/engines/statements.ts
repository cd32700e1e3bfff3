/** How much of values goes into one statement. */
export interface Limits {
  readonly rows: number;
  readonly characters: number;
}

/** Values as a statement shows them, in statements of bounded size; never an empty one. */
export function* inStatements(values: Iterable<string>, { rows, characters }: Limits): Generator<string> {
  let held: string[] = [];
  let size = 0;
  for (const value of values) {
    if (held.length > 0 && (held.length >= rows || size + value.length > characters)) {
      yield held.join(", ");
      held = [];
      size = 0;
    }
    held.push(value);
    size += value.length;
  }
  if (held.length > 0) yield held.join(", ");
}
