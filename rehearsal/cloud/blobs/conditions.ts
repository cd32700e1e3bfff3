import type { Call } from "./call";
import { StorageError } from "./errors";

interface Versioned {
  readonly etag: string;
  readonly modified: Date;
}

/** Throws where a request's conditional headers do not hold for what is there (undefined: nothing). */
export function checkConditions(call: Call, current: Versioned | undefined): void {
  const reads = call.method === "GET" || call.method === "HEAD";
  const unmet = (): StorageError => new StorageError(reads ? "NotModified" : "ConditionNotMet");
  const match = call.header("if-match");
  if (match !== undefined && !matches(match, current)) throw new StorageError("ConditionNotMet");
  const noneMatch = call.header("if-none-match");
  if (noneMatch !== undefined && matches(noneMatch, current)) {
    if (noneMatch.trim() === "*" && !reads) throw new StorageError("BlobAlreadyExists");
    throw unmet();
  }
  const modified = current === undefined ? Number.NaN : Math.floor(current.modified.getTime() / 1000) * 1000;
  const since = Date.parse(call.header("if-modified-since") ?? "");
  if (noneMatch === undefined && modified <= since) throw unmet();
  const unmodified = Date.parse(call.header("if-unmodified-since") ?? "");
  if (modified > unmodified) throw new StorageError("ConditionNotMet");
}

function matches(header: string, current: Versioned | undefined): boolean {
  if (current === undefined) return false;
  const tags = header.split(",").map((tag) => tag.trim());
  return tags.includes("*") || tags.includes(current.etag) || tags.includes(current.etag.slice(1, -1));
}
