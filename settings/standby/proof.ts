import { z } from "zod";
import { optionalLeaf } from "../leaf";
import { namespace } from "../namespace";
import type { RawSettings } from "../parse";

/** One of the two stacks whose apps answer to the public name. */
export type ProofHolder = "primary" | "standby";
export const proofHolder = z.enum(["primary", "standby"]);

/** Which stack declares the records that prove the public name and the domain itself to App Service. */
export const proofSettings = {
  publicProof: optionalLeaf(proofHolder, {
    allowed: "primary or standby",
    example: "standby",
    why: "Which stack declares TXT `asuid.www.<domain>` and `asuid.<domain>`, which are the same for every app of a subscription and can be there once. The one that came up first: primary where primaryStack is set, else standby. Both stacks have to say the same.",
  }),
};

/** Whether the standby declares those records itself. */
export const standbyProves = (settings: {
  readonly publicProof: ProofHolder | undefined;
  readonly primaryStack: string | undefined;
}): boolean =>
  (settings.publicProof ?? (settings.primaryStack === undefined ? "standby" : "primary")) === "standby";

/** Without a stack `primary` nobody else would declare it. */
export function proofRule(raw: RawSettings, stack: string): string | undefined {
  if (raw["publicProof"] !== "primary" || raw["primaryStack"] !== undefined) return undefined;
  return `${namespace()}publicProof is 'primary', and primaryStack is not set; allowed: standby, or none. Fix: pulumi config rm publicProof --stack ${stack}`;
}
