import { findOnPath, lastWords, runCommand } from "./command";
import { parseVersion, unsuitable } from "./versions";
import { reason, type WayContext, type WayResult } from "./ways";

/** Milliseconds for `pulumi version`, which touches neither network nor state. */
const answerWithin = 20_000;

/** Asks a CLI for its version. */
export async function askVersion(cli: string, context: WayContext): Promise<WayResult> {
  const env = { ...context.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    const { code, stdout, stderr, timedOut } = await runCommand(cli, {
      args: ["version"],
      env,
      within: answerWithin,
      signal: context.signal,
    });
    if (timedOut)
      return { cli: undefined, why: `${cli} version did not answer within ${String(answerWithin / 1000)} s` };
    if (code !== 0) return { cli: undefined, why: `${cli} version failed: ${lastWords(stderr)}` };
    const why = unsuitable(stdout);
    if (why !== undefined) return { cli: undefined, why: `${cli}: ${why}` };
    return { cli, version: (parseVersion(stdout) ?? []).join(".") };
  } catch (error) {
    context.signal?.throwIfAborted();
    return { cli: undefined, why: reason(error) };
  }
}

/** The first way: a CLI that is installed. */
export async function findInstalled(context: WayContext): Promise<WayResult> {
  const cli = await findOnPath("pulumi", context.env["PATH"]);
  return cli === undefined ? { cli: undefined, why: "there is none" } : askVersion(cli, context);
}
