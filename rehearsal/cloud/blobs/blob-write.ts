import { createHash } from "node:crypto";
import type { Answer, Call } from "./call";
import { checkConditions } from "./conditions";
import { StorageError } from "./errors";
import { contentHeaders, newEtag, type Blob, type Block, type Container, type ContentHeaders } from "./store";
import { parseBlockList } from "./xml";

/** Put Blob: the whole content in one request. */
export async function putBlob(call: Call, container: Container, name: string): Promise<Answer> {
  const type = call.header("x-ms-blob-type");
  if (type === undefined) throw new StorageError("MissingRequiredHeader", "x-ms-blob-type is missing.");
  if (type !== "BlockBlob")
    throw new StorageError("InvalidHeaderValue", `x-ms-blob-type is ${type}; here it can be BlockBlob only.`);
  const body = await call.body();
  const digest = checkedDigest(call, body, "content-md5", "x-ms-blob-content-md5");
  const blob = store(call, container, name, { body, md5: digest, blocks: [] });
  return { status: 201, headers: { ...written(blob), "content-md5": digest } };
}

/** Put Block: a part of the content, which counts once a block list names it. */
export async function putBlock(call: Call, container: Container, name: string): Promise<Answer> {
  const id = call.query.get("blockid") ?? "";
  const length = Buffer.from(id, "base64").length;
  if (length === 0 || length > 64)
    throw new StorageError("InvalidQueryParameterValue", "blockid is Base64 of 1 to 64 bytes.");
  const body = await call.body();
  const digest = checkedDigest(call, body, "content-md5");
  const blocks = container.uncommitted.get(name) ?? new Map<string, Buffer>();
  container.uncommitted.set(name, blocks.set(id, body));
  return { status: 201, headers: { "content-md5": digest, "x-ms-request-server-encrypted": "true" } };
}

/** Put Block List: makes a blob of blocks that were put before. */
export async function putBlockList(call: Call, container: Container, name: string): Promise<Answer> {
  const body = await call.body();
  checkedDigest(call, body, "content-md5");
  const references = parseBlockList(body.toString("utf8"));
  if (references === undefined) throw new StorageError("InvalidXmlDocument");
  const put = container.uncommitted.get(name);
  const before = container.blobs.get(name)?.blocks ?? [];
  const blocks = references.map(({ from, id }): Block => {
    const fresh = from === "Committed" ? undefined : put?.get(id);
    const kept = from === "Uncommitted" ? undefined : before.find((block) => block.id === id)?.body;
    const found = fresh ?? kept;
    if (found === undefined) throw new StorageError("InvalidBlockList", `No block has the id ${id}.`);
    return { id, body: found };
  });
  const blob = store(call, container, name, {
    body: Buffer.concat(blocks.map((block) => block.body)),
    md5: call.header("x-ms-blob-content-md5"),
    blocks,
  });
  return { status: 201, headers: written(blob) };
}

/** Set Blob Metadata: replaces all of it. */
export function setMetadata(call: Call, container: Container, name: string, blob: Blob): Answer {
  checkConditions(call, blob);
  return { status: 200, headers: written(replace(container, name, { ...blob, metadata: metadataOf(call) })) };
}

/** Set Blob Properties: replaces all content headers. */
export function setProperties(call: Call, container: Container, name: string, blob: Blob): Answer {
  checkConditions(call, blob);
  const md5 = call.header("x-ms-blob-content-md5");
  const next = { ...blob, headers: contentHeadersOf(call), md5 };
  return { status: 200, headers: written(replace(container, name, next)) };
}

function store(
  call: Call,
  container: Container,
  name: string,
  content: Pick<Blob, "blocks" | "body" | "md5">,
): Blob {
  const before = container.blobs.get(name);
  checkConditions(call, before);
  container.uncommitted.delete(name);
  return replace(container, name, {
    ...content,
    headers: contentHeadersOf(call),
    metadata: metadataOf(call),
    created: before?.created ?? new Date(),
  });
}

function replace(container: Container, name: string, blob: Omit<Blob, "etag" | "modified">): Blob {
  const next = { ...blob, etag: newEtag(), modified: new Date() };
  container.blobs.set(name, next);
  return next;
}

function metadataOf(call: Call): Record<string, string> {
  return call.headersFrom("x-ms-meta-");
}

/** Content headers come as `x-ms-blob-…`; a plain Content-Type counts where that one is missing. */
function contentHeadersOf(call: Call): ContentHeaders {
  const given: Partial<Record<(typeof contentHeaders)[number], string>> = {};
  for (const name of contentHeaders) {
    const value = call.header(`x-ms-blob-${name}`);
    if (value !== undefined && value !== "") given[name] = value;
  }
  return { "content-type": call.header("content-type") ?? "application/octet-stream", ...given };
}

function checkedDigest(call: Call, body: Buffer, ...headers: readonly string[]): string {
  const digest = createHash("md5").update(body).digest("base64");
  for (const name of headers) {
    const given = call.header(name);
    if (given === undefined) continue;
    if (Buffer.from(given, "base64").length !== 16) throw new StorageError("InvalidMd5");
    if (given !== digest) throw new StorageError("Md5Mismatch");
  }
  return digest;
}

function written(blob: Blob): Record<string, string> {
  return {
    etag: blob.etag,
    "last-modified": blob.modified.toUTCString(),
    "x-ms-request-server-encrypted": "true",
  };
}
