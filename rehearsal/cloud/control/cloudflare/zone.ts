import { randomBytes } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import type { NameServer, ZoneProxy } from "../../contracts";
import { CloudFault } from "../fault";

export const recordTypes = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT"] as const;

/** A record as Cloudflare's DNS API takes it. */
export const recordSchema = z.strictObject({
  name: z.string().min(1),
  type: z.enum(recordTypes),
  content: z.string().min(1),
  ttl: z.number().int(),
  proxied: z.boolean().default(false),
  priority: z.number().int().min(0).max(65535).optional(),
  comment: z.string().max(100).optional(),
  tags: z.array(z.string()).default([]),
});

export type ZoneRecord = z.infer<typeof recordSchema>;

export interface HeldRecord extends ZoneRecord {
  readonly id: string;
  readonly createdOn: string;
  readonly modifiedOn: string;
}

/** One step of a batch; its steps are taken together or not at all. */
export type ZoneChange =
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "patch"; readonly id: string; readonly record: Readonly<Record<string, unknown>> }
  | { readonly kind: "put"; readonly id: string; readonly record: ZoneRecord }
  | { readonly kind: "post"; readonly record: ZoneRecord };

const refuse = (code: number, message: string): CloudFault => new CloudFault(400, String(code), message);
const proxiable: readonly string[] = ["A", "AAAA", "CNAME"];
/** What "automatic" stands for on a record that is not proxied. */
const automaticTtl = 300;

/** What keeps a name from having an alias beside it even at the apex, where Cloudflare flattens the alias. */
const excludedByAlias: readonly string[] = ["A", "AAAA", "CNAME"];

/** What brings a zone's records to life. */
export interface ZoneParts {
  readonly nameServer: NameServer;
  readonly proxy: ZoneProxy;
}

/** A zone at Cloudflare, with its rules; what it holds is served by the name server and, where proxied, the proxy. */
export class Zone {
  private records = new Map<string, HeldRecord>();

  constructor(
    readonly id: string,
    readonly name: string,
    private readonly parts: ZoneParts,
  ) {}

  list(): readonly HeldRecord[] {
    return [...this.records.values()];
  }

  get(id: string): HeldRecord | undefined {
    return this.records.get(id);
  }

  /**
   * Applies changes in Cloudflare's order (deletes, patches, puts, posts), all or none.
   *
   * @returns the records that were made or changed, in that order.
   * @throws CloudFault with Cloudflare's own code where a rule is broken.
   */
  apply(changes: readonly ZoneChange[]): readonly HeldRecord[] {
    const order = ["delete", "patch", "put", "post"];
    const steps = [...changes].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    const next = new Map(this.records);
    const now = new Date().toISOString();
    const touched: HeldRecord[] = [];
    for (const step of steps) {
      const before = step.kind === "post" ? undefined : next.get(step.id);
      if (step.kind !== "post" && before === undefined)
        throw new CloudFault(404, "81044", "Record does not exist.");
      if (step.kind === "delete") {
        next.delete(step.id);
        continue;
      }
      const given = step.kind === "patch" ? { ...before, ...step.record } : step.record;
      const id = before?.id ?? randomBytes(16).toString("hex");
      const record = {
        ...this.admitted(recordSchema.parse(withoutMeta(given)), id, next),
        id,
        createdOn: before?.createdOn ?? now,
        modifiedOn: now,
      };
      next.set(id, record);
      touched.push(record);
    }
    const gone = [...this.records.keys()].filter((id) => !next.has(id));
    this.records = next;
    // One turn of the event loop: no question is answered between the two.
    for (const id of gone) this.parts.nameServer.remove(id);
    for (const record of touched) this.serve(record);
    const proxied = this.list().filter((record) => record.proxied);
    this.parts.proxy.configure(new Map(proxied.map(({ name, content }) => [name, content])));
    return touched;
  }

