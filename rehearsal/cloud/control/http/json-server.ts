import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { CloudFault } from "../fault";

/** A request to one of the clouds' HTTP APIs, its body read. */
export interface ApiRequest {
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The bearer token, or "". */
  readonly token: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; nothing where it is missing. */
  readonly body?: unknown;
}

/** Answers a request; throws a CloudFault to refuse it. */
export type Api = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

/** An API, and how it words a refusal. */
export interface HostedApi {
  readonly api: Api;
  readonly fault: (fault: CloudFault) => ApiResponse;
}

const largestBody = 1_000_000;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    // Without an encoding set, a request's chunks are buffers.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > largestBody)
      throw new CloudFault(413, "RequestTooLarge", `A body has at most ${largestBody} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  response.writeHead(status, {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Serves APIs by the Host that a request names; each words its own errors. */
export function serveApis(find: (host: string) => HostedApi | undefined): RequestListener {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const served = find(host);
    try {
      const url = new URL(request.url ?? "/", `https://${host === "" ? "localhost" : host}`);
      const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
      const body = await bodyOf(request);
      if (served === undefined) throw new CloudFault(421, "Misdirected", `${host} is not served here.`);
      const { pathname: path, searchParams: query } = url;
      const { method = "GET", headers } = request;
      send(response, await served.api({ method, host, path, query, token, headers, body }));
    } catch (error) {
      if (!(error instanceof CloudFault)) console.error(error);
      const fault =
        error instanceof CloudFault
          ? error
          : new CloudFault(500, "InternalServerError", "The local cloud failed; see its log.");
      send(response, served?.fault(fault) ?? { status: fault.status, body: { error: fault.code } });
    }
  };
  return (request, response) => void handle(request, response);
}
