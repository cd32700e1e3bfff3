import * as dnsPacket from "dns-packet";

/** Bytes beyond which nothing is sent by UDP, whatever the other side takes: larger ones fragment on real networks. */
export const datagramLimit = 1232;

/** What is said of oneself in every packet (RFC 6891). */
export const extension: dnsPacket.OptAnswer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: datagramLimit,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** Undefined for bytes that are no DNS message. */
export function decode(message: Buffer): dnsPacket.DecodedPacket | undefined {
  try {
    return dnsPacket.decode(message);
  } catch {
    return undefined;
  }
}
