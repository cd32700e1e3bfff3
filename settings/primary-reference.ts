import { z } from "zod";
import { hostName, optionalLeaf } from "./leaf";
import { namespace } from "./namespace";
import type { RawSettings } from "./parse";
import { setCommand } from "./set-command";

const byName = "the primary's host name, in lower case and without a trailing dot";

/** A stack's full name, by which another reads its outputs. */
export const stackReference = z.string().regex(/^[^/\s]+\/[^/\s]+\/[^/\s]+$/);

/** Where the primary is, for the stacks beside it: a host by name, or the stack that it was made by. */
export const primaryReference = {
  primaryHost: optionalLeaf(hostName, {
    allowed: byName,
    example: "shared.host.example",
    why: "FQDN by which the primary is reached: what `www` points at until cutover, and what is watched from outside. This, or primaryStack.",
  }),
  primaryStack: optionalLeaf(stackReference, {
    allowed: "organization/project/stack",
    example: "organization/warm-standby/primary",
    why: "The stack `primary` of this project, for a primary of its own on Azure: its host and its database are read from there. This, or primaryHost.",
  }),
};

/** Exactly one of the two. */
export function onePrimary(raw: RawSettings, stack: string): string | undefined {
  const [host, own] = [raw["primaryHost"], raw["primaryStack"]];
  if (host !== undefined && own !== undefined)
    return `${namespace()}primaryStack is set beside primaryHost; allowed: one of the two. Fix: pulumi config rm primaryHost --stack ${stack}, or pulumi config rm primaryStack --stack ${stack}`;
  if (host === undefined && own === undefined)
    return `${namespace()}primaryHost is not set; allowed: ${byName}, or primaryStack in its place. Fix: ${setCommand(["primaryHost"], stack, "shared.host.example")}`;
  return undefined;
}

/** What the stack `primary` says of itself is not to be said a second time. */
export const saidByPrimaryStack =
  (key: string) =>
  (raw: RawSettings, stack: string): string | undefined =>
    raw[key] === undefined || raw["primaryStack"] === undefined
      ? undefined
      : `${namespace()}${key} has no effect beside primaryStack, whose stack says it. Fix: pulumi config rm ${key} --stack ${stack}`;
