import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** What `prod` needs of the standby's outputs. */
const standbyOutputs = z.object({ standbyHost: z.hostname() });

/**
 * The one thing that `prod` knows of the standby: the edge's host, read from the standby's stack.
 * @param stack `organization/project/stack`
 */
export function standbyHostOf(stack: string): pulumi.Output<string> {
  const reference = new pulumi.StackReference(stack);
  return reference.getOutput("standbyHost").apply((standbyHost: unknown) => {
    const parsed = standbyOutputs.safeParse({ standbyHost });
    if (!parsed.success)
      throw new pulumi.RunError(
        `warm-standby:standbyStack is '${stack}', whose output standbyHost is ${standbyHost === undefined ? "missing" : JSON.stringify(standbyHost)}; wanted: a host name. Fix: run pulumi up on that stack first, or correct the name`,
      );
    return parsed.data.standbyHost;
  });
}
