import { setTimeout as pause } from "node:timers/promises";
import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";

/** How often, and after how many milliseconds, Azure is asked again for a token that it has not given yet. */
const attempts = 8;
const between = 3_000;

/**
 * The token that TXT `_dnsauth.<host>` must hold now. Asked of Azure at each run, since a renewed token never reaches
 * the resource's own outputs, and the old one would be written back. Right after create it may be missing for a moment.
 */
export function validationToken(
  domain: cdn.AFDCustomDomain,
  profile: EdgeProfile,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  return pulumi
    .all([
      domain.id,
      domain.name,
      profile.resourceGroupName,
      profile.profileName,
      domain.validationProperties,
    ])
    .apply(async ([, customDomainName, resourceGroupName, profileName, atCreate]) => {
      for (let attempt = 1; ; attempt++) {
        const now = await cdn.getAFDCustomDomain(
          { customDomainName, resourceGroupName, profileName },
          { parent },
        );
        const token = currentToken(now.validationProperties, atCreate);
        if (token !== undefined) return token;
        if (attempt === attempts)
          throw new pulumi.RunError(
            `Front Door has given no validation token for ${customDomainName} yet. Fix: run pulumi up again in a minute`,
          );
        await pause(between);
      }
    });
}

/** Either may lack it: the answer while Azure is still at work, the output of create in any state. */
interface Validation {
  readonly validationToken?: string;
}

/** Typed as always there, yet both can be missing or empty. */
export function currentToken(
  now: Validation | undefined,
  atCreate: Validation | undefined,
): string | undefined {
  return [now?.validationToken, atCreate?.validationToken].find(
    (token) => token !== undefined && token !== "",
  );
}
