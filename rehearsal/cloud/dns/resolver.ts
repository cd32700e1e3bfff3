import type { DecodedPacket, RecordType } from "dns-packet";
import type { DnsClient } from "./client";
import { responseCode } from "./client";
import { normalName } from "./names";
import { joinStrings } from "./records";

/** What a name resolved to, as far as one type of record goes. */
export interface Resolution {
  /** `no-name`: the name does not exist (NXDOMAIN); `no-data`: it does, without records of this type at its end. */
  readonly status: "found" | "no-data" | "no-name";
  /** The names that the aliases led through: the one asked for first, the one that holds the records last. */
  readonly chain: readonly string[];
  /** The records' values: addresses, targets, texts. Empty where there are none. */
  readonly values: readonly string[];
  /** Seconds, of the clock given, until which this answer is served again without asking. */
  readonly expires: number;
}

export interface CachingResolverOptions {
  /** Asks the name server; shared by any number of resolvers, and closed by whoever made it. */
  readonly client: DnsClient;
  /** The time in seconds, of the clock that TTLs are counted in: the story's. */
  readonly now: () => number;
  /**
   * Seconds for which an answer is kept at the least, whatever its TTL says: for the share of the internet that
   * does not honour one. Absence is kept as long.
   */
  readonly holdAtLeast?: number;
}

/** Seconds for which absence is remembered where the server does not say. */
const absenceWithoutWord = 60;

/**
 * A caching stub resolver, one of the many between the visitors and the name server. Concurrent questions for one
 * name become one packet; failures are never cached.
 */
export class CachingResolver {
  private readonly cache = new Map<string, Resolution>();
  private readonly running = new Map<string, Promise<Resolution>>();

  constructor(private readonly options: CachingResolverOptions) {}

  /** Resolves a name, from the cache while that holds. Rejects with a DnsFailure when the server cannot be asked. */
  resolve(name: string, type: RecordType = "A"): Promise<Resolution> {
    const key = `${type} ${normalName(name)}`;
    const cached = this.cache.get(key);
    if (cached !== undefined && cached.expires > this.options.now()) return Promise.resolve(cached);
    const running = this.running.get(key);
    if (running !== undefined) return running;
    const started = this.ask(normalName(name), type)
      .then((resolution) => {
        this.cache.set(key, resolution);
        return resolution;
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, started);
    return started;
  }

  /** The name at the end of a name's aliases: where the rehearsal's routes tell one host from another. */
  async canonicalName(name: string): Promise<string> {
    const { chain } = await this.resolve(name, "A");
    return chain.at(-1) ?? normalName(name);
  }

  /** Forgets everything, as a visitor does who restarts the machine. */
  clear(): void {
    this.cache.clear();
  }

  private async ask(name: string, type: RecordType): Promise<Resolution> {
    const packet = await this.options.client.ask(name, type);
    const { chain, values, ttls } = follow(packet, name, type);
    const absent = values.length === 0;
    if (absent) ttls.push(absenceTtl(packet));
    const keep = Math.max(Math.min(...ttls), this.options.holdAtLeast ?? 0);
    return {
      status: !absent ? "found" : responseCode(packet) === 3 ? "no-name" : "no-data",
      chain,
      values,
      expires: this.options.now() + keep,
    };
  }
}

function follow(
  packet: DecodedPacket,
  asked: string,
  type: RecordType,
): { chain: string[]; values: string[]; ttls: number[] } {
  const answers = packet.answers ?? [];
  const chain = [asked];
  const ttls: number[] = [];
  for (let name = asked; type !== "CNAME";) {
    const alias = answers.find((answer) => answer.type === "CNAME" && normalName(answer.name) === name);
    if (alias?.type !== "CNAME" || chain.length > answers.length) break;
    ttls.push(alias.ttl ?? 0);
    name = normalName(alias.data);
    chain.push(name);
  }
  const values: string[] = [];
  for (const answer of answers) {
    if (answer.type !== type || normalName(answer.name) !== chain.at(-1)) continue;
    if (answer.type === "A" || answer.type === "AAAA") values.push(answer.data);
    else if (answer.type === "CNAME" || answer.type === "NS") values.push(normalName(answer.data));
    else if (answer.type === "TXT") values.push(joinStrings(answer.data));
    else if (answer.type === "MX") values.push(normalName(answer.data.exchange));
    else continue;
    ttls.push(answer.ttl ?? 0);
  }
  return { chain, values, ttls };
}

/** How long absence may be remembered: the lesser of the SOA's own TTL and its minimum (RFC 2308). */
function absenceTtl(packet: DecodedPacket): number {
  const authority = packet.authorities?.find((answer) => answer.type === "SOA");
  if (authority?.type !== "SOA") return absenceWithoutWord;
  return Math.min(authority.ttl ?? absenceWithoutWord, authority.data.minimum ?? absenceWithoutWord);
}
