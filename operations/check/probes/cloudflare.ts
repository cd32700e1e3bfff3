import { z } from "zod";
import { outside, usage } from "../../fault";

/** A DNS record as Cloudflare keeps it. */
export interface CloudflareRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  /** Seconds; 1 stands for automatic. */
  readonly ttl: number;
  readonly proxied: boolean;
}

/** A record that is to be made. */
export interface NewRecord extends Omit<CloudflareRecord, "id"> {
  readonly comment?: string;
}

/** The variable that Cloudflare's own tools and provider read the token from. */
export const tokenVariable = "CLOUDFLARE_API_TOKEN";

const api = "https://api.cloudflare.com/client/v4";
const patience = 10_000;

const recordSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  content: z.string(),
  ttl: z.number(),
  proxied: z.boolean().default(false),
});

const envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
  result: z.unknown(),
});

/** The few calls to Cloudflare's DNS records API that operations make (developers.cloudflare.com/api, DNS records). */
export class Cloudflare {
  private constructor(
    private readonly token: string,
    /** Where the token is from, for messages. */
    private readonly source: string,
  ) {}

  /** @throws Fault (2) where the environment holds no token. */
  static fromEnvironment(env: NodeJS.ProcessEnv): Cloudflare {
    const token = env[tokenVariable];
    if (token === undefined || token === "")
      throw usage(
        `${tokenVariable} is not set; it takes an API token of Cloudflare that may edit the zone's DNS ` +
          `(My Profile, API Tokens, template "Edit zone DNS")`,
      );
    return new Cloudflare(token, tokenVariable);
  }

  /** @param source where the token is from, as a message says it. */
  static withToken(token: string, source: string): Cloudflare {
    return new Cloudflare(token, source);
  }

  /** All records of a name. @throws Fault (2) where the token is refused, Fault (3) otherwise. */
  async records(zoneId: string, name: string, signal?: AbortSignal): Promise<readonly CloudflareRecord[]> {
    const query = new URLSearchParams({ name });
    return z
      .array(recordSchema)
      .parse(await this.call("GET", `/zones/${zoneId}/dns_records?${query.toString()}`, undefined, signal));
  }

  /** Changes where a record points; everything else of it stays. */
  async repoint(zoneId: string, id: string, content: string): Promise<CloudflareRecord> {
    return recordSchema.parse(await this.call("PATCH", `/zones/${zoneId}/dns_records/${id}`, { content }));
  }

  /**
   * Deletes and makes records in one call: one transaction of Cloudflare's, whose changes reach its name servers record
   * by record (developers.cloudflare.com/api, Batch DNS Records).
   *
   * @returns the records that were made, in their order.
   */
  async batch(
    zoneId: string,
    deletes: readonly string[],
    posts: readonly NewRecord[],
  ): Promise<readonly CloudflareRecord[]> {
    const body = { deletes: deletes.map((id) => ({ id })), posts };
    const answer = await this.call("POST", `/zones/${zoneId}/dns_records/batch`, body);
    return z.object({ posts: z.array(recordSchema) }).parse(answer).posts;
  }

  async create(zoneId: string, record: NewRecord): Promise<CloudflareRecord> {
    return recordSchema.parse(await this.call("POST", `/zones/${zoneId}/dns_records`, record));
  }

  async remove(zoneId: string, id: string): Promise<void> {
    await this.call("DELETE", `/zones/${zoneId}/dns_records/${id}`, undefined);
  }

  private async call(
    method: "GET" | "PATCH" | "POST" | "DELETE",
    path: string,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const late = AbortSignal.timeout(patience);
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal === undefined ? late : AbortSignal.any([late, signal]),
    }).catch((error: unknown) => {
      throw outside(`Cloudflare's API cannot be reached: ${reachFailure(error)}`, { cause: error });
    });
    const parsed = envelope.safeParse(await response.json().catch(() => undefined));
    if (!parsed.success)
      throw outside(
        `Cloudflare's API answered ${method} ${path} with ${response.status} and no JSON it knows`,
      );
    if (parsed.data.success) return parsed.data.result;
    const said = parsed.data.errors.map(({ code, message }) => `${message} (${code})`).join("; ");
    if (response.status === 401 || response.status === 403)
      throw usage(
        `Cloudflare refuses the token in ${this.source}: ${said || String(response.status)}; ` +
          `it needs the permission "DNS: Edit" on this zone`,
      );
    throw outside(
      `Cloudflare's API answered ${method} ${path} with ${response.status}: ${said || "no reason given"}`,
    );
  }
}

/** fetch hides what happened in its cause. */
function reachFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
