import type { PostgresConnection } from "../../../connection";
import type { IdentitiesRequest, IdentitiesResult, RaisedFrom } from "../../engine";
import { overflows, type IdentityPlan } from "../../identities";
import type { OffsetPolicy } from "../../policy";
import { refusal } from "../../../fault";
import { foresee, planFromBase } from "./from-base";
import { raiseAll } from "./generators";
import { introspect } from "./introspect";
import { offsetRule, planAll, raisePlanned, recordSeeds } from "./raise";
import { reconcile } from "./reconcile";
import { withSession } from "./session";
import { withSides } from "./sides";
import { hasStore, readBase, recordPolicy, recordSeed } from "./store";
import { sync } from "./sync";

async function identities(
  from: PostgresConnection,
  to: PostgresConnection,
  request: IdentitiesRequest,
): Promise<IdentitiesResult> {
  return withSides(from, to, "identities", false, async (sides) => {
    const plans = await planAll(sides, await offsetRule(request.rule, sides.target));
    if (!request.apply) return { identities: plans.flatMap((plan) => plan.identities), applied: false };
    const raised = await raisePlanned(sides, plans);
    if (await hasStore(sides.target)) await recordSeeds(sides, raised);
    return { identities: raised.flatMap((plan) => plan.identities), applied: true };
  });
}

/** Raises a standby's identities without the primary: from what the last sync recorded of it. */
async function raiseFromBase(
  to: PostgresConnection,
  policy: OffsetPolicy,
): Promise<{ from: RaisedFrom; identities: readonly IdentityPlan[] }> {
  return withSession(to, "identities", async (target) => {
    await recordPolicy(target, policy);
    if ((await readBase(target)) === undefined) return { from: "policy-only", identities: [] };
    const { generators } = await introspect(target);
    const plans = (await planFromBase(target, generators, policy)).map(({ plan }) => plan);
    const full = overflows(plans);
    if (full.length > 0)
      throw refusal(`identities without room for their offset; none was raised:\n  ${full.join("\n  ")}`);
    const raised = await raiseAll(target, plans);
    for (const plan of raised)
      await recordSeed(target, plan.generator.name, { highest: plan.highest, seed: plan.seed });
    return { from: "base", identities: raised.flatMap((plan) => plan.identities) };
  });
}

/** PostgreSQL 12 and later, behind the interface of `engine.ts`. */
export const postgres = {
  identities,
  sync,
  reconcile,
  foresee,
  raiseFromBase,
  recordPolicy: (to: PostgresConnection, policy: OffsetPolicy): Promise<void> =>
    withSession(to, "identities", (target) => recordPolicy(target, policy)),
};
