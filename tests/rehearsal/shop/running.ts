import http from "node:http";
import { close, listen } from "../../../rehearsal/shop/http/listen";
import { databaseFromUrl, defaultLimits, type ShopSettings } from "../../../rehearsal/shop/settings";
import { openShop, type Shop } from "../../../rehearsal/shop/shop";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, as far as these tests look at it. */
  readonly json: Record<string, unknown>;
}

/** A shop that listens, for a test. */
export interface RunningShop {
  readonly shop: Shop;
  get(path: string, cookie?: string): Promise<Reply>;
  post(path: string, body: unknown, cookie?: string): Promise<Reply>;
  stop(): Promise<void>;
}

/** Mail goes nowhere unless a test gives a server: the port is one that nobody listens on. */
export function shopSettings(databaseUrl: string, changes: Partial<ShopSettings> = {}): ShopSettings {
  return {
    site: "primary",
    database: databaseFromUrl(databaseUrl),
    mail: { kind: "smtp", host: "127.0.0.1", port: 9, security: "none" },
    mailFrom: "Shop <orders@mail.shop.example>",
    adoptMailOf: [],
    imageBaseUrl: "https://images.shop.example",
    publicUrl: "https://www.shop.example",
    sessionSecret: "a secret for tests only",
    limits: defaultLimits,
    ...changes,
  };
}

export async function runShop(
  databaseUrl: string,
  changes: Partial<ShopSettings> = {},
): Promise<RunningShop> {
  const shop = await openShop(shopSettings(databaseUrl, changes));
  const server = http.createServer(shop.handler);
  const base = `http://127.0.0.1:${String(await listen(server, 0))}`;
  const send = async (
    path: string,
    init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
    cookie?: string,
  ): Promise<Reply> => {
    const response = await fetch(base + path, {
      redirect: "manual",
      ...init,
      headers: { accept: "application/json", ...init.headers, ...(cookie === undefined ? {} : { cookie }) },
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  };
  return {
    shop,
    get: (path, cookie) => send(path, {}, cookie),
    post: (path, body, cookie) =>
      send(
        path,
        { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
        cookie,
      ),
    async stop() {
      server.closeAllConnections();
      await close(server);
      await shop.stop();
    },
  };
}

export const person = {
  email: "visitor@example.com",
  name: "Visitor",
  password: "long enough",
  street: "1 Elm Street",
  postcode: "10001",
  city: "New York",
  country: "US",
};

/** Signs someone up and returns their cookie. */
export async function signUp(running: RunningShop, changes: Partial<typeof person> = {}): Promise<string> {
  const reply = await running.post("/sign-up", { ...person, ...changes });
  if (reply.status !== 201) throw new Error(`sign-up: ${String(reply.status)} ${reply.text}`);
  return cookieOf(reply);
}

export function cookieOf(reply: Reply): string {
  return reply.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

/** Designs a shirt and returns its id. */
export async function design(running: RunningShop, cookie: string, basedOn?: number): Promise<number> {
  const content = { name: "Shirt", fabric: "linen-sand", collar: "band", cuff: "french", basedOn };
  return Number((await running.post("/designs", content, cookie)).json["designId"]);
}

export function basket(designId: number, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    idempotencyKey: crypto.randomUUID(),
    card: "test-card",
    lines: [{ designId, size: "L", quantity: 2 }],
    ...changes,
  };
}
