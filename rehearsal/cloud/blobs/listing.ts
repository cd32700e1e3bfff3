import type { Answer, Call } from "./call";
import { StorageError } from "./errors";
import type { Blob, Container } from "./store";
import { element, escapeXml, nameElement } from "./xml";

/** Items in one page at most. */
const pageLimit = 5000;
/** What a listing can be asked to include; of most of these a fresh account has none. */
const includable = new Set([
  "copy",
  "deleted",
  "metadata",
  "snapshots",
  "tags",
  "uncommittedblobs",
  "versions",
]);

/** List Blobs: a page of a container's blobs in the order of their names. */
export function listBlobs(call: Call, name: string, container: Container): Answer {
  const prefix = call.query.get("prefix") ?? "";
  const marker = call.query.get("marker") ?? "";
  const delimiter = call.query.get("delimiter") ?? "";
  const limit = pageSize(call);
  const withMetadata = includes(call).has("metadata");

  const items = new Map<string, Blob | undefined>();
  for (const key of [...container.blobs.keys()].sort()) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut === -1) items.set(key, container.blobs.get(key));
    else items.set(key.slice(0, cut + delimiter.length), undefined);
  }
  // A marker is opaque to clients; here it is the first name of the page, encoded.
  const from = Buffer.from(marker, "base64url").toString("utf8");
  const waiting = [...items].filter(([key]) => key >= from);
  const next = waiting[limit]?.[0];
  const body =
    `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ` +
    `ServiceEndpoint="https://${escapeXml(call.account.settings.name)}.blob.core.windows.net/" ` +
    `ContainerName="${escapeXml(name)}">` +
    element("Prefix", prefix) +
    element("Marker", marker) +
    element("MaxResults", limit) +
    (delimiter === "" ? "" : element("Delimiter", delimiter)) +
    `<Blobs>${waiting
      .slice(0, limit)
      .map(([key, blob]) =>
        blob === undefined
          ? `<BlobPrefix>${nameElement(key)}</BlobPrefix>`
          : blobElement(key, blob, withMetadata),
      )
      .join("")}</Blobs>` +
    element("NextMarker", next === undefined ? "" : Buffer.from(next).toString("base64url")) +
    `</EnumerationResults>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

function pageSize(call: Call): number {
  const asked = call.query.get("maxresults");
  if (asked === null) return pageLimit;
  if (!/^[1-9]\d*$/.test(asked))
    throw new StorageError("InvalidQueryParameterValue", `maxresults is ${asked}; it is 1 or more.`);
  return Math.min(Number(asked), pageLimit);
}

function includes(call: Call): ReadonlySet<string> {
  const asked = (call.query.get("include") ?? "").split(",").filter((part) => part !== "");
  const unknown = asked.find((part) => !includable.has(part));
  if (unknown !== undefined)
    throw new StorageError("InvalidQueryParameterValue", `include has the part ${unknown}.`);
  return new Set(asked);
}

function blobElement(name: string, blob: Blob, withMetadata: boolean): string {
  const properties = [
    element("Creation-Time", blob.created.toUTCString()),
    element("Last-Modified", blob.modified.toUTCString()),
    element("Etag", blob.etag.slice(1, -1)),
    element("Content-Length", blob.body.length),
    element("Content-Type", blob.headers["content-type"]),
    element("Content-Encoding", blob.headers["content-encoding"] ?? ""),
    element("Content-Language", blob.headers["content-language"] ?? ""),
    element("Content-MD5", blob.md5 ?? ""),
    element("Cache-Control", blob.headers["cache-control"] ?? ""),
    element("Content-Disposition", blob.headers["content-disposition"] ?? ""),
    element("BlobType", "BlockBlob"),
    element("AccessTier", "Hot"),
    element("AccessTierInferred", "true"),
    element("LeaseStatus", "unlocked"),
    element("LeaseState", "available"),
    element("ServerEncrypted", "true"),
  ].join("");
  const metadata = Object.entries(blob.metadata)
    .map(([key, value]) => element(key, value))
    .join("");
  return (
    `<Blob>${nameElement(name)}<Properties>${properties}</Properties>` +
    `${withMetadata ? `<Metadata>${metadata}</Metadata>` : ""}</Blob>`
  );
}
