import * as pulumi from "@pulumi/pulumi";
import { forceVariable } from "../../settings/cutover-names";
import type { CutoverRecordArgs } from "../cutover-record";
import { judgeChange, passage, type GateLooks, type GateQuestion } from "./judge";
import { cutoverGateLooks, type LooksArgs } from "./looks";

export type { GateLooks } from "./judge";

export interface CutoverGateArgs extends LooksArgs, Pick<GateQuestion, "activeSite"> {}

/**
 * The gate before the cutover record. It stands in the program, not in a resource of its own: a flip stays one update
 * of one record.
 * @throws RunError (by rejection) in an update that it does not let through; a preview is only warned of it
 */
export function cutoverGate(
  args: CutoverGateArgs,
  looks: GateLooks = cutoverGateLooks(args),
): NonNullable<CutoverRecordArgs["gate"]> {
  const stack = pulumi.getStack();
  const dryRun = pulumi.runtime.isDryRun();
  const { publicName, activeSite } = args;
  return async (target, otherTarget) => {
    const answer = await judgeChange({ stack, publicName, activeSite, target, otherTarget }, looks);
    const passing = passage(answer, stack, process.env[forceVariable], dryRun);
    if (passing.kind === "stop") throw new pulumi.RunError(passing.message);
    for (const warning of passing.warnings) await pulumi.log.warn(warning);
  };
}
