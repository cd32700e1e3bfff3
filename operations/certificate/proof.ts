import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { reason } from "../check/check";
import { askAuthority, zoneServers } from "../check/probes/authority";
import type { Cloudflare } from "../check/probes/cloudflare";
import { text } from "../check/probes/dns";
import { outside } from "../fault";

/** Milliseconds until every name server of the zone has to answer a new record, and between two looks. */
const patience = { within: 120_000, every: 500 } as const;

/**
 * Waits until every name server of a zone answers a name with a text.
 * @throws Fault (3) where it does not come about in time
 */
export async function untilAnswered(
  zone: string,
  name: string,
  content: string,
  { within, every }: { readonly within: number; readonly every: number } = patience,
): Promise<void> {
  const end = performance.now() + within;
  for (let last = "not asked"; ;) {
    try {
      const answers = await askAuthority(await zoneServers(zone), name, "TXT");
      const without = answers.filter(({ records }) => !records.some((record) => record.content === content));
      if (without.length === 0) return;
      last = `${without.map(({ server }) => text(server)).join(", ")} without it`;
    } catch (error) {
      last = reason(error);
    }
    if (performance.now() > end)
      throw outside(
        `after ${within / 1_000} s the name servers of ${zone} do not answer TXT ${name} with the proof: ${last}; run this again`,
      );
    await sleep(every);
  }
}

/** Where an ACME authority looks for a name's proof (RFC 8555, 8.4). */
export const proofName = (hostName: string): string => `_acme-challenge.${hostName}`;

/** Proofs by DNS, as TXT records at Cloudflare; each is taken away again, and others of the name are left alone. */
export class DnsProofs {
  private readonly made = new Map<string, string>();

  constructor(
    private readonly cloudflare: Cloudflare,
    private readonly zone: string,
    private readonly zoneId: string,
  ) {}

  /** Publishes a proof and waits until the zone's own name servers answer it: an authority that looks too early says no. */
  async publish(hostName: string, content: string): Promise<void> {
    const name = proofName(hostName);
    const { id } = await this.cloudflare.create(this.zoneId, {
      name,
      type: "TXT",
      content: `"${content}"`,
      ttl: 60,
      proxied: false,
      comment: "Proof for a certificate, taken away once it is issued",
    });
    this.made.set(`${hostName} ${content}`, id);
    await untilAnswered(this.zone, name, content);
  }

  async withdraw(hostName: string, content: string): Promise<void> {
    const id = this.made.get(`${hostName} ${content}`);
    if (id !== undefined) await this.cloudflare.remove(this.zoneId, id);
  }
}
