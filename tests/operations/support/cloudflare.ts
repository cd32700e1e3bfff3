import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { NameServer, ZoneProxy } from "../../../rehearsal/cloud/contracts";

export interface ApiRecord {
  readonly id: string;
  readonly name: string;
  readonly type: "A" | "CNAME" | "TXT";
  readonly content: string;
  readonly ttl: number;
  readonly proxied?: boolean;
}

const batch = z.object({
  deletes: z.array(z.object({ id: z.string() })),
  posts: z.array(
    z.object({
      name: z.string(),
      type: z.enum(["A", "CNAME", "TXT"]),
      content: z.string(),
      ttl: z.number(),
      proxied: z.boolean(),
    }),
  ),
});

/** Cloudflare's DNS records API over one zone, published by a real name server. */
export class FakeCloudflare {
  private readonly records = new Map<string, ApiRecord>();
  /** Changes reach the API but not DNS while this is set. */
  stuck = false;

  constructor(
    private readonly dns: NameServer,
    private readonly proxy: ZoneProxy,
  ) {}

  put(record: ApiRecord): void {
    this.records.set(record.id, record);
    if (this.stuck) return;
    const { id, name, type, content, ttl } = record;
    if (record.proxied === true) this.dns.put({ id, name, type: "A", content: this.proxy.address, ttl: 300 });
    else this.dns.put({ id, name, type, content, ttl });
    this.lead();
  }

  /** Brings the proxy to what is proxied now. */
  private lead(): void {
    const proxied = [...this.records.values()].filter((record) => record.proxied === true);
    this.proxy.configure(new Map(proxied.map(({ name, content }) => [name, content])));
  }

  remove(id: string): void {
    this.records.delete(id);
    this.dns.remove(id);
  }

  get(id: string): ApiRecord | undefined {
    return this.records.get(id);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, result: unknown, message?: string): void => {
      response.writeHead(status, { "content-type": "application/json" });
      const errors = message === undefined ? [] : [{ code: 10000, message }];
      response.end(JSON.stringify({ success: message === undefined, errors, messages: [], result }));
    };
    if (request.headers.authorization !== "Bearer good-token") {
      answer(403, null, "Authentication error");
      return;
    }
    const url = new URL(request.url ?? "/", "https://api.cloudflare.com");
    const id = /\/dns_records\/([^/]+)$/.exec(url.pathname)?.[1];
    if (request.method === "GET") {
      const name = url.searchParams.get("name");
      answer(
        200,
        [...this.records.values()].filter((record) => record.name === name),
      );
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (id === "batch") {
      const { deletes, posts } = batch.parse(body);
      for (const gone of deletes) this.remove(gone.id);
      const made = posts.map((post, index) => ({ ...post, id: `made-${String(index)}` }));
      for (const record of made) this.put(record);
      answer(200, { deletes, posts: made });
      return;
    }
    const record = id === undefined ? undefined : this.records.get(id);
    if (record === undefined) {
      answer(404, null, "Record does not exist.");
      return;
    }
    const { content } = z.object({ content: z.string() }).parse(body);
    this.put({ ...record, content });
    answer(200, { ...record, content });
  }
}
