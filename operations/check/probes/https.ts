import { request } from "node:https";
import { performance } from "node:perf_hooks";

/**
 * Milliseconds that a site has for an answer. One that is too busy is a finding, and must be one before the time of
 * whoever looks is up.
 */
export const sitePatience = 5_000;

export interface HttpsQuestion {
  /** The host to connect to. */
  readonly connectTo: string;
  /** The host to ask for: the Host header and the name that the certificate must carry. Default: `connectTo`. */
  readonly as?: string;
  readonly path: string;
  readonly method?: "GET" | "OPTIONS";
  readonly signal?: AbortSignal;
}

export interface HttpsAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 1 MiB of it. */
  readonly body: string;
  /** From the start of the connection to the last byte. */
  readonly milliseconds: number;
}

const bodyLimit = 1 << 20;

/**
 * One request, a GET unless it says otherwise, over a fresh connection with the certificate verified, redirects not followed.
 *
 * @throws Error with the code of the network or of the certificate (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, …).
 */
export function getHttps({
  connectTo,
  as = connectTo,
  path,
  method = "GET",
  signal,
}: HttpsQuestion): Promise<HttpsAnswer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: connectTo,
        servername: as,
        path,
        method,
        agent: false,
        headers: { host: as, "user-agent": "standby-check", accept: "*/*" },
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const done = (): void =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
            body: Buffer.concat(chunks).toString(),
            milliseconds: Math.round(performance.now() - started),
          });
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= bodyLimit) return;
          done();
          response.destroy();
        });
        response.once("end", done);
        response.once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end();
  });
}
