import type { Answer, CaaData } from "dns-packet";
import type { DeclaredRecord } from "../contracts";

/** A character string of a TXT record holds at most this many bytes (RFC 1035, 3.3). */
const stringLimit = 255;

/**
 * A declared record as its answer on the wire, owned by `owner` (which differs from the declared name where a
 * wildcard matched).
 */
export function toAnswer(record: DeclaredRecord, owner: string = record.name): Answer {
  const common = { name: owner, ttl: record.ttl, class: "IN" as const };
  switch (record.type) {
    case "A":
    case "AAAA":
    case "CNAME":
    case "NS":
      return { ...common, type: record.type, data: record.content };
    case "MX":
      return { ...common, type: "MX", data: { preference: record.priority ?? 0, exchange: record.content } };
    case "TXT":
      return { ...common, type: "TXT", data: characterStrings(record.content) };
    case "CAA":
      return { ...common, type: "CAA", data: parseCaa(record.content) };
  }
}

/** Text of any length as the strings of one TXT record. */
function characterStrings(text: string): Buffer[] {
  const bytes = Buffer.from(text, "utf8");
  const strings: Buffer[] = [];
  for (let start = 0; start < bytes.length || start === 0; start += stringLimit)
    strings.push(bytes.subarray(start, start + stringLimit));
  return strings;
}

/** The text of a TXT answer: its strings joined. */
export function joinStrings(data: string | Buffer | readonly (string | Buffer)[]): string {
  const strings = typeof data === "string" || Buffer.isBuffer(data) ? [data] : data;
  return Buffer.concat(strings.map((part) => Buffer.from(part))).toString("utf8");
}

/** Reads `0 issue "digicert.com"`, the presentation format in which DNS providers take CAA records. */
function parseCaa(content: string): CaaData {
  const match = /^(\d{1,3})\s+(issue|issuewild|iodef)\s+"?([^"]*)"?$/i.exec(content.trim());
  const [, flags, tag, value] = match ?? [];
  if (flags === undefined || tag === undefined || value === undefined || Number(flags) > 255)
    throw new Error(
      `CAA content ${JSON.stringify(content)} is not readable: write it as '0 issue "authority.example"', ` +
        `with a flag of 0 to 255 and a tag of issue, issuewild or iodef.`,
    );
  return { flags: Number(flags), tag: caaTag(tag), value };
}

function caaTag(tag: string): CaaData["tag"] {
  const lower = tag.toLowerCase();
  return lower === "issuewild" || lower === "iodef" ? lower : "issue";
}
