import type { Deployment, Site } from "../deployment";
import type { CheckResult } from "./check";
import { checks } from "./checks";
import { writeCheckNote, writeKnownNames } from "./notes";
import { runChecks } from "./run";

export type { CheckResult, Finding, Status } from "./check";

/**
 * Runs every check before a takeover by `target`, and leaves a dated note of the result in the notes folder.
 *
 * @param deep sends one real message and one test notification, too.
 */
export async function check(
  deployment: Deployment,
  target: Site,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
  deep = false,
): Promise<CheckResult> {
  const result = await runChecks(checks, { deployment, target, env, now: new Date(), deep }, signal);
  writeKnownNames(deployment.settings, deployment);
  writeCheckNote(deployment.settings, result, target, new Date());
  return result;
}
