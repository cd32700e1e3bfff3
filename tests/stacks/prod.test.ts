import * as pulumi from "@pulumi/pulumi";
import { parseProd } from "../../settings/prod";
import { prod, type ProdOutputs } from "../../stacks/prod";
import { declared, runMocked } from "../components/mocked";
import { prodExample } from "../settings/examples";

const www = "cloudflare:index/dnsRecord:DnsRecord www";
const edgeHost = "blanklabel-standby-abc123-hash.z01.azurefd.net";

async function run(changes: Record<string, string>) {
  const made: ProdOutputs[] = [];
  const { registered } = await runMocked("prod", () => {
    made.push(prod(parseProd("prod", { ...prodExample, ...changes }, [])));
  });
  return { records: declared(registered), outputs: made[0] };
}

test("before any standby: two records, and no reference to another stack", async () => {
  const { records, outputs } = await run({});
  expect(Object.keys(records).sort()).toEqual([www, "cloudflare:index/dnsRecord:DnsRecord www-apex"]);
  expect(records[www]).toMatchObject({ type: "CNAME", content: "shared.host.example", ttl: 60 });
  expect(outputs?.activeSite).toBe("primary");
});

test("a flip changes one input of one record and nothing else", async () => {
  const standbyStack = "organization/warm-standby/standby";
  const { records: before } = await run({ standbyStack });
  const { records: after } = await run({ standbyStack, activeSite: "standby" });
  expect(Object.keys(before)).toContain("pulumi:pulumi:StackReference organization/warm-standby/standby");
  expect(after).toEqual({ ...before, [www]: { ...before[www], content: edgeHost } });
});

test("what others read of this stack", async () => {
  const { outputs } = await run({ standbyStack: "organization/warm-standby/standby" });
  const seen = await new Promise((resolve) => {
    pulumi.all([outputs?.record, outputs?.targets]).apply(([record, targets]) => {
      resolve({ record, targets });
    });
  });
  expect(seen).toEqual({
    record: {
      zoneId: prodExample.zoneId,
      id: "/id/DnsRecord/www",
      name: "www.blanklabel.example",
      type: "CNAME",
      content: "shared.host.example",
      ttl: 60,
    },
    targets: { primary: "shared.host.example", standby: edgeHost },
  });
});
