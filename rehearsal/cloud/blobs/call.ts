import type { IncomingMessage } from "node:http";
import { StorageError } from "./errors";
import type { Account } from "./store";

/** One request, taken apart. */
export interface Call {
  readonly method: string;
  readonly account: Account;
  readonly container: string | undefined;
  readonly blob: string | undefined;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  /** Headers that begin with a prefix, without it. */
  headersFrom(prefix: string): Record<string, string>;
  /** The whole body. Rejects with RequestBodyTooLarge. */
  body(): Promise<Buffer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Bytes of one request that the rehearsal holds in memory at most. */
const largestBody = 256 * 1024 * 1024;

/** Takes a request apart. Throws a StorageError where its address cannot be read. */
export function readCall(request: IncomingMessage, account: Account): Call {
  const url = new URL(request.url ?? "/", "https://blob.invalid");
  const [, first = "", ...rest] = url.pathname.split("/");
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  return {
    method: request.method ?? "GET",
    account,
    container: first === "" ? undefined : decoded(first),
    blob: rest.join("/") === "" ? undefined : decoded(rest.join("/")),
    query: url.searchParams,
    header,
    headersFrom: (prefix) =>
      Object.fromEntries(
        Object.keys(request.headers)
          .filter((name) => name.startsWith(prefix))
          .map((name) => [name.slice(prefix.length), header(name) ?? ""]),
      ),
    body: () => readBody(request),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new StorageError("InvalidUri", `The part ${JSON.stringify(part)} is not percent-encoded UTF-8.`);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > largestBody)
      throw new StorageError("RequestBodyTooLarge", `The rehearsal takes ${largestBody} bytes a request.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
