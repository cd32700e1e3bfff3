import {
  defaultSeconds,
  reason,
  type Check,
  type CheckContext,
  type CheckResult,
  type Finding,
} from "./check";

/** Milliseconds that a check has to say what it found, once its time is up. */
const lastWords = 250;

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
      // What was found until then may be a finding of its own: such as that a site is too busy to answer.
      setTimeout(() => reject(new Error("cut short")), lastWords);
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
      found: time.signal.aborted ? `no answer within ${seconds} s` : reason(error),
      wanted: check.wanted(context),
      fix: check.fix(context),
    };
  } finally {
    clearTimeout(timer);
    cancelled?.removeEventListener("abort", late);
  }
}
