import type { IncomingHttpHeaders } from "node:http";

/** What Front Door assumes where an origin says nothing: a time between one and three days. */
const assumedSeconds = 2 * 24 * 3600;

/**
 * Seconds for which an answer may be served from the cache; 0 where it must not be kept: the origin forbids it, it
 * sets a cookie, or it varies by more than the encoding.
 * @param now milliseconds since the epoch.
 */
export function freshSeconds(status: number, headers: IncomingHttpHeaders, now: number): number {
  if (status !== 200 || headers["set-cookie"] !== undefined) return 0;
  if (list(headers.vary).some((name) => name !== "accept-encoding")) return 0;
  const directives = list(headers["cache-control"]);
  if (directives.some((directive) => /^(no-store|no-cache|private)\b/.test(directive))) return 0;
  const age = seconds(directives, "s-maxage") ?? seconds(directives, "max-age");
  if (age !== undefined) return age;
  const expires = headers.expires === undefined ? Number.NaN : Date.parse(headers.expires);
  if (headers.expires !== undefined)
    return Number.isNaN(expires) ? 0 : Math.max(0, Math.floor((expires - now) / 1000));
  return assumedSeconds;
}

function list(header: string | undefined): string[] {
  return (header ?? "")
    .split(",")
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== "");
}

function seconds(directives: readonly string[], name: string): number | undefined {
  const found = directives.find((directive) => directive.startsWith(`${name}=`));
  const value = found === undefined ? Number.NaN : Number(found.slice(name.length + 1).replaceAll('"', ""));
  return Number.isInteger(value) && value >= 0 ? value : undefined;
}
