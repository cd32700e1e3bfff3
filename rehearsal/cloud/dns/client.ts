import { createSocket, type Socket } from "node:dgram";
import { connect } from "node:net";
import * as dnsPacket from "dns-packet";
import { normalName } from "./names";
import { decode, extension } from "./packets";
import { framed, readMessages } from "./stream";

export interface DnsClientOptions {
  /** Port of the name server on 127.0.0.1. */
  readonly port: number;
  /** Real milliseconds to wait for an answer before asking again. */
  readonly timeoutMilliseconds?: number;
  readonly attempts?: number;
}

/** A question that got no answer in all its attempts, or an answer that says the server failed. */
export class DnsFailure extends Error {
  readonly code: "ETIMEOUT" | "ESERVFAIL" | "ECANCELLED";

  constructor(code: DnsFailure["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DnsFailure";
    this.code = code;
  }
}

interface Waiting {
  readonly name: string;
  readonly type: string;
  readonly settle: (result: dnsPacket.DecodedPacket | DnsFailure) => void;
}

/** Asks one name server with real packets: one UDP socket for all questions, TCP where an answer was cut. */
export class DnsClient {
  private readonly waiting = new Map<number, Waiting>();
  private socket: Socket | undefined;
  private nextId = Math.floor(Math.random() * 0x10000);
  private closed = false;
  private readonly timeout: number;
  private readonly attempts: number;

  constructor(private readonly options: DnsClientOptions) {
    this.timeout = options.timeoutMilliseconds ?? 1_000;
    this.attempts = options.attempts ?? 3;
  }

  /** The server's answer, NXDOMAIN (`rcode` of the packet) included. Rejects with a {@link DnsFailure}. */
  async ask(name: string, type: dnsPacket.RecordType): Promise<dnsPacket.DecodedPacket> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.askOnce(name, type);
      if (!(result instanceof DnsFailure)) return result.flag_tc ? this.askByStream(name, type) : result;
      if (result.code !== "ETIMEOUT" || attempt === this.attempts) throw result;
    }
  }

  /** Closes the socket; questions that still wait are cancelled. */
  close(): void {
    this.closed = true;
    for (const { name, type, settle } of [...this.waiting.values()])
      settle(new DnsFailure("ECANCELLED", `The DNS client was closed while it asked for ${type} ${name}.`));
    this.socket?.close();
    this.socket = undefined;
  }

  private askOnce(name: string, type: dnsPacket.RecordType): Promise<dnsPacket.DecodedPacket | DnsFailure> {
    if (this.closed)
      return Promise.resolve(new DnsFailure("ECANCELLED", "The DNS client has been closed already."));
    const id = this.freeId();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        settle(
          new DnsFailure(
            "ETIMEOUT",
            `The name server at 127.0.0.1:${this.options.port} did not answer ${type} ${name} ` +
              `within ${this.timeout} ms.`,
          ),
        );
      }, this.timeout);
      const settle = (result: dnsPacket.DecodedPacket | DnsFailure): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(result);
      };
      this.waiting.set(id, { name: normalName(name), type, settle });
      // A send that fails is as good as an answer that never comes: the timer asks again.
      this.open().send(question(id, name, type), this.options.port, "127.0.0.1", () => undefined);
    });
  }

  private open(): Socket {
    if (this.socket !== undefined) return this.socket;
    const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
    socket.on("message", (message, from) => {
      if (from.port === this.options.port) this.receive(message);
    });
    socket.on("error", () => undefined);
    this.socket = socket;
    return socket;
  }

  private receive(message: Buffer): void {
    const packet = decode(message);
    if (packet?.id === undefined || !packet.flag_qr) return;
    const waiting = this.waiting.get(packet.id);
    if (waiting === undefined) return;
    const asked = packet.questions?.[0];
    // Answers to another question under the same id are not ours.
    if (asked !== undefined && (normalName(asked.name) !== waiting.name || asked.type !== waiting.type))
      return;
    waiting.settle(judged(packet, waiting));
  }

  private askByStream(name: string, type: dnsPacket.RecordType): Promise<dnsPacket.DecodedPacket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.options.port, "127.0.0.1");
      const fail = (error?: Error): void => {
        socket.destroy();
        reject(new DnsFailure("ETIMEOUT", `No answer over TCP to ${type} ${name}.`, { cause: error }));
      };
      socket.setTimeout(this.timeout, () => fail());
      socket.on("error", fail);
      socket.on("close", () => fail());
      socket.on("connect", () => socket.write(framed(question(this.freeId(), name, type))));
      readMessages(socket, (message) => {
        const packet = decode(message);
        const result = packet === undefined ? undefined : judged(packet, { name, type });
        if (result === undefined || result instanceof DnsFailure) fail(result);
        else resolve(result);
        socket.destroy();
      });
    });
  }

  private freeId(): number {
    do this.nextId = (this.nextId + 1) & 0xffff;
    while (this.waiting.has(this.nextId));
    return this.nextId;
  }
}

function question(id: number, name: string, type: dnsPacket.RecordType): Buffer {
  return dnsPacket.encode({
    type: "query",
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ name, type, class: "IN" }],
    additionals: [extension],
  });
}

/** Response codes 0 (no error) and 3 (no such name) are answers; all others are failures of the server. */
function judged(
  packet: dnsPacket.DecodedPacket,
  asked: { readonly name: string; readonly type: string },
): dnsPacket.DecodedPacket | DnsFailure {
  const code = responseCode(packet);
  if (code === 0 || code === 3) return packet;
  return new DnsFailure(
    "ESERVFAIL",
    `The name server answered ${asked.type} ${asked.name} with response code ${code}.`,
  );
}

/** 0 no error, 1 format error, 2 server failure, 3 no such name, 4 not implemented, 5 refused. */
export function responseCode(packet: dnsPacket.DecodedPacket): number {
  return (packet.flags ?? 0) & 0x0f;
}
