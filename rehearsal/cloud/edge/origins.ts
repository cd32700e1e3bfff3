import { buildConnector, Pool } from "undici";
import type { EdgeOrigin } from "../contracts";

export interface OriginSettings {
  /** The local port that serves `host:port` in the rehearsal; undefined where nothing does. */
  readonly connect: (host: string, port: number) => number | undefined | Promise<number | undefined>;
  /** The root, PEM, that origins' certificates are checked against. */
  readonly root: string;
  /** Milliseconds until an origin must have begun to answer, and between two parts of the answer. */
  readonly responseTimeout: number;
}

/** Milliseconds for which an origin that could not be reached is passed over. */
const restAfterFailure = 1_000;
const connectTimeout = 5_000;
const connectionsPerOrigin = 128;

/** Connections to origins, kept alive, and what is known of the origins' health. */
export class Origins {
  private readonly pools = new Map<string, Pool>();
  private readonly restUntil = new Map<string, number>();

  constructor(private readonly settings: OriginSettings) {}

  /**
   * Enabled origins in the order in which to try them: healthy ones first, by priority, and by weight within one
   * priority. Where none is healthy all count as healthy, as Front Door has it.
   */
  inOrder(origins: readonly EdgeOrigin[]): EdgeOrigin[] {
    const now = Date.now();
    return origins
      .filter(({ enabled }) => enabled)
      .map((origin) => ({
        origin,
        resting: (this.restUntil.get(keyOf(origin)) ?? 0) > now ? 1 : 0,
        // Orders as drawing without return does, the weights being the chances.
        draw: -Math.log(1 - Math.random()) / Math.max(origin.weight, 1),
      }))
      .sort(
        (one, other) =>
          one.resting - other.resting || one.origin.priority - other.origin.priority || one.draw - other.draw,
      )
      .map(({ origin }) => origin);
  }

  /** An origin could not be reached: it is passed over for a moment. */
  failed(origin: EdgeOrigin): void {
    this.restUntil.set(keyOf(origin), Date.now() + restAfterFailure);
  }

  poolOf(origin: EdgeOrigin): Pool {
    const key = keyOf(origin);
    const pool = this.pools.get(key) ?? this.open(origin);
    this.pools.set(key, pool);
    return pool;
  }

  /** Closes connections to origins that are no longer configured, once they are idle. */
  async keepOnly(origins: readonly EdgeOrigin[]): Promise<void> {
    const wanted = new Set(origins.map(keyOf));
    const closing: Promise<void>[] = [];
    for (const [key, pool] of this.pools) {
      if (wanted.has(key)) continue;
      this.pools.delete(key);
      closing.push(pool.close());
    }
    await Promise.all(closing);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private open(origin: EdgeOrigin): Pool {
    const connect = buildConnector({ ca: this.settings.root, timeout: connectTimeout });
    return new Pool(`https://${keyOf(origin)}`, {
      connections: connectionsPerOrigin,
      pipelining: 1,
      headersTimeout: this.settings.responseTimeout,
      bodyTimeout: this.settings.responseTimeout,
      connect: (options, callback) => {
        this.localPort(origin).then(
          (port) =>
            // The certificate is checked against the origin's own name, whatever Host header is sent.
            connect(
              { ...options, hostname: "127.0.0.1", port: String(port), servername: origin.hostName },
              callback,
            ),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
        );
      },
    });
  }

  private async localPort(origin: EdgeOrigin): Promise<number> {
    const port = await this.settings.connect(origin.hostName, origin.httpsPort);
    if (port === undefined)
      throw Object.assign(new Error(`No host ${keyOf(origin)} is served in the rehearsal.`), {
        code: "ENOTFOUND",
      });
    return port;
  }
}

function keyOf(origin: EdgeOrigin): string {
  return `${origin.hostName.toLowerCase()}:${origin.httpsPort}`;
}
