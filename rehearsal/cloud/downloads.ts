import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import type { RoutingTable } from "../network/routes";
import type { IssuedCertificate } from "./contracts";

export interface DownloadsOptions {
  /** URL of each file, and its absolute path. */
  readonly files: Readonly<Record<string, string>>;
  readonly certificateFor: (host: string) => Promise<IssuedCertificate>;
  /** Where the hosts of the URLs are to be reached from. */
  readonly routes: RoutingTable;
}

/** The web servers that packages are downloaded from, as one on 127.0.0.1: it serves these files, and nothing else. */
export async function startDownloads(options: DownloadsOptions): Promise<{ stop(): Promise<void> }> {
  const files = new Map(Object.entries(options.files).map(([url, file]) => [new URL(url).href, file]));
  const hosts = [...new Set([...files.keys()].map((url) => new URL(url).hostname))];
  const contexts = new Map<string, SecureContext>();
  for (const host of hosts) {
    const { chain, key } = await options.certificateFor(host);
    contexts.set(host, createSecureContext({ cert: chain, key }));
  }
  const server = createServer(
    { SNICallback: (host, callback) => callback(null, contexts.get(host.toLowerCase())) },
    (request, response) => {
      const file = files.get(`https://${request.headers.host ?? ""}${request.url ?? ""}`);
      response.writeHead(file === undefined ? 404 : 200);
      if (file === undefined) response.end();
      else
        createReadStream(file)
          .on("error", () => response.destroy())
          .pipe(response);
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const host of hosts) options.routes.add(host, 443, port);
  return {
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
