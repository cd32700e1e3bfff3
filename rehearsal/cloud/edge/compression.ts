import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { EdgeRoute } from "../contracts";

export type Encoding = "br" | "gzip";

/** Bytes between which Front Door compresses: 1 KB to 8 MB. */
const smallest = 1024;
const largest = 8 * 1024 * 1024;

/** Whether an answer that comes plain from the origin is to be compressed at the edge. */
export function isCompressible(
  cache: EdgeRoute["cache"],
  contentType: string | undefined,
  contentEncoding: string | undefined,
  bytes: number,
): boolean {
  if (cache?.compress !== true || contentEncoding !== undefined) return false;
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  const listed = cache.contentTypesToCompress.some((each) => each.toLowerCase() === type);
  return listed && bytes >= smallest && bytes <= largest;
}

/** The encoding to use for a client: Brotli before gzip, where it takes both. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding | undefined {
  const accepted = new Set(
    (acceptEncoding ?? "")
      .toLowerCase()
      .split(",")
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  if (accepted.has("br")) return "br";
  return accepted.has("gzip") ? "gzip" : undefined;
}

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

export function compress(body: Buffer, encoding: Encoding): Promise<Buffer> {
  // Level 5 is what servers compress with on the fly; the default of 11 takes a core for seconds.
  return encoding === "br"
    ? toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
    : toGzip(body, { level: 6 });
}
