import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { firstRow, type Queryable } from "./database";
import type { Site } from "./settings";

export const cookieName = "shop_session";
const lifetimeSeconds = 14 * 24 * 3600;

/** Who is logged in. */
export interface Visitor {
  /** `customers.id` as the database prints it. */
  readonly customerId: string;
  readonly email: string;
  readonly name: string;
  readonly defaultAddressId: number | null;
}

/** What a request's cookie turned out to be. */
export type SessionState =
  | { readonly kind: "none" }
  /** Rightly signed, but this site does not know the customer (yet). */
  | { readonly kind: "unknown-account" }
  | { readonly kind: "visitor"; readonly visitor: Visitor; readonly key: string };

const payloadSchema = z.object({
  key: z.string(),
  customer: z.string().regex(/^\d+$/),
  email: z.string(),
  site: z.enum(["primary", "standby"]),
  /** Seconds since the epoch. */
  expires: z.number().int(),
});
type Payload = z.infer<typeof payloadSchema>;

/**
 * Login sessions. A cookie carries its content signed, so that a login made on one site holds on the other, where
 * its row may not have arrived; on its own site a session counts only while its row is there, so that logging out
 * ends it. The e-mail inside guards against an id that means two people on two sites.
 */
export class Sessions {
  constructor(
    private readonly site: Site,
    private readonly secret: string,
  ) {}

  /** Opens a session and returns the `Set-Cookie` value. */
  async open(on: Queryable, customerId: string, email: string): Promise<string> {
    const key = randomBytes(18).toString("base64url");
    const expires = Math.floor(Date.now() / 1000) + lifetimeSeconds;
    await on.query(
      `insert into sessions (key, customer_id, expires_at) values ($1, $2, to_timestamp($3::double precision))`,
      [stored(key), customerId, expires],
    );
    const payload: Payload = { key, customer: customerId, email, site: this.site, expires };
    const text = Buffer.from(JSON.stringify(payload)).toString("base64url");
    return setCookie(`${text}.${this.sign(text)}`, lifetimeSeconds);
  }

  /** Ends a session and returns the `Set-Cookie` value that removes it from the browser. */
  async close(on: Queryable, key: string): Promise<string> {
    await on.query(`delete from sessions where key = $1`, [stored(key)]);
    return setCookie("", 0);
  }

  /** Finds out who sent a request, from its cookie's value. */
  async read(on: Queryable, cookie: string | undefined): Promise<SessionState> {
    const payload = cookie === undefined ? undefined : this.verify(cookie);
    if (payload === undefined) return { kind: "none" };
    const row = await firstRow<{ email: string; name: string; address: number | null; open: boolean }>(
      on,
      `select email, name, default_address_id as address,
              exists (select from sessions where key = $2 and customer_id = customers.id) as open
         from customers where id = $1 and lower(email) = lower($3)`,
      [payload.customer, stored(payload.key), payload.email],
    );
    if (row === undefined) return { kind: "unknown-account" };
    if (payload.site === this.site && !row.open) return { kind: "none" };
    const { email, name, address } = row;
    return {
      kind: "visitor",
      key: payload.key,
      visitor: { customerId: payload.customer, email, name, defaultAddressId: address },
    };
  }

  private verify(cookie: string): Payload | undefined {
    const [text, signature] = cookie.split(".");
    if (text === undefined || signature === undefined) return undefined;
    const wanted = Buffer.from(this.sign(text));
    const given = Buffer.from(signature);
    if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return undefined;
    const payload = payloadSchema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString()));
    return payload.success && payload.data.expires > Date.now() / 1000 ? payload.data : undefined;
  }

  private sign(text: string): string {
    return createHmac("sha256", this.secret).update(text).digest("base64url");
  }
}

/** Only a digest is kept: who reads the table cannot log in with it. */
function stored(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function setCookie(value: string, maxAge: number): string {
  return `${cookieName}=${value}; Path=/; Max-Age=${String(maxAge)}; HttpOnly; Secure; SameSite=Lax`;
}
