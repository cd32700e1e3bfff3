import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, buildConnector, request } from "undici";
import { createAuthority } from "../../../../rehearsal/cloud/authority";
import type {
  CertificateAuthority,
  Edge,
  EdgeOrigin,
  EdgeRoute,
} from "../../../../rehearsal/cloud/contracts";
import { startEdge } from "../../../../rehearsal/cloud/edge";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Asked {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
  readonly scheme?: "http" | "https";
}

/** An edge, origins behind it and a visitor's agent, all on loopback. */
export class World {
  private readonly servers: Server[] = [];

  private constructor(
    readonly authority: CertificateAuthority,
    readonly edge: Edge,
    readonly agent: Agent,
    private readonly ports: Map<string, number>,
  ) {}

  static async start(responseTimeout = 5_000): Promise<World> {
    const authority = await createAuthority({ nameServerPort: 1 });
    const ports = new Map<string, number>();
    const edge = await startEdge({
      root: authority.root,
      connect: (host, port) => ports.get(`${host}:${port}`),
      responseTimeout,
    });
    const connect = buildConnector({ ca: authority.root });
    const agent = new Agent({
      connect: (options, callback) =>
        connect({ ...options, hostname: "127.0.0.1", port: String(edge.port) }, callback),
    });
    const world = new World(authority, edge, agent, ports);
    for (const host of ["www.blanklabel.example", "images.blanklabel.example"])
      edge.setCertificate(host, await authority.issue([host]));
    return world;
  }

  /** Serves an origin's host name; with a certificate for other names where those are given. */
  async origin(
    hostName: string,
    handler: (request: IncomingMessage, response: ServerResponse) => void,
    certified: readonly string[] = [hostName],
  ): Promise<Server> {
    const { chain, key } = await this.authority.issue(certified);
    const server = createServer({ cert: chain, key }, handler).listen(0, "127.0.0.1");
    await once(server, "listening");
    this.servers.push(server);
    this.ports.set(`${hostName}:443`, (server.address() as AddressInfo).port);
    return server;
  }

  async ask(host: string, path: string, asked: Asked = {}): Promise<Reply> {
    const response = await request(`${asked.scheme ?? "https"}://${host}${path}`, {
      dispatcher: this.agent,
      method: asked.method ?? "GET",
      headers: asked.headers ?? {},
      body: asked.body ?? null,
    });
    const body = Buffer.from(await response.body.arrayBuffer());
    return { status: response.statusCode, headers: response.headers, body };
  }

  async stop(): Promise<void> {
    await this.agent.destroy();
    await this.edge.stop();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.authority.stop();
  }
}

export const originOf = (hostName: string, rest: Partial<EdgeOrigin> = {}): EdgeOrigin => ({
  hostName,
  httpsPort: 443,
  enabled: true,
  priority: 1,
  weight: 1000,
  ...rest,
});

export const routeOf = (rest: Partial<EdgeRoute> = {}): EdgeRoute => ({
  id: "shop",
  hosts: ["www.blanklabel.example"],
  patterns: ["/*"],
  origins: [originOf("shop.azurewebsites.net")],
  httpsRedirect: true,
  enabled: true,
  rules: [],
  ...rest,
});
