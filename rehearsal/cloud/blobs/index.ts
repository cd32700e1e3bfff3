import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import type { BlobService, IssuedCertificate } from "../contracts";
import { readCall, type Answer } from "./call";
import { dispatch } from "./dispatch";
import { StorageError } from "./errors";
import { BlobStore, type Account } from "./store";

export interface BlobServiceOptions {
  /** The certificate for an account's host name; asked for once a host. */
  readonly certificateFor: (host: string) => Promise<IssuedCertificate>;
  /** A port of 127.0.0.1; a free one where it is missing. */
  readonly port?: number;
}

const suffix = ".blob.core.windows.net";

/**
 * Starts the Blob service: what it stores is held in memory. Host names that belong to no account get no TLS
 * handshake. Rejects with the system's error where the port asked for is taken.
 */
export async function startBlobService(options: BlobServiceOptions): Promise<BlobService> {
  const store = new BlobStore();
  const contexts = new Map<string, Promise<SecureContext>>();

  const accountOf = (host: string): Account | undefined =>
    host.endsWith(suffix) ? store.accounts.get(host.slice(0, -suffix.length)) : undefined;
  const contextFor = async (host: string): Promise<SecureContext> => {
    if (accountOf(host) === undefined) throw new Error(`No storage account has the host name ${host}.`);
    const { chain, key } = await options.certificateFor(host);
    return createSecureContext({ cert: chain, key });
  };

  const server = createServer(
    {
      keepAliveTimeout: 30_000,
      SNICallback: (name, callback) => {
        const host = name.toLowerCase();
        const context = contexts.get(host) ?? contextFor(host);
        contexts.set(host, context);
        context.then(
          (ready) => callback(null, ready),
          (error: unknown) => {
            contexts.delete(host);
            callback(error instanceof Error ? error : new Error(String(error)));
          },
        );
      },
    },
    (request, response) => {
      const host = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
      void serve(request, response, accountOf(host));
    },
  );
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");

  let stopped: Promise<unknown> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    addAccount: (account) => store.addAccount(account),
    removeAccount: (name) => {
      store.accounts.delete(name);
      contexts.delete(`${name}${suffix}`);
    },
    addContainer: (account, container, publicAccess) => store.addContainer(account, container, publicAccess),
    removeContainer: (account, container) => void store.containersOf(account).delete(container),
    count: (account, container) => store.containersOf(account).get(container)?.blobs.size ?? 0,
    read: (account, container, blob) =>
      store.accounts.get(account)?.containers.get(container)?.blobs.get(blob)?.body,
    stop: async () => {
      stopped ??= (() => {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        return closed;
      })();
      await stopped;
    },
  };
}

/** Answers one request; never rejects. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  account: Account | undefined,
): Promise<void> {
  const requestId = randomUUID();
  const answer = await answerTo(request, account, requestId);
  if (response.destroyed) return;
  const clientId = request.headers["x-ms-client-request-id"];
  response.writeHead(answer.status, {
    server: "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0",
    "x-ms-request-id": requestId,
    "x-ms-version": request.headers["x-ms-version"] ?? "2009-09-19",
    ...(typeof clientId === "string" ? { "x-ms-client-request-id": clientId } : {}),
    ...(answer.status === 304 ? {} : { "content-length": String(Buffer.byteLength(answer.body ?? "")) }),
    ...answer.headers,
  });
  response.end(request.method === "HEAD" ? undefined : answer.body);
  // What was not read of a refused upload must not hold the connection.
  request.resume();
}

async function answerTo(
  request: IncomingMessage,
  account: Account | undefined,
  requestId: string,
): Promise<Answer> {
  try {
    if (account === undefined)
      throw new StorageError("InvalidUri", `No storage account has the host ${request.headers.host ?? ""}.`);
    return await dispatch(readCall(request, account));
  } catch (error) {
    const refused = error instanceof StorageError ? error : new StorageError("InternalError", String(error));
    const challenge =
      "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com";
    return {
      status: refused.status,
      headers: {
        "x-ms-error-code": refused.code === "NotModified" ? "ConditionNotMet" : refused.code,
        ...(refused.status === 304 ? {} : { "content-type": "application/xml" }),
        ...(refused.status === 401 ? { "www-authenticate": challenge } : {}),
      },
      ...(refused.status === 304 ? {} : { body: refused.toXml(requestId, new Date()) }),
    };
  }
}
