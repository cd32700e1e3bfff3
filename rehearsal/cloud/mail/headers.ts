import type { Readable } from "node:stream";

/** Bytes of a message that may be headers; what follows is thrown away unread. */
const longest = 64 * 1024;
const endOfHeaders = /\r?\n\r?\n/;

/** Reads a message to its end and returns its headers: names in lower case, values unfolded, repeated ones joined. */
export async function readHeaders(message: Readable): Promise<Record<string, string>> {
  let head = "";
  let complete = false;
  for await (const chunk of message) {
    if (complete) continue;
    head += String(chunk);
    complete = endOfHeaders.test(head) || head.length > longest;
  }
  return parseHeaders(head.split(endOfHeaders, 1)[0] ?? "");
}

function parseHeaders(head: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = decodeWords(line.slice(colon + 1).trim());
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}

/** Encoded words of RFC 2047 in UTF-8; those next to each other are one text. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, encoding: string, text: string) =>
      encoding.toLowerCase() === "b"
        ? Buffer.from(text, "base64").toString("utf8")
        : Buffer.from(
            text
              .replaceAll("_", " ")
              .replace(/=([0-9a-f]{2})/gi, (_code, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            "latin1",
          ).toString("utf8"),
    );
}

/** The bare address of a From header: `Name <user@host>` or `user@host`. */
export function addressOf(from: string): string {
  return (/<([^<>]*)>[^<>]*$/.exec(from)?.[1] ?? from).trim();
}
