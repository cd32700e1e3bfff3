import { CutoverRecord, targetOf, type CutoverRecordArgs } from "../../components/cutover-record";
import { zoneId } from "./examples";
import { declared, runMocked } from "./mocked";

const args: CutoverRecordArgs = {
  zoneId,
  domain: "blanklabel.example",
  publicName: "www.blanklabel.example",
  originName: "origin.blanklabel.example",
  activeSite: "primary",
  primaryHost: "shared.host.example",
  ttl: 60,
  proxied: false,
};
const www = "cloudflare:index/dnsRecord:DnsRecord www";
const apex = "cloudflare:index/dnsRecord:DnsRecord www-apex";
const origin = "cloudflare:index/dnsRecord:DnsRecord www-origin";

async function recordsOf(changes: Partial<CutoverRecordArgs>) {
  const { registered } = await runMocked("prod", () => new CutoverRecord("www", { ...args, ...changes }));
  return declared(registered);
}

test("two CNAMEs before any standby: the name that moves, and the apex that follows it", async () => {
  expect(await recordsOf({})).toEqual({
    [www]: {
      zoneId,
      name: "www.blanklabel.example",
      type: "CNAME",
      content: "shared.host.example",
      ttl: 60,
      proxied: false,
      comment: "Cutover record: moved by activeSite only",
    },
    [apex]: {
      zoneId,
      name: "blanklabel.example",
      type: "CNAME",
      content: "www.blanklabel.example",
      ttl: 60,
      proxied: false,
      comment: "Constant: follows www",
    },
  });
});

test("a flip changes one input of one record", async () => {
  const standbyHost = "shop.azurefd.net";
  const before = await recordsOf({ standbyHost });
  const after = await recordsOf({ standbyHost, activeSite: "standby" });
  expect(after).toEqual({ ...before, [www]: { ...before[www], content: standbyHost } });
  expect(before[www]).toHaveProperty("content", "shared.host.example");
});

test("a primary known by its address gets a name, and stays a CNAME target", async () => {
  const records = await recordsOf({ primaryAddress: "203.0.113.10", ttl: 120 });
  expect(records[origin]).toEqual({
    zoneId,
    name: "origin.blanklabel.example",
    type: "A",
    content: "203.0.113.10",
    ttl: 120,
    proxied: false,
    comment: "The primary, known only by its address",
  });
  expect(records[www]).toMatchObject({ type: "CNAME", content: "origin.blanklabel.example", ttl: 120 });
});

test("a proxied record has the one TTL that Cloudflare takes", async () => {
  const records = await recordsOf({ proxied: true });
  expect(records[www]).toMatchObject({ ttl: 1, proxied: true });
  expect(records[apex]).toMatchObject({ ttl: 1, proxied: true });
});

test("a flip to a standby that is not known is refused", () => {
  const primary = "shared.host.example";
  expect(targetOf("primary", { primary })).toBe(primary);
  expect(targetOf("standby", { primary, standby: "shop.azurefd.net" })).toBe("shop.azurefd.net");
  expect(() => targetOf("standby", { primary })).toThrow(
    "activeSite is standby, but no standby is configured. Fix: set standbyStack, or activeSite to primary",
  );
});
