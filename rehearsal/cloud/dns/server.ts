import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { NameServer } from "../contracts";
import { respond } from "./response";
import { framed, readMessages } from "./stream";
import { ZoneTable } from "./zone";

export interface NameServerOptions {
  /** A port of 127.0.0.1 for both UDP and TCP; a free one where it is missing. */
  readonly port?: number;
  /** Zone apexes of more than two labels. */
  readonly apexes?: readonly string[];
}

/** A connection that asks nothing for this long is closed. */
const idleMilliseconds = 10_000;
/** A free TCP port can be taken for UDP: how many are tried. */
const attempts = 20;

/**
 * Starts an authoritative name server on 127.0.0.1, UDP and TCP on one port.
 * Rejects with the system's error where the port asked for is taken.
 */
export async function startNameServer(options: NameServerOptions = {}): Promise<NameServer> {
  const zones = new ZoneTable(options.apexes);
  const connections = new Set<Socket>();
  const { stream, datagram, port } = await bind(options.port ?? 0);

  datagram.on("message", (message, from) => {
    const response = respond(zones, message, "datagram");
    // A client that is gone is no concern of the server.
    if (response !== undefined) datagram.send(response, from.port, from.address, () => undefined);
  });
  stream.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(idleMilliseconds, () => socket.destroy());
    readMessages(socket, (message) => {
      const response = respond(zones, message, "stream");
      if (response === undefined) socket.destroy();
      else socket.write(framed(response));
    });
  });

  let stopped: Promise<void> | undefined;
  return {
    port,
    put: (record) => zones.put(record),
    remove: (id) => zones.remove(id),
    stop: () => {
      stopped ??= (async () => {
        for (const socket of connections) socket.destroy();
        const closed = [once(stream, "close"), once(datagram, "close")];
        stream.close();
        datagram.close();
        await Promise.all(closed);
      })();
      return stopped;
    },
  };
}

interface Bound {
  readonly stream: Server;
  readonly datagram: DatagramSocket;
  readonly port: number;
}

async function bind(wanted: number): Promise<Bound> {
  for (let attempt = 1; ; attempt++) {
    const stream = createServer();
    stream.listen(wanted, "127.0.0.1");
    await once(stream, "listening");
    const { port } = stream.address() as AddressInfo;
    const datagram = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
    try {
      datagram.bind(port, "127.0.0.1");
      await once(datagram, "listening");
      return { stream, datagram, port };
    } catch (error) {
      datagram.close();
      const closed = once(stream, "close");
      stream.close();
      await closed;
      if (wanted !== 0 || attempt === attempts) throw error;
    }
  }
}
