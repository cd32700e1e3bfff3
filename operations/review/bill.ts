import { billOfDeclared, type Standing } from "../../policy/monthly-bill";
import { types } from "../../policy/resource-types";
import type { Bill } from "../../settings/cost";
import type { Change, Preview, Side } from "./preview";

/** A month's bill of a stack before and after a change. */
export interface Costs {
  /** Null where nothing stands yet, or where the preview does not list all that does. */
  readonly before: Bill | null;
  readonly after: Bill | null;
}

/**
 * Makes out the bill of what a preview shows, from the sizes that are declared there: both sides by the same price list,
 * and by the forecast of each.
 */
export function costs(preview: Preview): Costs {
  if (!preview.whole || preview.errors.length > 0) return { before: null, after: null };
  const before = sideOf(preview, (change) => (change.fate === "create" ? undefined : change.before));
  const after = sideOf(preview, (change) => (change.fate === "delete" ? undefined : change.after));
  return { before, after };
}

function sideOf({ changes }: Preview, pick: (change: Change) => Side | undefined): Bill | null {
  const standing: Standing[] = [];
  let forecast: unknown;
  for (const change of changes) {
    const side = pick(change);
    if (side === undefined) continue;
    const { type, name } = change;
    if (type === types.stack) forecast = side.outputs["forecast"];
    else standing.push({ type, name, inputs: side.inputs });
  }
  return standing.length === 0 ? null : billOfDeclared(standing, forecast);
}
