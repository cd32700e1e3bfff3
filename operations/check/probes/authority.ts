import type { RecordType } from "dns-packet";
import { ask, configuredServers, DnsError, text, type DnsAnswer, type ServerAddress } from "./dns";

/**
 * The name servers that speak for a zone. Where a configured server already speaks for it (a network with a name
 * server of its own), that one; otherwise those that the zone's NS records name, asked at their own addresses.
 *
 * @throws DnsError where none can be found; the message says at which step.
 */
export async function zoneServers(zone: string, signal?: AbortSignal): Promise<readonly ServerAddress[]> {
  const options = signal === undefined ? {} : { signal };
  const answer = await firstAnswer(zone, "NS", options);
  if (answer.authoritative) return [answer.server];
  const names = answer.records.filter(({ type }) => type === "NS").map(({ content }) => content);
  if (names.length === 0)
    throw new DnsError(`no name servers are registered for ${zone} (asked ${text(answer.server)})`);
  const addresses = await Promise.all(
    names.map(async (name) => {
      const { records } = await firstAnswer(name, "A", options);
      // One address stands for a name server: the others answer from the same data.
      return records.filter(({ type }) => type === "A").slice(0, 1);
    }),
  );
  const servers = addresses.flat().map(({ content }) => ({ host: content, port: 53 }));
  if (servers.length === 0)
    throw new DnsError(`the name servers of ${zone} (${names.join(", ")}) have no addresses`);
  return servers;
}

/** What each of a zone's name servers says of a name itself, in the zone's own words. */
export async function askAuthority(
  servers: readonly ServerAddress[],
  name: string,
  type: RecordType,
  signal?: AbortSignal,
): Promise<readonly DnsAnswer[]> {
  const answers = await Promise.all(
    servers.map((server) =>
      ask(server, name, type, { recursive: false, ...(signal === undefined ? {} : { signal }) }),
    ),
  );
  const cached = answers.find(({ authoritative }) => !authoritative);
  if (cached !== undefined)
    throw new DnsError(
      `${text(cached.server)} answered ${type} ${name} from a cache; something between here and the zone's name servers ` +
        `intercepts DNS`,
    );
  return answers;
}

async function firstAnswer(
  name: string,
  type: RecordType,
  options: { readonly signal?: AbortSignal },
): Promise<DnsAnswer> {
  const failures: string[] = [];
  for (const server of configuredServers())
    try {
      return await ask(server, name, type, options);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  throw new DnsError(failures.join("; ") || "this machine has no name server configured");
}
