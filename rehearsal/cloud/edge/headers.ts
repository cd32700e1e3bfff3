import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { EdgeOrigin } from "../contracts";
import type { HeaderMap } from "./cache";

/** Headers of one connection, never handed on (RFC 9110, 7.6.1); `expect` is answered by the edge itself. */
const hopByHop = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Copies what may pass a proxy: no hop-by-hop header, nor one that `connection` names. */
export function endToEnd(headers: IncomingHttpHeaders): HeaderMap {
  const named = new Set(
    (headers.connection ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
  const kept: HeaderMap = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !hopByHop.has(name) && !named.has(name)) kept[name] = value;
  return kept;
}

/** The id of one request, as Front Door stamps it on the request and on its answer. */
export function newReference(): string {
  return randomBytes(24).toString("base64url");
}

/** The headers that an origin sees: the visitor's, and what Front Door adds or overwrites. */
export function originHeaders(
  request: IncomingMessage,
  origin: EdgeOrigin,
  edge: { readonly frontDoorId: string; readonly reference: string; readonly scheme: "http" | "https" },
): HeaderMap {
  const address = request.socket.remoteAddress ?? "127.0.0.1";
  const before = request.headers["x-forwarded-for"];
  const host = request.headers.host ?? "";
  return {
    ...endToEnd(request.headers),
    host: origin.hostHeader ?? host,
    via: "1.1 Azure",
    "x-azure-fdid": edge.frontDoorId,
    "x-azure-ref": edge.reference,
    "x-azure-clientip": address,
    "x-azure-socketip": address,
    "x-azure-requestchain": "hops=1",
    "x-forwarded-for": before === undefined ? address : `${String(before)}, ${address}`,
    "x-forwarded-host": host,
    "x-forwarded-proto": edge.scheme,
  };
}
