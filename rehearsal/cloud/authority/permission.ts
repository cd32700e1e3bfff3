import { ancestors, type DnsClient } from "../dns";

/** The authority that signs Front Door's managed certificates (MicrosoftDocs azure-docs, frontdoor/domain.md). */
const managedAuthority = "digicert.com";

/**
 * Whether the CAA records in force for a host admit the authority of managed certificates: those of the nearest name
 * at or above the host that has any (RFC 8659). No CAA records at all admit everyone.
 */
export async function admitsManagedAuthority(client: DnsClient, hostName: string): Promise<boolean> {
  const wildcard = hostName.startsWith("*.");
  const host = wildcard ? hostName.slice(2) : hostName;
  for (const name of [host, ...ancestors(host)]) {
    const { answers = [] } = await client.ask(name, "CAA");
    const rules = answers.flatMap((answer) => (answer.type === "CAA" ? [answer.data] : []));
    if (rules.length === 0) continue;
    const forWildcards = rules.filter(({ tag }) => tag === "issuewild");
    const deciding =
      wildcard && forWildcards.length > 0 ? forWildcards : rules.filter(({ tag }) => tag === "issue");
    if (deciding.length === 0) return true;
    return deciding.some(({ value }) => value.split(";")[0]?.trim().toLowerCase() === managedAuthority);
  }
  return true;
}