  private serve({ id, name, type, content, ttl, priority, proxied }: HeldRecord): void {
    const { nameServer, proxy } = this.parts;
    if (proxied) {
      nameServer.put({ id, name, type: "A", content: proxy.address, ttl: automaticTtl });
      return;
    }
    nameServer.put({
      id,
      name,
      type,
      content: type === "TXT" ? content.replace(/^"([^"]*)"$/, "$1") : content,
      ttl: ttl === 1 ? automaticTtl : ttl,
      ...(priority === undefined ? {} : { priority }),
    });
  }

  /** The record as it is kept, once it breaks no rule beside those that `among` holds. */
  private admitted(given: ZoneRecord, id: string, among: ReadonlyMap<string, HeldRecord>): ZoneRecord {
    const record = { ...given, name: given.name.toLowerCase() };
    this.checkName(record);
    checkContent(record);
    if (record.proxied && record.ttl !== 1)
      throw refuse(
        9207,
        `ttl is ${record.ttl} for ${record.name}: when proxied is true, ttl must be 1 (automatic).`,
      );
    if (record.proxied && !proxiable.includes(record.type))
      throw refuse(
        9004,
        `This record type (${record.type}) cannot be proxied; only ${proxiable.join(", ")} can.`,
      );
    if (record.ttl !== 1 && (record.ttl < 60 || record.ttl > 86400))
      throw refuse(
        9021,
        `Invalid TTL ${record.ttl} for ${record.name}. Must be between 60 and 86400 seconds, or 1.`,
      );
    this.checkNeighbours(record, id, among);
    return record;
  }

  private checkName({ name }: ZoneRecord): void {
    if (name.endsWith("."))
      throw refuse(9000, `DNS name ${JSON.stringify(name)} ends with a dot; write the FQDN without it.`);
    if (name !== this.name && !name.endsWith(`.${this.name}`))
      throw refuse(
        9000,
        `DNS name ${JSON.stringify(name)} is not within the zone ${this.name}; write it in full.`,
      );
    const labels = name.split(".");
    if (
      name.length > 253 ||
      labels.some((label) => !/^(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)$/.test(label))
    )
      throw refuse(9000, `DNS name ${JSON.stringify(name)} is not a valid host name.`);
  }

  private checkNeighbours(record: ZoneRecord, id: string, among: ReadonlyMap<string, HeldRecord>): void {
    const others = [...among.values()].filter((other) => other.id !== id && other.name === record.name);
    if (others.some(({ type, content }) => type === record.type && content === record.content))
      throw refuse(81058, "An identical record already exists.");
    // At the apex an alias is flattened: mail and texts stand beside it (developers.cloudflare.com, CNAME flattening).
    const excludes = (type: string): boolean => record.name !== this.name || excludedByAlias.includes(type);
    if (excludes(record.type) && others.some(({ type }) => type === "CNAME"))
      throw refuse(81054, `A CNAME record with that host (${record.name}) already exists.`);
    if (record.type === "CNAME" && others.some(({ type }) => excludes(type)))
      throw refuse(
        81053,
        `An A, AAAA, CNAME or other record with that host (${record.name}) already exists.`,
      );
  }
}

const ofTheServer = new Set(["id", "createdOn", "modifiedOn"]);
const withoutMeta = (given: object): object =>
  Object.fromEntries(Object.entries(given).filter(([key]) => !ofTheServer.has(key)));

function checkContent({ name, type, content, priority }: ZoneRecord): void {
  const wrong = (wanted: string): CloudFault =>
    refuse(9005, `Content ${JSON.stringify(content)} of ${name}: ${wanted} is wanted for a ${type} record.`);
  if (type === "A" && !isIPv4(content)) throw wrong("an IPv4 address");
  if (type === "AAAA" && !isIPv6(content)) throw wrong("an IPv6 address");
  if (
    ["CNAME", "MX", "NS"].includes(type) &&
    !/^[A-Za-z0-9_]([\w-]*[A-Za-z0-9_])?(\.[\w-]+)+\.?$/.test(content)
  )
    throw wrong("a host name in full");
  if (type === "CNAME" && content.toLowerCase() === name) throw wrong("another name than its own");
  if (type === "MX" && priority === undefined)
    throw refuse(9100, `priority is missing for MX ${name}; 0 to 65535.`);
}
