import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { getServers } from "node:dns";
import { connect, isIPv6 } from "node:net";
import * as dnsPacket from "dns-packet";

/** A name server: an IP address and a port. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What one name server answered to one question. */
export interface DnsAnswer {
  readonly server: ServerAddress;
  /** The server speaks for the zone itself, not from a cache. */
  readonly authoritative: boolean;
  /** The name does not exist at all. */
  readonly missing: boolean;
  /** Records of the answer, aliases that led to them included, in the order of the packet. */
  readonly records: readonly DnsRecord[];
}

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** A target, an address, a text with its strings joined, or a CAA rule as `issue digicert.com`. Lower case except for texts. */
  readonly content: string;
}

/** A name server that gave no usable answer. */
export class DnsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DnsError";
  }
}

const responseMask = 0x0f;
const nameMissing = 3;

/** The name servers that this machine is set up to ask. */
export function configuredServers(): readonly ServerAddress[] {
  return getServers().map((server) => {
    const bracketed = /^\[(.+)\]:(\d+)$/.exec(server);
    if (bracketed?.[1] !== undefined) return { host: bracketed[1], port: Number(bracketed[2]) };
    const [host = "", port] = isIPv6(server) ? [server] : server.split(":");
    return { host, port: port === undefined ? 53 : Number(port) };
  });
}

/**
 * Asks one name server one question with a packet of its own: by UDP, a second time where nothing came back, by TCP
 * where the answer was cut.
 *
 * @param recursive whether the server may ask others on our behalf.
 * @throws DnsError
 */
export async function ask(
  server: ServerAddress,
  name: string,
  type: dnsPacket.RecordType,
  options: { readonly recursive?: boolean; readonly signal?: AbortSignal; readonly patience?: number } = {},
): Promise<DnsAnswer> {
  const query = dnsPacket.encode({
    type: "query",
    id: randomInt(0x10000),
    flags: options.recursive === false ? 0 : dnsPacket.RECURSION_DESIRED,
    questions: [{ name, type, class: "IN" }],
  });
  const patience = options.patience ?? 1_500;
  const send = (transport: Transport): Promise<Buffer> => transport(server, query, patience, options.signal);
  let packet = decode(server, await send(byDatagram).catch(() => send(byDatagram)));
  if (packet.flag_tc) packet = decode(server, await send(byStream));
  const code = (packet.flags ?? 0) & responseMask;
  if (code !== 0 && code !== nameMissing)
    throw new DnsError(`${text(server)} answered ${type} ${name} with the error code ${code}`);
  return {
    server,
    authoritative: packet.flag_aa,
    missing: code === nameMissing,
    records: (packet.answers ?? []).flatMap(toRecord),
  };
}

export const text = ({ host, port }: ServerAddress): string =>
  port === 53 ? host : isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

type Transport = (
  server: ServerAddress,
  query: Buffer,
  patience: number,
  signal: AbortSignal | undefined,
) => Promise<Buffer>;

const byDatagram: Transport = (server, query, patience, signal) =>
  new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(server.host) ? "udp6" : "udp4");
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancelled);
      socket.close();
    };
    const fail = (error: DnsError): void => {
      end();
      reject(error);
    };
    const cancelled = (): void => fail(new DnsError("cancelled"));
    const timer = setTimeout(
      () => fail(new DnsError(`${text(server)} did not answer within ${patience} ms`)),
      patience,
    );
    socket.once("error", (error) =>
      fail(new DnsError(`${text(server)} cannot be reached: ${error.message}`, { cause: error })),
    );
    socket.on("message", (message) => {
      // Only the answer to this question counts; anyone can send a datagram.
      if (message.length < 12 || message.readUInt16BE(0) !== query.readUInt16BE(0)) return;
      end();
      resolve(message);
    });
    if (signal?.aborted === true) {
      cancelled();
      return;
    }
    signal?.addEventListener("abort", cancelled, { once: true });
    // Connected, so that packets of other senders are dropped and a closed port is told at once.
    socket.connect(server.port, server.host, () => socket.send(query));
  });

const byStream: Transport = (server, query, patience, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect({
      host: server.host,
      port: server.port,
      ...(signal === undefined ? {} : { signal }),
    });
    const fail = (why: string, cause?: Error): void => {
      socket.destroy();
      reject(new DnsError(`${text(server)} ${why}`, { cause }));
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(patience, () => fail(`did not answer within ${patience} ms`));
    socket.once("error", (error) => fail(`cannot be reached: ${error.message}`, error));
    socket.once("close", () => fail("ended the connection without an answer"));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      resolve(received.subarray(2, 2 + received.readUInt16BE(0)));
      socket.destroy();
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.once("connect", () => socket.write(Buffer.concat([length, query])));
  });

function decode(server: ServerAddress, message: Buffer): dnsPacket.DecodedPacket {
  try {
    return dnsPacket.decode(message);
  } catch (error) {
    throw new DnsError(`${text(server)} sent a packet that is not DNS`, { cause: error });
  }
}

function toRecord(answer: dnsPacket.Answer): readonly DnsRecord[] {
  const make = (content: string, ttl: number | undefined): readonly DnsRecord[] => [
    { name: lower(answer.name), type: answer.type, ttl: ttl ?? 0, content },
  ];
  switch (answer.type) {
    case "A":
    case "AAAA":
    case "CNAME":
    case "NS":
      return make(lower(answer.data), answer.ttl);
    case "MX":
      return make(lower(answer.data.exchange), answer.ttl);
    case "TXT":
      return make(joined(answer.data), answer.ttl);
    case "CAA":
      return make(`${answer.data.tag} ${answer.data.value}`, answer.ttl);
    default:
      return [];
  }
}

const lower = (name: string): string => name.toLowerCase().replace(/\.$/, "");

function joined(data: dnsPacket.TxtData): string {
  const strings = Array.isArray(data) ? data : [data];
  return strings.map(String).join("");
}
