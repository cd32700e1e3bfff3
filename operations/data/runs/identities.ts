import type { Connection } from "../../connection";
import type { IdentitiesRequest, IdentitiesResult } from "../engine";
import { offsetRule, planAll, raisePlanned, recordSeeds } from "./raise";
import { withSides } from "./sides";
import { shownTreatment } from "./treatment";

/** Plans the target's identities, or sets them. */
export function identities(
  from: Connection,
  to: Connection,
  request: IdentitiesRequest,
): Promise<IdentitiesResult> {
  return withSides(
    from,
    to,
    { purpose: "identities", use: request.apply ? "raise" : "read", alone: false, tables: request.tables },
    async (sides) => {
      const plans = await planAll(sides, await offsetRule(request.rule, sides.target));
      const shown = shownTreatment(sides.treatment, plans);
      if (!request.apply)
        return { identities: plans.flatMap((plan) => plan.identities), applied: false, ...shown };
      const generators = await raisePlanned(sides, plans, "generators");
      await sides.target.begin("write");
      const raised = await raisePlanned(sides, generators, "counters");
      await sides.target.commit();
      if (await sides.target.store.exists()) await recordSeeds(sides, raised);
      return { identities: raised.flatMap((plan) => plan.identities), applied: true, ...shown };
    },
  );
}
