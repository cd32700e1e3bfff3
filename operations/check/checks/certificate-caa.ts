import { z } from "zod";
import type { StandbyOutputs } from "../../deployment";
import { caaRules, type CaaRules } from "../probes/caa";
import { pass, warn, type Check, type Look } from "../check";

/** The authority of Front Door's managed certificates (learn.microsoft.com/azure/frontdoor/domain). */
const managedAuthority = "digicert.com";

/** The zone lets the authority issue: a CAA record that forbids it shows only when a certificate is due. */
export const certificateCaa: Check = {
  id: "certificate-caa",
  before: ["standby"],
  wanted: ({ deployment: { standby } }) =>
    standby.outputs.certificate.kind === "keyVault"
      ? "the certificate's authority is yours to choose"
      : "no CAA record forbids the certificate's authority to issue",
  fix: () => "add the authority to the CAA records",
  look: async ({ deployment: { prod, standby }, signal }) => {
    const authorities = await authoritiesOf(standby.outputs.certificate, signal);
    if (authorities === undefined) return pass("issued into a vault of your own, by whom you choose");
    const names = standby.outputs.frontDoor.hostNames;
    const rules = names.map((name) => caaRules(name, prod.config.domain, signal));
    return judgeCaa(await Promise.all(rules), names, authorities);
  },
};

const directory = z.object({ meta: z.object({ caaIdentities: z.array(z.string()).default([]) }).optional() });

/** Names by which CAA records know the authority; undefined: not ours to know. An ACME one says them itself (RFC 8555, 9.7.6). */
async function authoritiesOf(
  certificate: StandbyOutputs["certificate"],
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (certificate.kind === "managed") return [managedAuthority];
  if (certificate.kind === "keyVault") return undefined;
  const response = await fetch(certificate.directory, { signal });
  return directory.parse(await response.json()).meta?.caaIdentities ?? [];
}

export function judgeCaa(
  rules: readonly CaaRules[],
  names: readonly string[],
  authorities: readonly string[],
): Look {
  for (const [index, { at, issuers }] of rules.entries()) {
    if (at === undefined || issuers === undefined || authorities.length === 0) continue;
    if (issuers.some((issuer) => authorities.includes(issuer.toLowerCase()))) continue;
    return warn(
      `the CAA records of ${at} let ${issuers.length === 0 ? "nobody" : `only ${issuers.join(", ")}`} issue for ${names[index] ?? at}; its certificate is from ${authorities.join(" or ")}`,
      `add the record CAA ${at} 0 issue "${authorities[0] ?? ""}"`,
    );
  }
  return pass(`${authorities.join(" or ")} may issue for ${names.join(", ")}`);
}
