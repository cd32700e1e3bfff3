import { readFileSync } from "node:fs";
import tls from "node:tls";
import { Pool, type Dispatcher } from "undici";
import { z } from "zod";
import { StoryClock, type ClockSettings } from "../clock";
import { CachingResolver, DnsClient } from "../cloud/dns";

const routesSchema = z.record(z.string(), z.number());
const httpsPort = 443;
const connectWithin = 5_000;

export interface InternetOptions {
  readonly clock: ClockSettings;
  readonly nameServerPort: number;
  readonly routesFile: string;
  readonly rootCertificate: string;
  readonly resolvers: { readonly count: number; readonly sloppyShare: number; readonly holdHours: number };
}

/** A host as one visitor's resolver sees it: connections to it, with its certificate checked. */
export interface Destination {
  readonly pool: Dispatcher;
}

/** The visitors' way to the shop: their providers' resolvers, and TLS connections to where those lead. */
export class Internet {
  private readonly client: DnsClient;
  private readonly resolvers: readonly CachingResolver[];
  /** By local port and server name: people behind one provider share nothing, but a rehearsal shares handshakes. */
  private readonly pools = new Map<string, Pool>();

  constructor(private readonly options: InternetOptions) {
    this.client = new DnsClient({ port: options.nameServerPort });
    const clock = new StoryClock(options.clock);
    const { count, holdHours } = options.resolvers;
    const sloppy = this.sloppyResolvers;
    this.resolvers = Array.from(
      { length: count },
      (_, index) =>
        new CachingResolver({
          client: this.client,
          now: () => clock.elapsed(),
          ...(index < sloppy ? { holdAtLeast: holdHours * 3600 } : {}),
        }),
    );
  }

  /** The first so many resolvers are the sloppy ones. */
  get sloppyResolvers(): number {
    return Math.round(this.options.resolvers.count * this.options.resolvers.sloppyShare);
  }

  /**
   * Resolves a name through one of the resolvers and finds what serves it.
   *
   * @throws Error when the name does not resolve, or nothing is served where it leads
   */
  async find(resolver: number, host: string): Promise<Destination> {
    const resolution = await this.resolvers[resolver]?.resolve(host, "A");
    const chain = [...(resolution?.chain ?? []), ...(resolution?.values ?? [])];
    // Read anew each time: what is served changes through the day.
    const routes = routesSchema.parse(JSON.parse(readFileSync(this.options.routesFile, "utf8")));
    const port = chain
      .map((name) => routes[`${name}:${String(httpsPort)}`])
      .findLast((found) => found !== undefined);
    if (port === undefined) throw new Error(`${host} leads to ${chain.join(" → ")}, where nothing is served`);
    return { pool: this.pool(port, host) };
  }

  /** Has the sloppy resolvers look a name up anew, so that they hold what it says now for all their hours. */
  async renewSloppy(host: string): Promise<void> {
    await Promise.all(
      this.resolvers.slice(0, this.sloppyResolvers).map(async (resolver) => {
        resolver.clear();
        await resolver.resolve(host, "A");
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
    this.client.close();
  }

  private pool(port: number, host: string): Pool {
    const key = `${String(port)} ${host}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const pool = new Pool(`https://${host}`, {
      connections: 64,
      pipelining: 1,
      keepAliveTimeout: 5_000,
      connect: (_options, callback) => {
        const socket = tls.connect({
          host: "127.0.0.1",
          port,
          servername: host,
          ca: this.options.rootCertificate,
          ALPNProtocols: ["http/1.1"],
        });
        socket.setNoDelay(true);
        const fail = (error: Error): void => callback(error, null);
        socket.setTimeout(connectWithin, () => socket.destroy(new Error(`${host} did not answer`)));
        socket.once("error", fail);
        socket.once("secureConnect", () => {
          socket.off("error", fail).setTimeout(0);
          callback(null, socket);
        });
      },
    });
    this.pools.set(key, pool);
    return pool;
  }
}
