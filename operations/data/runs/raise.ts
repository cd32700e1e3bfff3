import { refusal, usage } from "../../fault";
import { overflows, planGenerator, type GeneratorPlan } from "../identities";
import type { OffsetRule } from "../policy";
import type { Database } from "../port";
import { recordedOf } from "../tables/recorded";
import { counterpartOf, raiseAll, readStates } from "./generators";
import type { Sides } from "./sides";

/**
 * The rule given, else the policy recorded on the standby, else the number of ids that the last sync was given.
 *
 * @throws Fault (2) naming the options when there is none of them
 */
export async function offsetRule(given: OffsetRule | undefined, target: Database): Promise<OffsetRule> {
  if (given !== undefined) return given;
  const policy = await target.store.policy();
  if (policy !== undefined) return { kind: "forecast", policy };
  const text = await target.store.treatment?.();
  const ids = text === undefined ? undefined : recordedOf(text).offset;
  if (ids !== undefined) return { kind: "fixed", ids };
  throw usage(
    `no offset is given and ${target.label} has none recorded; give --offset N, ` +
      "or all of --rows-per-hour N --tail-hours N --sync-age-hours N --safety X",
  );
}

/** Plans every generator. @throws Fault (1) naming each one without room for its offset, before any is raised. */
export async function planAll(sides: Sides, rule: OffsetRule): Promise<readonly GeneratorPlan[]> {
  const { source, target, schema, targetSchema } = sides;
  const states = await readStates(
    source,
    target,
    schema.generators,
    targetSchema.generators,
    await target.store.seeds(),
  );
  const plans = states.map((state) => planGenerator(state, rule));
  const full = overflows(plans);
  if (full.length > 0)
    throw refusal(`identities without room for their offset; none was raised:\n  ${full.join("\n  ")}`);
  return plans;
}

/**
 * Raises what was planned and reads it back: the database's own generators, or the counters in rows, which can be raised
 * only where their rows are, and within a transaction.
 */
export const raisePlanned = (
  sides: Sides,
  plans: readonly GeneratorPlan[],
  which: "generators" | "counters",
): Promise<readonly GeneratorPlan[]> => {
  const isMeant = ({ generator }: GeneratorPlan): boolean =>
    (generator.row === undefined) === (which === "generators");
  return raiseAll(sides.target, plans, isMeant);
};

/** Records seeds beside the base, from which headroom is measured. */
export async function recordSeeds(sides: Sides, plans: readonly GeneratorPlan[]): Promise<void> {
  for (const plan of plans)
    await sides.target.store.recordSeed(counterpartOf(plan.generator, sides.targetSchema.generators).name, {
      highest: plan.highest,
      seed: plan.seed,
    });
}
