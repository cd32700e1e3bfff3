import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const host = z.hostname();

/**
 * The one thing that `prod` knows of the standby: the edge's host, read from the standby's stack.
 * @param stack `organization/project/stack`
 */
export function standbyHostOf(stack: string): pulumi.Output<string> {
  return new pulumi.StackReference(stack)
    .getOutput("standbyHost")
    .apply((value: unknown) => checkedHost(stack, value));
}

/** @throws RunError for anything but a host name: another stack's output is as untrusted as any input */
export function checkedHost(stack: string, value: unknown): string {
  const parsed = host.safeParse(value);
  if (parsed.success) return parsed.data;
  const shown = value === undefined ? "missing" : JSON.stringify(value);
  throw new pulumi.RunError(
    `${pulumi.getProject()}:standbyStack is '${stack}', whose output standbyHost is ${shown}; wanted: a host name. Fix: run pulumi up on that stack first, or correct the name`,
  );
}
