import type { IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TLSSocket } from "node:tls";
import type { Dispatcher } from "undici";
import type { EdgeOrigin, EdgeRoute } from "../contracts";
import { Cache, CacheEntry, largestEntry, type HeaderMap } from "./cache";
import { cacheKey } from "./cache-key";
import { answerFrom } from "./cached-answer";
import { isCompressible } from "./compression";
import { Counters } from "./counters";
import { freshSeconds } from "./freshness";
import { endToEnd, newReference, originHeaders } from "./headers";
import type { Origins } from "./origins";
import { sendPage } from "./pages";
import { overwrittenHeaders } from "./rules";
import { originPath, RouteTable, type Match } from "./routing";

/** One request on its way through the edge. */
interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly match: Match;
  readonly reference: string;
  /** Where the answer may be kept, and under which key. */
  readonly key: string | undefined;
}

type XCache = "CONFIG_NOCACHE" | "TCP_HIT" | "TCP_MISS";

/** What the edge does with requests: finds the route, answers from the cache or from an origin. */
export class EdgeProxy {
  routes = new RouteTable();
  frontDoorId = "";
  readonly counters = new Counters();
  private readonly cache = new Cache();

  constructor(private readonly origins: Origins) {}

  /** Handles one request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reference = newReference();
    const host = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
    const url = request.url ?? "/";
    if (!this.routes.knows(host)) {
      sendPage(response, host === "" ? 400 : 404, reference);
      return;
    }
    let fromCache = false;
    response.once("close", () => this.counters.add(host, response.statusCode, fromCache));
    const match = this.routes.find(host, url);
    if (match === undefined) {
      sendPage(response, 404, reference);
      return;
    }
    if (match.route.httpsRedirect && schemeOf(request) === "http") {
      response.writeHead(307, { location: `https://${host}${url}`, "x-azure-ref": reference });
      response.end();
      return;
    }
    const key = isCacheable(request, match.route) ? keyFor(match.route, host, url) : undefined;
    const kept = key === undefined ? undefined : this.cache.get(key, Date.now());
    fromCache = kept !== undefined;
    const passage = { request, response, match, reference, key };
    try {
      if (kept !== undefined) await sendKept(passage, kept, "TCP_HIT");
      else await this.forward(passage, url);
    } catch {
      // The visitor went away, or the origin broke off in the middle: nothing that could still be said.
      sendPage(response, 503, reference);
    }
  }

  private async forward(passage: Passage, url: string): Promise<void> {
    const { request, match, response, reference } = passage;
    const candidates = this.origins.inOrder(match.route.origins);
    const hasBody =
      request.headers["transfer-encoding"] !== undefined ||
      Number(request.headers["content-length"] ?? 0) > 0;
    let failure: unknown;
    for (const origin of candidates) {
      const upstream = await this.ask(passage, origin, originPath(match, url), hasBody).catch(
        (error: unknown) => {
          failure = error;
        },
      );
      if (response.destroyed) {
        // The visitor is gone: that the rest is not wanted any more is told to nobody.
        upstream?.body.on("error", () => undefined).destroy();
        return;
      }
      if (upstream !== undefined) {
        await this.relay(passage, upstream);
        return;
      }
      this.origins.failed(origin);
      // What may have been done, or whose body is used up, is not tried again elsewhere.
      if (hasBody || !isSafe(request.method) || isTimeout(failure)) break;
    }
    const xCache: XCache = passage.key === undefined ? "CONFIG_NOCACHE" : "TCP_MISS";
    sendPage(response, isTimeout(failure) ? 504 : 503, reference, { "x-cache": xCache });
  }

  private async ask(
    passage: Passage,
    origin: EdgeOrigin,
    path: string,
    hasBody: boolean,
  ): Promise<Dispatcher.ResponseData> {
    const { request, reference, key } = passage;
    const scheme = schemeOf(request);
    const headers = originHeaders(request, origin, { frontDoorId: this.frontDoorId, reference, scheme });
    // The cache keeps answers plain and compresses them itself.
    if (key !== undefined) delete headers["accept-encoding"];
    const options = { path, method: request.method ?? "GET", headers, body: hasBody ? request : null };
    const pool = this.origins.poolOf(origin);
    try {
      return await pool.request(options);
    } catch (error) {
      // A kept-alive connection that the origin closed just then says nothing about the origin's health.
      if (hasBody || codeOf(error) !== "UND_ERR_SOCKET" || !isSafe(options.method)) throw error;
      return pool.request(options);
    }
  }

  private async relay(passage: Passage, upstream: Dispatcher.ResponseData): Promise<void> {
    const { request, response, match, key } = passage;
    const now = Date.now();
    const seconds = key === undefined ? 0 : freshSeconds(upstream.statusCode, upstream.headers, now);
    const headers = endToEnd(upstream.headers);
    const length = Number(upstream.headers["content-length"] ?? Number.NaN);
    const toKeep = seconds > 0 && request.method === "GET" && !(length > largestEntry);
    const type = upstream.headers["content-type"];
    const encoding = upstream.headers["content-encoding"];
    const entry = (body: Buffer): CacheEntry =>
      new CacheEntry(
        headers,
        body,
        now,
        now + seconds * 1000,
        isCompressible(match.route.cache, asText(type), asText(encoding), body.length),
      );

    if (
      toKeep &&
      key !== undefined &&
      isCompressible(match.route.cache, asText(type), asText(encoding), length)
    ) {
      const kept = entry(Buffer.from(await upstream.body.arrayBuffer()));
      this.cache.set(key, kept);
      await sendKept(passage, kept, "TCP_MISS");
      return;
    }
    response.writeHead(
      upstream.statusCode,
      ownHeaders(passage, headers, key === undefined ? "CONFIG_NOCACHE" : "TCP_MISS"),
    );
    if (!toKeep || key === undefined) {
      await pipeline(upstream.body, response);
      return;
    }
    const collected = collector();
    await pipeline(upstream.body, collected.stream, response);
    const body = collected.body();
    if (body !== undefined) this.cache.set(key, entry(body));
  }
}

async function sendKept(passage: Passage, entry: CacheEntry, xCache: XCache): Promise<void> {
  const { request, response } = passage;
  const answer = await answerFrom(entry, request.headers, Date.now());
  response.writeHead(answer.status, ownHeaders(passage, answer.headers, xCache));
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

/** Headers of an answer with what the edge adds, and with what the route's rules overwrite. */
function ownHeaders(passage: Passage, headers: HeaderMap, xCache: XCache): HeaderMap {
  return {
    ...headers,
    ...overwrittenHeaders(passage.match.route.rules, passage.request.url ?? "/"),
    "x-azure-ref": passage.reference,
    "x-cache": xCache,
  };
}

/** Passes a stream on and keeps a copy, unless it grows too large to be kept. */
function collector(): { readonly stream: Transform; readonly body: () => Buffer | undefined } {
  let chunks: Buffer[] | undefined = [];
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      if (bytes > largestEntry) chunks = undefined;
      chunks?.push(chunk);
      callback(null, chunk);
    },
  });
  return { stream, body: () => chunks && Buffer.concat(chunks) };
}

function isCacheable(request: IncomingMessage, route: EdgeRoute): boolean {
  if (route.cache === undefined || request.headers.authorization !== undefined) return false;
  return request.method === "GET" || request.method === "HEAD";
}

function keyFor(route: EdgeRoute, host: string, url: string): string | undefined {
  return route.cache === undefined ? undefined : `${route.id} ${cacheKey(route.cache, host, url)}`;
}

function isTimeout(failure: unknown): boolean {
  return codeOf(failure) === "UND_ERR_HEADERS_TIMEOUT";
}

function isSafe(method: string | undefined): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

function schemeOf(request: IncomingMessage): "http" | "https" {
  return request.socket instanceof TLSSocket ? "https" : "http";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function asText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}
