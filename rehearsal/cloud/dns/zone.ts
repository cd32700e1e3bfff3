import type { Answer } from "dns-packet";
import type { DeclaredRecord } from "../contracts";
import { ancestors, normalName } from "./names";
import { toAnswer } from "./records";

/** What the authority says to one question. */
export interface Reply {
  readonly exists: boolean;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
}

/** A chain of aliases longer than this is a loop or as good as one. */
const longestChain = 16;

/** Seconds for which the absence of a name or type may be remembered: the value Cloudflare's zones carry. */
const negativeTtl = 1800;

/**
 * Everything the name server is authoritative for, which is all there is in the rehearsal. Zones need not be
 * declared: the apex of a name is its last two labels, unless a longer one was given.
 */
export class ZoneTable {
  private readonly byId = new Map<string, DeclaredRecord>();
  private readonly byName = new Map<string, Map<string, DeclaredRecord>>();
  /** How many names with records lie below a name: such a name exists even without records of its own. */
  private readonly below = new Map<string, number>();
  private serial = 1;

  /** @param apexes zones of three labels and more, such as `shop.co.example`. */
  constructor(private readonly apexes: readonly string[] = []) {}

  put(record: DeclaredRecord): void {
    // A record that cannot be written as an answer is refused here, not when it is asked for.
    toAnswer(record);
    this.remove(record.id);
    const name = normalName(record.name);
    const kept = { ...record, name };
    this.byId.set(record.id, kept);
    const records = this.byName.get(name) ?? new Map<string, DeclaredRecord>();
    if (records.size === 0) {
      this.byName.set(name, records);
      for (const above of ancestors(name)) this.below.set(above, (this.below.get(above) ?? 0) + 1);
    }
    records.set(record.id, kept);
    this.serial += 1;
  }

  remove(id: string): void {
    const record = this.byId.get(id);
    if (record === undefined) return;
    this.byId.delete(id);
    this.serial += 1;
    const records = this.byName.get(record.name);
    records?.delete(id);
    if (records?.size !== 0) return;
    this.byName.delete(record.name);
    for (const above of ancestors(record.name)) {
      const left = (this.below.get(above) ?? 1) - 1;
      if (left === 0) this.below.delete(above);
      else this.below.set(above, left);
    }
  }

  /** Answers a question, following aliases as far as they lead to names that are known here. */
  answer(question: string, type: string): Reply {
    const answers: Answer[] = [];
    let name = normalName(question);
    for (let hops = 0; hops < longestChain; hops++) {
      const records = this.recordsOf(name);
      if (records === undefined)
        return { exists: answers.length > 0, answers, authorities: [this.authority(name)] };
      const alias = this.aliasFor(name, records, type);
      if (alias === undefined) {
        const found = records.filter((record) => type === "ANY" || record.type === type);
        answers.push(...found.map((record) => toAnswer(record, name)));
        if (type === "SOA" && this.apexOf(name) === name) answers.push(this.authority(name));
        return { exists: true, answers, authorities: found.length > 0 ? [] : [this.authority(name)] };
      }
      answers.push(toAnswer(alias, name));
      name = normalName(alias.content);
    }
    return { exists: true, answers, authorities: [] };
  }

  /**
   * The alias to follow for a question. At an apex, where a DNS provider flattens an alias, other types (mail, text)
   * keep their own records beside it; the alias itself is shown unflattened, because clients in the rehearsal must
   * learn the name at its end: every host has the same address there.
   */
  private aliasFor(
    name: string,
    records: readonly DeclaredRecord[],
    type: string,
  ): DeclaredRecord | undefined {
    if (type === "CNAME" || type === "ANY") return undefined;
    if (this.apexOf(name) === name && type !== "A" && type !== "AAAA") return undefined;
    return records.find((record) => record.type === "CNAME");
  }

  /** Records of an existing name (perhaps none), or undefined where it does not exist. Wildcards as in RFC 4592. */
  private recordsOf(name: string): readonly DeclaredRecord[] | undefined {
    const own = this.byName.get(name);
    if (own !== undefined) return [...own.values()];
    if (this.below.has(name)) return [];
    for (const above of ancestors(name)) {
      const wildcard = this.byName.get(`*.${above}`);
      if (wildcard !== undefined) return [...wildcard.values()];
      if (this.byName.has(above) || this.below.has(above)) return undefined;
    }
    return undefined;
  }

  private apexOf(name: string): string {
    const declared = this.apexes.find((apex) => name === apex || name.endsWith(`.${apex}`));
    return declared ?? name.split(".").slice(-2).join(".");
  }

  private authority(name: string): Answer {
    const apex = this.apexOf(name);
    const data = {
      mname: `ns1.${apex}`,
      rname: `dns.${apex}`,
      serial: this.serial,
      refresh: 10_000,
      retry: 2_400,
      expire: 604_800,
      minimum: negativeTtl,
    };
    return { type: "SOA", class: "IN", name: apex, ttl: negativeTtl, data };
  }
}
