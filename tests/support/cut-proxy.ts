/** A way to a server that is cut at one point of what goes over it. */
import { once } from "node:events";
import net from "node:net";

export interface Cut {
  /** Whose bytes are watched. */
  readonly of: "client" | "server";
  /** Comes in one piece as the other side writes it. */
  readonly message: RegExp;
  /** Whether the message itself still arrives. */
  readonly passes: boolean;
}

export interface CutProxy {
  readonly port: number;
  /** Whether the point was reached. */
  happened(): boolean;
  close(): void;
}

/** Leads to a port of this machine, until the message comes by. */
export async function cutProxy(port: number, { of, message, passes }: Cut): Promise<CutProxy> {
  let happened = false;
  const open = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(port, "127.0.0.1");
    const pair = [client, upstream];
    for (const socket of pair) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        for (const each of pair) each.destroy();
      });
    }
    const [watched, other] = of === "client" ? [client, upstream] : [upstream, client];
    other.pipe(watched);
    watched.on("data", (chunk) => {
      const found = message.exec(chunk.toString("latin1"));
      if (found === null) return void other.write(chunk);
      happened = true;
      other.end(chunk.subarray(0, found.index + (passes ? found[0].length : 0)));
      watched.destroy();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    happened: () => happened,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
