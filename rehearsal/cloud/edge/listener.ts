import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import type { IssuedCertificate } from "../contracts";

/** The first byte of a TLS connection. */
const handshakeRecord = 0x16;
/** Milliseconds for which an idle connection of a visitor is kept. */
const keepAlive = 60_000;

/** One port of 127.0.0.1 for both HTTPS and HTTP: the first byte of a connection tells which it is. */
export class Listener {
  private readonly contexts = new Map<string, SecureContext>();
  private readonly connections = new Set<Socket>();
  private readonly server = createServer((socket) => this.sort(socket));
  private readonly plain;
  private readonly secure;

  constructor(onRequest: RequestListener) {
    const settings = { keepAliveTimeout: keepAlive };
    this.plain = createHttpServer(settings, onRequest);
    this.secure = createHttpsServer(
      {
        ...settings,
        ALPNProtocols: ["http/1.1"],
        // Without a certificate for the name there is no handshake; nothing is served under another name's.
        SNICallback: (name, callback) => {
          const context = this.contextFor(name.toLowerCase());
          if (context === undefined) callback(new Error(`The edge has no certificate for ${name}.`));
          else callback(null, context);
        },
      },
      onRequest,
    );
  }

  /** Listens and returns the port. */
  async start(port: number): Promise<number> {
    this.server.listen(port, "127.0.0.1", 1024);
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  setCertificate(hostName: string, certificate: IssuedCertificate | undefined): void {
    const name = hostName.toLowerCase();
    if (certificate === undefined) this.contexts.delete(name);
    else this.contexts.set(name, createSecureContext({ cert: certificate.chain, key: certificate.key }));
  }

  async stop(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.connections) socket.destroy();
    await closed;
  }

  private contextFor(name: string): SecureContext | undefined {
    return this.contexts.get(name) ?? this.contexts.get(`*.${name.split(".").slice(1).join(".")}`);
  }

  private sort(socket: Socket): void {
    this.connections.add(socket);
    socket.once("close", () => this.connections.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setNoDelay(true);
    socket.once("readable", () => {
      const chunk: unknown = socket.read();
      if (!Buffer.isBuffer(chunk)) {
        socket.destroy();
        return;
      }
      socket.unshift(chunk);
      (chunk[0] === handshakeRecord ? this.secure : this.plain).emit("connection", socket);
    });
  }
}
