import type { Connection } from "../../connection";
import type { IdentitiesRequest, IdentitiesResult } from "../engine";
import { offsetRule, planAll, raisePlanned, recordSeeds } from "./raise";
import { withSides } from "./sides";

/** Plans the target's identities, or sets them. */
export function identities(
  from: Connection,
  to: Connection,
  request: IdentitiesRequest,
): Promise<IdentitiesResult> {
  return withSides(from, to, "identities", false, async (sides) => {
    const plans = await planAll(sides, await offsetRule(request.rule, sides.target));
    if (!request.apply) return { identities: plans.flatMap((plan) => plan.identities), applied: false };
    const raised = await raisePlanned(sides, plans);
    if (await sides.target.store.exists()) await recordSeeds(sides, raised);
    return { identities: raised.flatMap((plan) => plan.identities), applied: true };
  });
}
