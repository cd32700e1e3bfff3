import { types } from "./resource-types";
import { rule, type Resource, type Verdict } from "./rule";
import { at, NotKnown, type Value } from "./values";

/** Seconds: Cloudflare's lowest TTL on its usual plans, and what a tail of minutes needs. */
const longestTtl = 60;

/** Cloudflare's 1 means "automatic": fixed at 300 s where it only answers, out of sight where it proxies. */
const automatic = 1;

export const cutoverRecord = rule(
  "cutover-record",
  "The public name can be moved in a minute. In the story DNS went on sending customers to the old host for some " +
    "16 hours, and 1,393 orders had to be fetched from there by night.",
  (stack, verdict) => {
    const records = stack.of(types.dnsRecord);
    const names = records.map((record) => at(record.inputs, "name"));
    const moved = records.filter((_, index) => isCutoverName(names[index], names));
    // The stack that holds names and nothing of Azure is the one of the cutover record.
    if (stack.of(types.webApp, types.frontDoor).length === 0 && !leftOpen(records, verdict))
      if (moved.length === 0 && records.length > 0)
        verdict.wrong(
          undefined,
          "no DNS record for www.<domain>; wanted: one CNAME, the cutover record. Fix: declare it in this stack, " +
            "which exists for it.",
        );
    for (const record of moved) judgeRecord(record, verdict);
  },
);

/** @returns whether a record has a name that is not known yet, and may be the one that is moved. */
function leftOpen(records: readonly Resource[], verdict: Verdict): boolean {
  const unnamed = records.flatMap((record) => {
    const name = at(record.inputs, "name");
    return name instanceof NotKnown ? [{ record, name }] : [];
  });
  for (const { record, name } of unnamed) verdict.open(record, "name", name);
  return unnamed.length > 0;
}

/** `www.<domain>`, and the apex that follows it. */
function isCutoverName(name: Value, names: readonly Value[]): boolean {
  return typeof name === "string" && (name.startsWith("www.") || names.includes(`www.${name}`));
}

function judgeRecord(record: Resource, verdict: Verdict): void {
  verdict.check(
    record,
    "type",
    (type) => type === "CNAME",
    '"CNAME" for both sites, since a change of type replaces the record and the name vanishes in between',
    "give the primary a host name (or an origin record, by primaryAddress) and point a CNAME at it",
  );
  const proxied = at(record.inputs, "proxied") === true;
  verdict.check(
    record,
    "ttl",
    (ttl) => (proxied ? ttl === automatic : typeof ttl === "number" && ttl > automatic && ttl <= longestTtl),
    proxied
      ? "1 (automatic), the only TTL that Cloudflare takes for a proxied record"
      : `at most ${String(longestTtl)} seconds, and not 1, which Cloudflare serves as 300`,
    proxied ? "set ttl to 1" : `pulumi config set ttl ${String(longestTtl)}, long before it is needed`,
  );
}
