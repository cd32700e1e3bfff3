import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { NameServer } from "../../../rehearsal/cloud/contracts";

export interface ApiRecord {
  readonly id: string;
  readonly name: string;
  readonly type: "A" | "CNAME" | "TXT";
  readonly content: string;
  readonly ttl: number;
  readonly proxied?: boolean;
}

/** Cloudflare's DNS records API over one zone, published by a real name server. */
export class FakeCloudflare {
  private readonly records = new Map<string, ApiRecord>();
  /** Changes reach the API but not DNS while this is set. */
  stuck = false;

  constructor(private readonly dns: NameServer) {}

  put(record: ApiRecord): void {
    this.records.set(record.id, record);
    if (this.stuck) return;
    const { id, name, type, content, ttl } = record;
    this.dns.put({ id, name, type, content, ttl });
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
    const record = id === undefined ? undefined : this.records.get(id);
    if (record === undefined) {
      answer(404, null, "Record does not exist.");
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { content } = z.object({ content: z.string() }).parse(JSON.parse(Buffer.concat(chunks).toString()));
    this.put({ ...record, content });
    answer(200, { ...record, content });
  }
}
