import type { Edge } from "../contracts";
import { assertQueryBehaviour } from "./cache-key";
import { Listener } from "./listener";
import { Origins, type OriginSettings } from "./origins";
import { EdgeProxy } from "./proxy";
import { RouteTable } from "./routing";

export interface EdgeOptions extends Pick<OriginSettings, "connect" | "root"> {
  /** A port of 127.0.0.1; a free one where it is missing. */
  readonly port?: number;
  /** Milliseconds; Front Door's default of 30 seconds where it is missing. */
  readonly responseTimeout?: number;
}

/**
 * Starts the edge. Both HTTPS and HTTP are served on its one port, so that routes can send the latter to the
 * former. Rejects with the system's error where the port asked for is taken.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const origins = new Origins({ responseTimeout: 30_000, ...options });
  const proxy = new EdgeProxy(origins);
  const listener = new Listener((request, response) => void proxy.handle(request, response));
  const port = await listener.start(options.port ?? 0);
  let stopped: Promise<void> | undefined;
  return {
    port,
    configure: (routes, frontDoorId) => {
      for (const route of routes) assertQueryBehaviour(route);
      proxy.routes = new RouteTable(routes);
      proxy.frontDoorId = frontDoorId;
      void origins.keepOnly(routes.flatMap((route) => route.origins));
    },
    setCertificate: (hostName, certificate) => listener.setCertificate(hostName, certificate),
    counts: () => proxy.counters.all(),
    stop: () => {
      stopped ??= listener.stop().then(() => origins.stop());
      return stopped;
    },
  };
}
