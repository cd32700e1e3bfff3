import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  Agent as PlainAgent,
  request as plainRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { checkServerIdentity, TLSSocket } from "node:tls";
import type { IssuedCertificate, ZoneProxy } from "../contracts";
import { endToEnd } from "../edge/headers";
import { Listener } from "../edge/listener";

/** The one address of the proxy (RFC 5737): what the name server answers for every proxied name. */
export const proxyAddress = "198.51.100.10";

export interface ZoneProxyOptions {
  /** Covers the zone and the names right below it, as Cloudflare's Universal SSL does. */
  readonly certificate: IssuedCertificate;
  /** The zone's apex. */
  readonly zone: string;
  /** The local port that serves `host:port` in the rehearsal; undefined where nothing does. */
  readonly connect: (host: string, port: number) => Promise<number | undefined>;
  /** The root, PEM, that origins' certificates are checked against. */
  readonly root: string;
}

/** Cloudflare's own answers where the origin gives none (developers.cloudflare.com, 5xx errors). */
const statusOf: Readonly<Record<string, number>> = {
  ENOTFOUND: 530,
  ECONNREFUSED: 521,
  ETIMEDOUT: 522,
  ERR_TLS_CERT_ALTNAME_INVALID: 526,
  CERT_HAS_EXPIRED: 526,
  DEPTH_ZERO_SELF_SIGNED_CERT: 526,
  SELF_SIGNED_CERT_IN_CHAIN: 526,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 526,
  EPROTO: 525,
};
const unknownError = 520;

/**
 * Cloudflare's proxy before a zone: takes visitors' requests for proxied names and hands them to what the record
 * holds, with the visitor's Host, in TLS mode "Full (strict)". A target that changes is followed from the next request
 * on. Nothing is cached.
 */
export async function startZoneProxy({
  certificate,
  zone,
  connect,
  root,
}: ZoneProxyOptions): Promise<ZoneProxy> {
  let targets: ReadonlyMap<string, string> = new Map();
  const plain = new PlainAgent({ keepAlive: true });
  const secure = new Agent({ keepAlive: true });

  const targetOf = (host: string): string | undefined =>
    targets.get(host) ?? targets.get(`*.${host.split(".").slice(1).join(".")}`);

  const ask = async (request: IncomingMessage, host: string, target: string): Promise<IncomingMessage> => {
    const isSecure = request.socket instanceof TLSSocket;
    const port = await connect(target, isSecure ? 443 : 80);
    if (port === undefined) throw Object.assign(new Error(`nothing serves ${target}`), { code: "ENOTFOUND" });
    const options = {
      host: "127.0.0.1",
      port,
      method: request.method,
      path: request.url,
      headers: originHeaders(request, isSecure ? "https" : "http"),
    };
    const sent = isSecure
      ? secureRequest({
          ...options,
          agent: secure,
          servername: host,
          ca: root,
          // Strict mode takes the name that was asked for, or the one that the record holds.
          checkServerIdentity: (_name, shown) =>
            checkServerIdentity(host, shown) && checkServerIdentity(target, shown),
        })
      : plainRequest({ ...options, agent: plain });
    // What goes wrong on the way there ends the request, whose own error says what it was.
    pipeline(request, sent).catch(() => undefined);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return response;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
    const ray = randomBytes(8).toString("hex");
    const own = { server: "cloudflare", "cf-ray": ray };
    const target = targetOf(host);
    try {
      if (target === undefined)
        throw Object.assign(new Error(`${host} is no proxied name`), { code: "ENOTFOUND" });
      const upstream = await ask(request, host, target);
      response.writeHead(upstream.statusCode ?? unknownError, { ...endToEnd(upstream.headers), ...own });
      await pipeline(upstream, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else {
        const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
        const status = statusOf[code] ?? unknownError;
        response.writeHead(status, { ...own, "content-type": "text/plain" });
        response.end(`error ${String(status)} for ${host}\n`);
      }
    }
  };

  const listener = new Listener((request, response) => void handle(request, response));
  for (const name of [zone, `*.${zone}`]) listener.setCertificate(name, certificate);
  const port = await listener.start(0);
  return {
    address: proxyAddress,
    port,
    configure: (next) => {
      targets = new Map(next);
    },
    stop: async () => {
      await listener.stop();
      plain.destroy();
      secure.destroy();
    },
  };
}

/** What an origin behind the proxy sees: the visitor's headers, and what Cloudflare adds. */
function originHeaders(request: IncomingMessage, scheme: "http" | "https") {
  const address = request.socket.remoteAddress ?? "127.0.0.1";
  const before = request.headers["x-forwarded-for"];
  return {
    ...endToEnd(request.headers),
    "cdn-loop": "cloudflare; loops=1",
    "cf-connecting-ip": address,
    "cf-visitor": JSON.stringify({ scheme }),
    "x-forwarded-for": before === undefined ? address : `${String(before)},${address}`,
    "x-forwarded-proto": scheme,
  };
}
