import { importFile, planAdoption, type FoundRecords } from "../../../operations/adopt/plan";
import type { CloudflareRecord } from "../../../operations/check/probes/cloudflare";
import type { ProdConfig } from "../../../operations/deployment";

const zone = "blanklabel.example";
const address = "203.0.113.10";
const config: ProdConfig = {
  domain: zone,
  zoneId: "z",
  activeSite: "primary",
  primaryHost: "shared.host.example",
  primaryAddress: address,
  ttl: 60,
  proxied: false,
};
const byName: ProdConfig = { ...config, primaryAddress: undefined };
const record = (name: string, type: string, content: string, over: Partial<CloudflareRecord> = {}) => ({
  id: `${name.split(".")[0] ?? ""}-${type}`,
  name,
  type,
  content,
  ttl: 300,
  proxied: false,
  ...over,
});
const www = (type: string, content: string, over: Partial<CloudflareRecord> = {}) =>
  record(`www.${zone}`, type, content, over);
const found = (over: Partial<FoundRecords>): FoundRecords => ({ www: [], apex: [], origin: [], ...over });
const refusalOf = (given: ProdConfig, records: Partial<FoundRecords>): string => {
  try {
    planAdoption(given, found(records), "prod");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it was not refused");
};

test("addresses of www and the apex become what the program declares, in one batch", () => {
  const before = [www("A", address), record(zone, "A", address)];
  const mail = record(zone, "MX", "mx.host.example");
  const plan = planAdoption(
    config,
    found({ www: before.slice(0, 1), apex: [...before.slice(1), mail] }),
    "prod",
  );
  expect(plan).toEqual({
    deletes: before,
    posts: [
      {
        as: "www-origin",
        record: {
          name: `origin.${zone}`,
          type: "A",
          content: address,
          ttl: 60,
          proxied: false,
          comment: "The primary, known only by its address",
        },
      },
      {
        as: "www",
        record: {
          name: `www.${zone}`,
          type: "CNAME",
          content: `origin.${zone}`,
          ttl: 60,
          proxied: false,
          comment: "Cutover record: moved by activeSite only",
        },
      },
      {
        as: "www-apex",
        record: {
          name: zone,
          type: "CNAME",
          content: `www.${zone}`,
          ttl: 60,
          proxied: false,
          comment: "Constant: follows www",
        },
      },
    ],
    kept: [],
  });
});

test("an IPv6 address moves to an AAAA record; a proxied one keeps the TTL of proxied records", () => {
  const six = "2001:db8::7";
  const given = { ...config, primaryAddress: six, proxied: true };
  const { posts } = planAdoption(
    given,
    found({ www: [www("AAAA", six, { proxied: true, ttl: 1 })] }),
    "prod",
  );
  expect(posts.map(({ record: { type, ttl, proxied } }) => [type, ttl, proxied])).toEqual([
    ["AAAA", 60, false],
    ["CNAME", 1, true],
  ]);
});

test("a CNAME stays as it is, and so do an apex and an origin that fit", () => {
  const records = {
    www: [www("CNAME", `origin.${zone}`)],
    apex: [record(zone, "CNAME", `www.${zone}`)],
    origin: [record(`origin.${zone}`, "A", address)],
  };
  const plan = planAdoption(config, found(records), "prod");
  expect([plan.deletes, plan.posts]).toEqual([[], []]);
  expect(plan.kept.map(({ as, record: { id } }) => [as, id])).toEqual([
    ["www-origin", "origin-A"],
    ["www", "www-CNAME"],
    ["www-apex", "blanklabel-CNAME"],
  ]);
});

test.each([
  [
    config,
    {},
    `www.${zone} has no A, AAAA or CNAME record: there is nothing to adopt; \`pulumi up --stack prod\` makes it`,
  ],
  [
    config,
    { www: [www("A", address), www("A", "203.0.113.11")] },
    `www.${zone} has 2 addresses (A ${address}, A 203.0.113.11), and origin.${zone} is to hold one. Fix: leave one at ` +
      "Cloudflare, or give the primary a host name that holds them all and set primaryHost to it",
  ],
  [
    byName,
    { www: [www("A", address)] },
    `www.${zone} is A ${address}, and primaryAddress is not set. Fix: pulumi config set primaryAddress ` +
      `${address} --stack prod`,
  ],
  [
    { ...config, primaryAddress: "203.0.113.99" },
    { www: [www("A", address)] },
    `www.${zone} is A ${address}, and primaryAddress is '203.0.113.99'. Fix: pulumi config set ` +
      `primaryAddress ${address} --stack prod`,
  ],
  [
    byName,
    { www: [www("CNAME", "old.host.example")] },
    `www.${zone} leads to old.host.example, and the program would lead it to shared.host.example, which moves ` +
      "visitors. Fix: pulumi config set primaryHost old.host.example --stack prod",
  ],
  [
    config,
    { www: [www("A", address, { proxied: true })] },
    `www.${zone} is proxied at Cloudflare, and proxied is false. Fix: pulumi config set proxied true --stack prod`,
  ],
  [
    config,
    { www: [www("A", address)], origin: [record(`origin.${zone}`, "A", "203.0.113.50")] },
    `origin.${zone} is A 203.0.113.50 already, not ${address}. Fix: delete that record, or correct primaryAddress`,
  ],
  [
    config,
    { www: [www("A", address)], apex: [record(zone, "A", "198.51.100.7")] },
    `${zone} is A 198.51.100.7, and the program makes it follow www.${zone}, which leads elsewhere. Fix: lead it to ` +
      `${address} at Cloudflare first`,
  ],
])("refuses %j with %j", (given, records, words) => {
  expect(refusalOf(given, records)).toBe(words);
});

test("everything that stands against it is said at once", () => {
  const said = refusalOf(byName, {
    www: [www("A", address, { proxied: true })],
    apex: [record(zone, "A", "198.51.100.7")],
  });
  expect(said.split("\n")).toHaveLength(3);
});

test("the import file names the records by the component's logical names", () => {
  const type = "cloudflare:index/dnsRecord:DnsRecord";
  expect(
    importFile("z", [
      { as: "www", id: "1" },
      { as: "www-apex", id: "2" },
      { as: "www-origin", id: "3" },
    ]),
  ).toEqual({
    resources: [
      { type: "warm-standby:index:CutoverRecord", name: "cutover", logicalName: "www", component: true },
      { type, name: "www", id: "z/1", parent: "cutover" },
      { type, name: "apex", logicalName: "www-apex", id: "z/2", parent: "cutover" },
      { type, name: "origin", logicalName: "www-origin", id: "z/3", parent: "cutover" },
    ],
  });
});
