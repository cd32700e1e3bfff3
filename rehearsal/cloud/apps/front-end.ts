import { request, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import type { IssuedCertificate, WebAppSettings } from "../contracts";
import type { Instance } from "./instance";

export interface FrontEndOptions {
  /** The settings in force: asked anew for each request. */
  settings(): WebAppSettings;
  /** The next instance that is up. */
  next(): Instance | undefined;
  /** A host name's own certificate; where it has none, that of the first host name is shown. */
  certificateFor(hostName: string): Promise<IssuedCertificate | undefined>;
}

export interface FrontEnd {
  readonly port: number;
  stop(): Promise<void>;
}

// App Service gives up on a request after 230 s without an answer.
const answerWithin = 230_000;

/** Headers that belong to one connection and are not handed on. */
const ofTheConnection = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const pages = {
  403: "Error 403 - Forbidden\nThe web app you have attempted to reach has blocked your access.\n",
  404: "404 Web Site not found.\n",
  502: "502 - Web server received an invalid response while acting as a gateway or proxy server.\n",
  503: "The service is unavailable.\n",
} as const;

/**
 * App Service's front end on a port of 127.0.0.1. It speaks TLS alone: `httpsOnly` redirects a port that no one here
 * has. It knows its host names, keeps out who must come through Front Door, and spreads requests over instances.
 */
export async function startFrontEnd(options: FrontEndOptions): Promise<FrontEnd> {
  const [own = ""] = options.settings().hostNames;
  const standard = await options.certificateFor(own);
  if (standard === undefined)
    throw new Error(`web app ${options.settings().name}: no certificate for ${own}`);

  const contexts = new Map<string, Promise<SecureContext>>();
  const makeContext = async (
    hostName: string,
    bound: IssuedCertificate | undefined,
  ): Promise<SecureContext> => {
    const certificate = bound ?? (await options.certificateFor(hostName)) ?? standard;
    return createSecureContext({ cert: certificate.chain, key: certificate.key });
  };
  const contextFor = (serverName: string): Promise<SecureContext> => {
    const { hostNames, certificates } = options.settings();
    const hostName = hostNames.find((name) => name === serverName.toLowerCase()) ?? own;
    const bound = certificates?.[hostName];
    const key = `${hostName} ${bound?.chain ?? ""}`;
    let context = contexts.get(key);
    if (context === undefined) {
      context = makeContext(hostName, bound);
      contexts.set(key, context);
      // Asked for again at the next connection.
      context.catch(() => contexts.delete(key));
    }
    return context;
  };

  const server = createServer(
    {
      minVersion: "TLSv1.2",
      // For clients that name no server.
      cert: standard.chain,
      key: standard.key,
      SNICallback: (serverName, callback) => {
        contextFor(serverName).then(
          (context) => callback(null, context),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
      },
    },
    (incoming, outgoing) => {
      const refusal = refuse(incoming, options.settings());
      const instance = refusal === undefined ? options.next() : undefined;
      const port = instance?.port;
      if (instance === undefined || port === undefined) answer(outgoing, refusal ?? 503);
      else forward(incoming, outgoing, instance, port);
    },
  );
  server.keepAliveTimeout = 60_000;
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // A server that listens on TCP has an address of this shape.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(incoming: IncomingMessage, settings: WebAppSettings): 403 | 404 | undefined {
  const host = (incoming.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  if (!settings.hostNames.includes(host)) return 404;
  if (settings.closed === true) return 403;
  if (settings.onlyFrontDoor !== undefined && incoming.headers["x-azure-fdid"] !== settings.onlyFrontDoor)
    return 403;
  return undefined;
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  instance: Instance,
  port: number,
): void {
  const end = instance.begin();
  outgoing.once("close", end);
  const through = request({
    host: "127.0.0.1",
    port,
    agent: instance.agent,
    method: incoming.method,
    path: incoming.url,
    headers: forwardedHeaders(incoming),
  });
  through.setTimeout(answerWithin, () => through.destroy());
  through.once("response", (response) => {
    outgoing.writeHead(response.statusCode ?? 502, withoutConnection(response.headers));
    response.pipe(outgoing);
    response.once("error", () => outgoing.destroy());
  });
  through.once("error", () => {
    if (outgoing.headersSent) outgoing.destroy();
    else answer(outgoing, 502);
  });
  // A visitor who goes away takes the request along.
  outgoing.once("close", () => through.destroy());
  incoming.pipe(through);
}

function forwardedHeaders(incoming: IncomingMessage): OutgoingHttpHeaders {
  const { "x-forwarded-for": before } = incoming.headers;
  const address = incoming.socket.remoteAddress ?? "";
  return {
    ...withoutConnection(incoming.headers),
    "x-forwarded-for": [before, address].filter((part) => part !== undefined).join(", "),
    "x-forwarded-proto": "https",
    "disguised-host": incoming.headers.host,
    ...(incoming.headers["transfer-encoding"] === undefined ? {} : { "transfer-encoding": "chunked" }),
  };
}

function withoutConnection(headers: IncomingMessage["headers"]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.has(name)));
}

function answer(outgoing: ServerResponse, status: keyof typeof pages): void {
  outgoing.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  outgoing.end(pages[status]);
}
