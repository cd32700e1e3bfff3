/**
 * Offsets without the primary at hand: for whatever sets a standby up. Imports nothing of Pulumi, and is safe to
 * call again: a policy is replaced, a seed is never lowered.
 */
import { parseDatabaseUrl } from "../connection";
import { usage } from "../fault";
import { operations, type IdentityOutlook, type RaisedFrom } from "./engine";
import type { IdentityPlan } from "./identities";
import { offsetPolicy, type OffsetPolicy } from "./policy";

export type { IdentityOutlook } from "./engine";
export { offsetPolicy, type OffsetPolicy } from "./policy";

export interface RaisedIdentities {
  /** `policy-only`: the standby holds no base yet; its first sync sets the identities by the policy. */
  readonly from: RaisedFrom;
  /** For a person: what was done, or that sync sets them. */
  readonly note: string;
  readonly identities: readonly IdentityPlan[];
}

/** @throws Fault (2) naming each field of the policy that is missing or out of range. */
function checked(policy: unknown): OffsetPolicy {
  const parsed = offsetPolicy.safeParse(policy);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw usage(`the offset policy is not valid: ${faults.join("; ")}`);
}

/**
 * Records on the standby what offsets are sized from, so that `sync` and `identities` need no options.
 *
 * @param url the standby's database, `postgres://user:password@host:5432/database?sslmode=verify-full`
 * @throws Fault (3) when the database cannot be reached, (2) on a bad policy
 */
export async function recordOffsetPolicy(url: string, policy: OffsetPolicy): Promise<void> {
  const connection = parseDatabaseUrl("the standby's database", url);
  await operations.recordPolicy(connection, checked(policy));
}

/**
 * Records the policy and raises every identity of the standby to `highest + offset`, from what its last sync recorded
 * of the primary. Without a base it only records the policy.
 *
 * @throws Fault (1) naming each identity without room; nothing is raised then
 */
export async function raiseIdentities(url: string, policy: OffsetPolicy): Promise<RaisedIdentities> {
  const connection = parseDatabaseUrl("the standby's database", url);
  const raised = await operations.raiseFromBase(connection, checked(policy));
  const note =
    raised.from === "base"
      ? `${raised.identities.length} identities stand above the primary's`
      : "the policy is recorded; the standby holds no base yet, so sync sets the identities";
  return { ...raised, note };
}

/**
 * Looks what {@link raiseIdentities} would do, and writes nothing.
 *
 * @param milliseconds how long the database gets to answer a connection, and each question
 * @throws Fault (3) when it does not, (2) on a bad policy
 */
export async function foreseeIdentities(
  url: string,
  policy: OffsetPolicy,
  milliseconds: number,
): Promise<IdentityOutlook> {
  const connection = parseDatabaseUrl("the standby's database", url);
  return operations.foresee(connection, checked(policy), milliseconds);
}
