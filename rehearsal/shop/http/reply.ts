import type { ServerResponse } from "node:http";
import type { Html } from "../pages/html";

/** An answer before it is written. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export function page(html: Html, status = 200): Reply {
  return {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
    body: `<!doctype html>${html.markup}`,
  };
}

export function json(content: unknown, status = 200): Reply {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(content),
  };
}

export function redirect(to: string): Reply {
  return { status: 303, headers: { location: to, "cache-control": "no-store" }, body: "" };
}

export function withCookie(reply: Reply, setCookie: string): Reply {
  return { ...reply, headers: { ...reply.headers, "set-cookie": setCookie } };
}

/** Writes a reply; does nothing when the client has gone. */
export function write(response: ServerResponse, reply: Reply, extra: Readonly<Record<string, string>>): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(reply.status, {
    ...reply.headers,
    ...extra,
    "content-length": String(Buffer.byteLength(reply.body)),
  });
  response.end(reply.body);
}
