import type { IncomingHttpHeaders } from "node:http";
import { parseRange } from "../byte-range";
import type { CacheEntry, HeaderMap } from "./cache";
import { chooseEncoding } from "./compression";

export interface Answer {
  readonly status: number;
  readonly headers: HeaderMap;
  readonly body: Buffer;
}

/** Answers a GET or HEAD from a kept entry: 304 where the client has it already, 206 for a range, else 200. */
export async function answerFrom(
  entry: CacheEntry,
  request: IncomingHttpHeaders,
  now: number,
): Promise<Answer> {
  const headers: HeaderMap = {
    ...entry.headers,
    age: String(Math.max(0, Math.floor((now - entry.storedAt) / 1000))),
  };
  if (entry.compressible) headers["vary"] = "Accept-Encoding";
  if (isCurrent(entry.headers, request)) {
    delete headers["content-length"];
    return { status: 304, headers, body: Buffer.alloc(0) };
  }
  const range = request.range === undefined ? undefined : parseRange(request.range, entry.body.length);
  if (range === "unsatisfiable")
    return {
      status: 416,
      headers: { "content-range": `bytes */${entry.body.length}`, "content-length": "0" },
      body: Buffer.alloc(0),
    };
  if (range !== undefined) {
    const body = entry.body.subarray(range.first, range.last + 1);
    headers["content-range"] = `bytes ${range.first}-${range.last}/${entry.body.length}`;
    headers["content-length"] = String(body.length);
    return { status: 206, headers, body };
  }
  const encoding = entry.compressible ? chooseEncoding(request["accept-encoding"]) : undefined;
  const body = encoding === undefined ? entry.body : await entry.encodedAs(encoding);
  if (encoding !== undefined) headers["content-encoding"] = encoding;
  headers["content-length"] = String(body.length);
  return { status: 200, headers, body };
}

function isCurrent(headers: HeaderMap, request: IncomingHttpHeaders): boolean {
  const wanted = request["if-none-match"];
  if (wanted !== undefined) {
    const own = first(headers["etag"])?.replace(/^W\//, "");
    const tags = wanted.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || (own !== undefined && tags.includes(own));
  }
  const since = Date.parse(request["if-modified-since"] ?? "");
  const modified = Date.parse(first(headers["last-modified"]) ?? "");
  return modified <= since;
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
