import { mailRecords } from "../../policy/mail-records";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const domain: Declared = {
  type: types.mailDomain,
  name: "domain",
  inputs: { domainName: "mail.shop.example" },
};
const record = (name: string, type: string, host: string, content: string): Declared => ({
  type: types.dnsRecord,
  name,
  inputs: { name: host, type, content },
});
const spf = record("spf", "TXT", "mail.shop.example", '"v=spf1 include:spf.protection.outlook.com -all"');
const dmarc = record("dmarc", "TXT", "_dmarc.mail.shop.example", '"v=DMARC1; p=quarantine; adkim=s"');
const dkim = ["one", "two"].map((selector) =>
  record(selector, "CNAME", `${selector}._domainkey.mail.shop.example`, `${selector}.azurecomm.net`),
);
const all = [domain, spf, dmarc, ...dkim];

test("takes a domain with all of them, whatever is not known beside them, and a stack without mail", () => {
  expect(judge(mailRecords, [...all, record("proof", "TXT", "mail.shop.example", unknownText)])).toEqual(
    good,
  );
  expect(judge(mailRecords, all)).toEqual(good);
  expect(judge(mailRecords, [spf])).toEqual(good);
});

test.each<[string, readonly Declared[], string]>([
  [
    "SPF of another kind",
    [
      domain,
      record("spf", "TXT", "mail.shop.example", '"v=spf1 include:other.example ~all"'),
      dmarc,
      ...dkim,
    ],
    'domain has no SPF record in DNS; wanted: one TXT record "v=spf1 include:spf.protection.outlook.com -all" at ' +
      "mail.shop.example, word for word as Azure verifies it. Fix: declare it beside the domain.",
  ],
  [
    "a single DKIM key",
    [domain, spf, dmarc, ...dkim.slice(1)],
    "domain has 1 DKIM record in DNS; wanted: two CNAME records below _domainkey.mail.shop.example, for the key in use " +
      "and the next one. Fix: declare it beside the domain.",
  ],
  [
    "DMARC that asks for nothing",
    [domain, spf, record("dmarc", "TXT", "_dmarc.mail.shop.example", '"v=DMARC1; p=none"'), ...dkim],
    "domain has no DMARC record in DNS; wanted: one TXT record at _dmarc.mail.shop.example with p=quarantine or " +
      "p=reject. Fix: declare it beside the domain.",
  ],
])("refuses %s", (_, declared, message) => {
  expect(judge(mailRecords, declared)).toEqual({ wrong: [["domain", message]], open: undefined });
});

test("leaves open what is not known", () => {
  const unnamed = ["dkim1", "dkim2"].map((name) => record(name, "CNAME", unknownText, unknownText));
  expect(judge(mailRecords, [domain, spf, dmarc, ...unnamed])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: name of dkim1, content of dkim1, name of dkim2, content of dkim2",
  });
  expect(judge(mailRecords, [{ ...domain, inputs: { domainName: unknownText } }])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: domainName of domain",
  });
});
