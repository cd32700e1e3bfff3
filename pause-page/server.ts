import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pauseHeader, pauseReadyPath, pauseStates } from "../settings/pause-page";
import { renderPage } from "./page";
import type { PauseSettings } from "./settings";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The origin that closes the shop: 503 with `Retry-After` to everything, as RFC 9110 (15.6.4) has it and search engines
 * want it, and 200 at {@link pauseReadyPath} alone. Every answer carries {@link pauseHeader}, and none is kept.
 */
export function createPauseServer(settings: PauseSettings): Server {
  const { html, policy } = renderPage(settings);
  const closed = {
    "retry-after": String(settings.retryAfter),
    [pauseHeader]: pauseStates.closed,
    vary: "Accept",
  };
  const page: Answer = {
    status: 503,
    headers: { ...closed, "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
    body: html,
  };
  // RFC 9457.
  const problem: Answer = {
    status: 503,
    headers: { ...closed, "content-type": "application/problem+json" },
    body: JSON.stringify({
      type: "about:blank",
      title: settings.title,
      status: 503,
      detail: settings.text,
      retryAfterSeconds: settings.retryAfter,
    }),
  };
  const ready: Answer = {
    status: 200,
    headers: { [pauseHeader]: pauseStates.ready, "content-type": "text/plain; charset=utf-8" },
    body: "The pause page stands ready.\n",
  };
  return createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    // A body that is not read would keep the connection from its next request.
    request.resume();
    send(request, response, isReadiness(request) ? ready : wantsJson(request) ? problem : page);
  });
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function isReadiness({ method, url }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && url?.split("?", 1)[0] === pauseReadyPath;
}

/** Programs name a JSON type and no page; browsers name `text/html`. */
function wantsJson({ headers }: IncomingMessage): boolean {
  const accepted = (headers.accept ?? "").split(",").map((range) => range.split(";", 1)[0]?.trim() ?? "");
  return accepted.some((type) => /[/+]json$/i.test(type)) && !accepted.includes("text/html");
}
