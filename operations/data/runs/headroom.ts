import type { Headroom } from "../engine";
import { readStates } from "./generators";
import type { Sides } from "./sides";

/**
 * How much of each offset the primary has used since the seeds were set on the standby, and how much is left. The
 * standby is the side with the base.
 */
export async function readHeadroom(sides: Sides, baseOnTarget: boolean): Promise<readonly Headroom[]> {
  const [primary, primarySchema] = baseOnTarget
    ? [sides.source, sides.schema]
    : [sides.target, sides.targetSchema];
  const [standby, standbySchema] = baseOnTarget
    ? [sides.target, sides.targetSchema]
    : [sides.source, sides.schema];
  const seeds = await standby.store.seeds();
  const states = await readStates(
    primary,
    standby,
    primarySchema.generators,
    standbySchema.generators,
    seeds,
  );
  return states.flatMap((state) => {
    const recorded = state.recorded;
    if (recorded === undefined) return [];
    // Rows brought back from the standby stand above its seed; they are not the primary's own.
    const own = [state.from, ...state.maxFrom].filter((value) => value <= recorded.seed);
    const highest = own.reduce((a, b) => (b > a ? b : a), recorded.highest);
    return state.generator.uses.map((use) => ({
      table: use.table,
      column: use.column,
      used: highest - recorded.highest,
      left: recorded.seed - highest,
    }));
  });
}
