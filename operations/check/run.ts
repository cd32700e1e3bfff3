import {
  defaultSeconds,
  reason,
  type Check,
  type CheckContext,
  type CheckResult,
  type Finding,
} from "./check";

/**
 * Runs checks side by side, each with its own time limit. Never throws: a check that cannot look says so.
 *
 * @param signal cancels all of them.
 */
export async function runChecks(
  checks: readonly Check[],
  context: Omit<CheckContext, "signal">,
  signal?: AbortSignal,
): Promise<CheckResult> {
  const chosen = checks.filter(({ before }) => before.includes(context.target));
  const findings = await Promise.all(chosen.map((check) => runCheck(check, context, signal)));
  return { ready: findings.every(({ status }) => status === "pass" || status === "warn"), checks: findings };
}

async function runCheck(
  check: Check,
  context: Omit<CheckContext, "signal">,
  cancelled: AbortSignal | undefined,
): Promise<Finding> {
  const seconds = check.seconds ?? defaultSeconds;
  const time = new AbortController();
  let late: () => void = () => undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    late = () => {
      time.abort();
      reject(new Error(`no answer within ${seconds} s`));
    };
  });
  const timer = setTimeout(() => late(), seconds * 1_000);
  cancelled?.addEventListener("abort", late, { once: true });
  try {
    const seen = await Promise.race([check.look({ ...context, signal: time.signal }), tooLate]);
    const fix = seen.status === "pass" ? "" : (seen.fix ?? check.fix(context));
    return {
      id: check.id,
      status: seen.status,
      found: seen.found,
      wanted: check.wanted(context),
      fix,
      ...(seen.figures === undefined ? {} : { figures: seen.figures }),
    };
  } catch (error) {
    return {
      id: check.id,
      status: "unknown",
      found: reason(error),
      wanted: check.wanted(context),
      fix: check.fix(context),
    };
  } finally {
    clearTimeout(timer);
    cancelled?.removeEventListener("abort", late);
  }
}
