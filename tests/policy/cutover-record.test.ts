import { cutoverRecord } from "../../policy/cutover-record";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const record = (name: string, over: object = {}): Declared => ({
  type: types.dnsRecord,
  name,
  inputs: {
    name: name === "apex" ? "blanklabel.example" : `${name}.blanklabel.example`,
    type: "CNAME",
    content: "shared.host.example",
    ttl: 60,
    proxied: false,
    ...over,
  },
});

test("takes CNAMEs of a minute, and proxied ones with the automatic TTL", () => {
  expect(judge(cutoverRecord, [record("www"), record("apex")])).toEqual(good);
  expect(judge(cutoverRecord, [record("www", { ttl: 1, proxied: true })])).toEqual(good);
});

test("leaves other names alone, and the standby's stack without a cutover record", () => {
  expect(judge(cutoverRecord, [record("www"), record("origin", { type: "A", ttl: 3600 })])).toEqual(good);
  expect(judge(cutoverRecord, [record("images", { ttl: 300 }), { type: types.webApp, name: "app" }])).toEqual(
    good,
  );
});

test("refuses an A record, whose change to a CNAME would replace it", () => {
  expect(judge(cutoverRecord, [record("www", { type: "A", content: "203.0.113.5" })]).wrong).toEqual([
    [
      "www",
      'type of www is "A"; wanted: "CNAME" for both sites, since a change of type replaces the record and the name ' +
        "vanishes in between. Fix: give the primary a host name (or an origin record, by primaryAddress) and point " +
        "a CNAME at it.",
    ],
  ]);
});

test.each([
  [
    3600,
    false,
    "at most 60 seconds, and not 1, which Cloudflare serves as 300",
    "pulumi config set ttl 60, long before it is needed",
  ],
  [
    61,
    false,
    "at most 60 seconds, and not 1, which Cloudflare serves as 300",
    "pulumi config set ttl 60, long before it is needed",
  ],
  [
    1,
    false,
    "at most 60 seconds, and not 1, which Cloudflare serves as 300",
    "pulumi config set ttl 60, long before it is needed",
  ],
  [60, true, "1 (automatic), the only TTL that Cloudflare takes for a proxied record", "set ttl to 1"],
])("refuses a TTL of %d where proxied is %s, on www and on the apex", (ttl, proxied, wanted, fix) => {
  expect(
    judge(cutoverRecord, [record("www", { ttl, proxied }), record("apex", { ttl, proxied })]).wrong,
  ).toEqual([
    ["www", `ttl of www is ${String(ttl)}; wanted: ${wanted}. Fix: ${fix}.`],
    ["apex", `ttl of apex is ${String(ttl)}; wanted: ${wanted}. Fix: ${fix}.`],
  ]);
});

test("wants a cutover record in the stack that holds only names", () => {
  expect(judge(cutoverRecord, [record("origin", { type: "A" })]).wrong).toEqual([
    [
      undefined,
      "no DNS record for www.<domain>; wanted: one CNAME, the cutover record. Fix: declare it in this stack, which " +
        "exists for it.",
    ],
  ]);
});

test("leaves open what is not known, and still reports what is wrong", () => {
  const judged = judge(cutoverRecord, [record("www", { type: unknownText, ttl: 300 })]);
  expect(judged.wrong.map(([name]) => name)).toEqual(["www"]);
  expect(judged.open).toBe("cannot be judged before it exists: type of www");
  const unnamed = record("other", { name: unknownText, type: "A", ttl: 3600 });
  const open = "cannot be judged before it exists: name of other";
  expect(judge(cutoverRecord, [unnamed])).toEqual({ wrong: [], open });
  expect(judge(cutoverRecord, [record("www"), unnamed])).toEqual({ wrong: [], open });
  // The standby's own records are named once its mail domain is there.
  expect(judge(cutoverRecord, [unnamed, { type: types.webApp, name: "app" }])).toEqual(good);
});
