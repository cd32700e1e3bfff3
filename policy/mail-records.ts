import { spf } from "../settings/mail-service";
import { types } from "./resource-types";
import { rule, type Resource, type Verdict } from "./rule";
import { at, NotKnown, type Value } from "./values";

/** A record that receivers ask for. */
interface Wanted {
  readonly what: string;
  readonly type: "TXT" | "CNAME";
  readonly name: (name: string) => boolean;
  readonly content: (content: string) => boolean;
  readonly count: number;
  readonly wanted: string;
}

export const mailRecords = rule(
  "mail-records",
  "Receivers can tell the shop's mail from a forger's. In the story the confirmations were taken for spam, by the " +
    "providers that most of the customers were with.",
  (stack, verdict) => {
    for (const domain of stack.of(types.mailDomain)) {
      const name = at(domain.inputs, "domainName");
      if (name instanceof NotKnown) verdict.open(domain, "domainName", name);
      else if (typeof name === "string")
        for (const wanted of wantedOf(name)) judgeRecord(domain, stack.of(types.dnsRecord), wanted, verdict);
    }
  },
);

const wantedOf = (domain: string): readonly Wanted[] => [
  {
    what: "SPF",
    type: "TXT",
    name: (name) => name === domain,
    content: (content) => content === spf,
    count: 1,
    wanted: `one TXT record "${spf}" at ${domain}, word for word as Azure verifies it`,
  },
  {
    what: "DKIM",
    type: "CNAME",
    name: (name) => name.endsWith(`._domainkey.${domain}`),
    content: (content) => content !== "",
    count: 2,
    wanted: `two CNAME records below _domainkey.${domain}, for the key in use and the next one`,
  },
  {
    what: "DMARC",
    type: "TXT",
    name: (name) => name === `_dmarc.${domain}`,
    content: (content) => /^v=DMARC1;.*\bp=(quarantine|reject)\b/.test(content),
    count: 1,
    wanted: `one TXT record at _dmarc.${domain} with p=quarantine or p=reject`,
  },
];

function judgeRecord(
  domain: Resource,
  records: readonly Resource[],
  { what, type, name, content, count, wanted }: Wanted,
  verdict: Verdict,
): void {
  const named = records.filter(
    ({ inputs }) => at(inputs, "type") === type && mayBe(at(inputs, "name"), name),
  );
  const fitting = named.filter(({ inputs }) => mayBe(at(inputs, "content"), content));
  if (fitting.length < count) {
    verdict.wrong(
      domain,
      `${domain.name} has ${fitting.length === 0 ? `no ${what} record` : `${String(fitting.length)} ${what} record`} in ` +
        `DNS; wanted: ${wanted}. Fix: declare it beside the domain.`,
    );
    return;
  }
  const known = fitting.filter(({ inputs }) =>
    ["name", "content"].every((path) => !(at(inputs, path) instanceof NotKnown)),
  );
  if (known.length >= count) return;
  for (const record of fitting)
    for (const path of ["name", "content"]) {
      const value = at(record.inputs, path);
      if (value instanceof NotKnown) verdict.open(record, path, value);
    }
}

/** True as well for what is not known. DNS holds long texts in quotes. */
const mayBe = (value: Value, good: (text: string) => boolean): boolean =>
  value instanceof NotKnown || (typeof value === "string" && good(value.replace(/^"(.*)"$/, "$1")));
