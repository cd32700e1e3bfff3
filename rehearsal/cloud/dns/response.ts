import * as dnsPacket from "dns-packet";
import { datagramLimit, decode, extension as ownExtension } from "./packets";
import type { ZoneTable } from "./zone";

/** Bytes of a UDP answer to a client that did not say how much it takes (RFC 1035). */
const plainLimit = 512;

const codes = { noError: 0, formatError: 1, noName: 3, notImplemented: 4 } as const;

/**
 * The response to one message, or undefined where there is nothing to answer (a response, a fragment).
 * @param limit "datagram" cuts the answer to what the client takes and sets TC; "stream" does not.
 */
export function respond(zones: ZoneTable, message: Buffer, limit: "datagram" | "stream"): Buffer | undefined {
  if (message.length < 12 || (message.readUInt8(2) & 0x80) !== 0) return undefined;
  const opcode = (message.readUInt8(2) >> 3) & 0x0f;
  if (opcode !== 0) return header(message, codes.notImplemented);
  const query = decode(message);
  const [question, ...others] = query?.questions ?? [];
  if (query === undefined || question === undefined || others.length > 0)
    return header(message, codes.formatError);

  const reply = zones.answer(question.name, question.type);
  const extension = query.additionals?.find((answer) => answer.type === "OPT");
  const packet: dnsPacket.Packet = {
    type: "response",
    id: message.readUInt16BE(0),
    flags:
      dnsPacket.AUTHORITATIVE_ANSWER |
      (query.flag_rd ? dnsPacket.RECURSION_DESIRED : 0) |
      (reply.exists ? codes.noError : codes.noName),
    questions: [question],
    answers: [...reply.answers],
    authorities: [...reply.authorities],
    additionals: extension === undefined ? [] : [ownExtension],
  };
  const whole = encode(packet, message);
  const taken =
    extension === undefined
      ? plainLimit
      : Math.min(Math.max(extension.udpPayloadSize, plainLimit), datagramLimit);
  if (limit === "stream" || whole.length <= taken) return whole;
  return encode(
    { ...packet, flags: (packet.flags ?? 0) | dnsPacket.TRUNCATED_RESPONSE, answers: [], authorities: [] },
    message,
  );
}

/** Encodes a response whose question is the client's own bytes: the case of its letters and an unknown type stay. */
function encode(packet: dnsPacket.Packet, message: Buffer): Buffer {
  const encoded = dnsPacket.encode(packet);
  let end = 12;
  while (end < message.length && message.readUInt8(end) !== 0) {
    const length = message.readUInt8(end);
    if (length > 63) return encoded;
    end += length + 1;
  }
  message.copy(encoded, 12, 12, Math.min(end + 5, message.length));
  return encoded;
}

/** A response of a header only, for messages whose question cannot be repeated. */
function header(message: Buffer, code: number): Buffer {
  const response = Buffer.alloc(12);
  message.copy(response, 0, 0, 2);
  response.writeUInt8(0x80 | (message.readUInt8(2) & 0x79), 2);
  response.writeUInt8(code, 3);
  return response;
}
