import { ask, configuredServers, DnsError, type DnsRecord } from "./dns";

/** The CAA rules in force for a name. */
export interface CaaRules {
  /** Where they stand; undefined where there are none: everyone may issue. */
  readonly at: string | undefined;
  /** Authorities that may issue; undefined where the rules say nothing of it. */
  readonly issuers: readonly string[] | undefined;
}

/**
 * What an authority finds before it issues: the CAA records of the nearest name at or above the host that has any
 * (RFC 8659), aliases followed, so that those of the primary's provider count while `www` leads there.
 *
 * @param zone where the search upwards ends.
 * @throws DnsError
 */
export async function caaRules(host: string, zone: string, signal?: AbortSignal): Promise<CaaRules> {
  for (const name of namesUpTo(host, zone)) {
    const found = (await caaRecords(name, signal)).map(({ content }) => content);
    if (found.length === 0) continue;
    const issuers = found.flatMap((content) => /^issue (.*)$/.exec(content)?.[1] ?? []);
    const saysWho = found.some((content) => content.startsWith("issue "));
    return {
      at: name,
      issuers: saysWho
        ? issuers.map((value) => value.split(";")[0]?.trim() ?? "").filter(Boolean)
        : undefined,
    };
  }
  return { at: undefined, issuers: undefined };
}

function namesUpTo(host: string, zone: string): readonly string[] {
  const labels = host.split(".");
  const depth = Math.max(0, labels.length - zone.split(".").length);
  return Array.from({ length: depth + 1 }, (_, index) => labels.slice(index).join("."));
}

async function caaRecords(name: string, signal: AbortSignal | undefined): Promise<readonly DnsRecord[]> {
  let failure: unknown = new DnsError("this machine has no name server configured");
  for (const server of configuredServers())
    try {
      const { records } = await ask(server, name, "CAA", signal === undefined ? {} : { signal });
      return records.filter(({ type }) => type === "CAA");
    } catch (error) {
      failure = error;
    }
  throw failure;
}
