import { parseRange } from "../byte-range";
import type { Answer, Call } from "./call";
import { checkConditions } from "./conditions";
import { StorageError } from "./errors";
import type { Blob } from "./store";

/** Get Blob and Get Blob Properties: the content (or a range of it) and what is known of it. */
export function readBlob(call: Call, blob: Blob): Answer {
  checkConditions(call, blob);
  const headers: Record<string, string> = {
    ...blob.headers,
    ...Object.fromEntries(Object.entries(blob.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value])),
    "accept-ranges": "bytes",
    "content-length": String(blob.body.length),
    etag: blob.etag,
    "last-modified": blob.modified.toUTCString(),
    "x-ms-blob-type": "BlockBlob",
    "x-ms-creation-time": blob.created.toUTCString(),
    "x-ms-lease-state": "available",
    "x-ms-lease-status": "unlocked",
    "x-ms-server-encrypted": "true",
  };
  if (call.method === "HEAD") return { status: 200, headers: { ...headers, ...digest("content-md5", blob) } };
  const wanted = call.header("x-ms-range") ?? call.header("range");
  const range = wanted === undefined ? undefined : parseRange(wanted, blob.body.length);
  if (range === "unsatisfiable") throw new StorageError("InvalidRange");
  if (range === undefined)
    return { status: 200, headers: { ...headers, ...digest("content-md5", blob) }, body: blob.body };
  const part = blob.body.subarray(range.first, range.last + 1);
  return {
    status: 206,
    headers: {
      ...headers,
      // The digest of the whole has a header of its own where only a part is sent.
      ...digest("x-ms-blob-content-md5", blob),
      "content-length": String(part.length),
      "content-range": `bytes ${range.first}-${range.last}/${blob.body.length}`,
    },
    body: part,
  };
}

function digest(header: string, blob: Blob): Record<string, string> {
  return blob.md5 === undefined ? {} : { [header]: blob.md5 };
}
