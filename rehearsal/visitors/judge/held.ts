/** Keys that reconcile has reported as held back, by what they are. */
export interface Held {
  readonly orders: ReadonlySet<string>;
  readonly customers: ReadonlySet<string>;
}

/** A conflict as `standby reconcile --json` reports it, as far as it matters here. */
export interface ReportedConflict {
  readonly table: string;
  readonly key: unknown;
  readonly held?: readonly { readonly table: string; readonly key: unknown }[] | undefined;
}

/** Collects the orders and customers that conflicts name, themselves or among what they hold back. */
export function heldBy(conflicts: readonly ReportedConflict[]): Held {
  const held = { orders: new Set<string>(), customers: new Set<string>() };
  for (const conflict of conflicts)
    for (const { table, key } of [conflict, ...(conflict.held ?? [])]) {
      const name = table.slice(table.lastIndexOf(".") + 1);
      if (name === "orders" || name === "customers") held[name].add(idOf(key));
    }
  return held;
}

/** A key of one column, whether written plainly, as a list of one, or as `{ column: value }`. */
function idOf(key: unknown): string {
  if (typeof key === "string" || typeof key === "number" || typeof key === "bigint") return String(key);
  if (typeof key === "object" && key !== null) return idOf(Object.values(key)[0]);
  throw new Error(`a conflict's key has an unknown shape: ${JSON.stringify(key)}`);
}
