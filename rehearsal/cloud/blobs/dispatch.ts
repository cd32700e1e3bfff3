import { authorize } from "./access";
import { readBlob } from "./blob-read";
import { putBlob, putBlock, putBlockList, setMetadata, setProperties } from "./blob-write";
import type { Answer, Call } from "./call";
import { checkConditions } from "./conditions";
import { StorageError } from "./errors";
import { listBlobs } from "./listing";
import { newContainer, type Blob, type Container, type PublicAccess } from "./store";

/** Headers that would change what a call means, of features that the rehearsal does not have. */
const refusedHeaders = ["x-ms-copy-source", "x-ms-content-crc64", "x-ms-structured-body", "x-ms-lease-id"];

/** Does what a call asks for. Throws a StorageError; what it does not know is an error, never a silent success. */
export async function dispatch(call: Call): Promise<Answer> {
  const refused = refusedHeaders.find((name) => call.header(name) !== undefined);
  if (refused !== undefined) throw new StorageError("UnsupportedHeader", `It is ${refused}.`);
  if (call.container === undefined) throw new StorageError("InvalidUri", "It names no container.");
  const restype = call.query.get("restype");
  if (call.blob === undefined && restype === "container") return onContainer(call, call.container);
  if (call.blob === undefined || restype !== null) {
    authorize(call, isRead(call) ? "read-container" : "write");
    throw new StorageError("ResourceNotFound");
  }
  return onBlob(call, call.blob);
}

function onContainer(call: Call, name: string): Answer {
  const action = `${call.method} ${call.query.get("comp") ?? ""}`.trim();
  switch (action) {
    case "PUT":
      authorize(call, "write");
      return createContainer(call, name);
    case "DELETE":
      authorize(call, "write");
      existing(call);
      call.account.containers.delete(name);
      return { status: 202, headers: {} };
    case "GET":
    case "HEAD": {
      authorize(call, "read-container");
      return { status: 200, headers: containerHeaders(existing(call)) };
    }
    case "GET list":
      authorize(call, "read-container");
      return listBlobs(call, name, existing(call));
    default:
      authorize(call, isRead(call) ? "read-container" : "write");
      throw unknownAction(call);
  }
}

async function onBlob(call: Call, name: string): Promise<Answer> {
  authorize(call, isRead(call) ? "read-blob" : "write");
  const container = existing(call);
  const blob = (): Blob => {
    const found = container.blobs.get(name);
    if (found === undefined) throw new StorageError("BlobNotFound");
    return found;
  };
  switch (`${call.method} ${call.query.get("comp") ?? ""}`.trim()) {
    case "GET":
    case "HEAD":
      return readBlob(call, blob());
    case "PUT":
      return putBlob(call, container, name);
    case "PUT block":
      return putBlock(call, container, name);
    case "PUT blocklist":
      return putBlockList(call, container, name);
    case "PUT metadata":
      return setMetadata(call, container, name, blob());
    case "PUT properties":
      return setProperties(call, container, name, blob());
    case "DELETE":
      checkConditions(call, blob());
      container.blobs.delete(name);
      return { status: 202, headers: { "x-ms-delete-type-permanent": "true" } };
    default:
      throw unknownAction(call);
  }
}

function createContainer(call: Call, name: string): Answer {
  if (!/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/.test(name))
    throw new StorageError(
      "InvalidResourceName",
      `A container's name is 3 to 63 of a-z, 0-9 and single "-".`,
    );
  if (call.account.containers.has(name)) throw new StorageError("ContainerAlreadyExists");
  const container = newContainer(publicAccess(call.header("x-ms-blob-public-access")));
  if (container.publicAccess !== "None" && !call.account.settings.allowBlobPublicAccess)
    throw new StorageError("PublicAccessNotPermitted");
  call.account.containers.set(name, container);
  return { status: 201, headers: containerHeaders(container) };
}

function publicAccess(header: string | undefined): PublicAccess {
  if (header === undefined) return "None";
  if (header === "blob") return "Blob";
  if (header === "container") return "Container";
  throw new StorageError(
    "InvalidHeaderValue",
    `x-ms-blob-public-access is ${header}; it is "blob" or "container".`,
  );
}

function containerHeaders(container: Container): Record<string, string> {
  return {
    etag: container.etag,
    "last-modified": container.modified.toUTCString(),
    "x-ms-lease-state": "available",
    "x-ms-lease-status": "unlocked",
    ...(container.publicAccess === "None"
      ? {}
      : { "x-ms-blob-public-access": container.publicAccess.toLowerCase() }),
  };
}

function existing(call: Call): Container {
  const found = call.account.containers.get(call.container ?? "");
  if (found === undefined) throw new StorageError("ContainerNotFound");
  return found;
}

function isRead(call: Call): boolean {
  return call.method === "GET" || call.method === "HEAD";
}

function unknownAction(call: Call): StorageError {
  const comp = call.query.get("comp");
  return comp === null
    ? new StorageError("UnsupportedHttpVerb", `It is ${call.method}.`)
    : new StorageError("UnsupportedQueryParameter", `The rehearsal has no ${call.method} with comp=${comp}.`);
}
