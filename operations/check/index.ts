import type { GivenRules } from "../data/engine";
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
 * @param tables what standby.tables.yaml says; undefined: as the last sync recorded it
 */
export async function check(
  deployment: Deployment,
  target: Site,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
  deep = false,
  tables?: GivenRules,
): Promise<CheckResult> {
  const context = { deployment, target, env, now: new Date(), deep, tables };
  const result = await runChecks(checks, context, signal);
  writeKnownNames(deployment.settings, deployment);
  writeCheckNote(deployment.settings, result, target, new Date());
  return result;
}
