import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { parseProd } from "../../settings/prod";
import { parseStandby } from "../../settings/standby";
import { checkedOutput, refuseSameRegion } from "../../stacks/primary-reference";
import { prod, type ProdOutputs } from "../../stacks/prod";
import { standby } from "../../stacks/standby";
import { declared, one, runMocked } from "../components/mocked";
import { prodExample, standbyExample } from "../settings/examples";

const stack = "organization/warm-standby/primary";
const own = { primaryHost: undefined, primaryStack: stack };
const host = "blanklabel-primary-abc123.azurewebsites.net";

test("prod leads to the host that the primary's stack says", async () => {
  const made: ProdOutputs[] = [];
  const { registered } = await runMocked("prod", () => {
    made.push(prod(parseProd("prod", { ...prodExample, ...own }, [])));
  });
  expect(one(registered, "cloudflare:index/dnsRecord:DnsRecord", "www")).toMatchObject({
    type: "CNAME",
    content: host,
  });
  const targets = await new Promise((resolve) => pulumi.output(made[0]?.targets).apply(resolve));
  expect(targets).toEqual({ primary: host });
});

const runStandby = (changes: Record<string, unknown>) =>
  runMocked("standby", () => standby(parseStandby("standby", { ...standbyExample, ...changes }, [])));

test("the standby watches it, syncs from it over its own network, and leaves the proof of the name to it", async () => {
  const { registered } = await runStandby(own);
  const resources = declared(registered);
  expect(one(registered, "azure-native:applicationinsights:WebTest", "test-primary")).toMatchObject({
    request: { requestUrl: `https://${host}/healthz` },
  });
  expect(one(registered, "azure-native:monitor:MetricAlert", "test-primary-alert")["description"]).toContain(
    `more than one place outside cannot get https://${host}/healthz. `,
  );
  expect(JSON.stringify(registered)).not.toContain("Calling [toString]");
  expect(one(registered, "azure-native:network:PrivateEndpoint", "primary-database")).toEqual({
    resourceGroupName: "blanklabel-standby-rg",
    privateEndpointName: "blanklabel-standby-primary-database",
    location: "westeurope",
    subnet: {
      id: "/id/Subnet/network-endpoints",
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
    },
    privateLinkServiceConnections: [
      {
        name: "postgresqlServer",
        privateLinkServiceId: "/id/Server/primary-database",
        groupIds: ["postgresqlServer"],
      },
    ],
    tags: { project: "warm-standby", site: "standby", stack: "standby" },
  });
  expect(one(registered, "azure-native:network:PrivateDnsZoneGroup", "primary-database-zone")).toMatchObject({
    privateDnsZoneConfigs: [{ name: "private-zone", privateDnsZoneId: "/id/PrivateZone/network-zone" }],
  });
  expect(resources["azure-native:keyvault:Secret vault-primary-database-url"]).toBeDefined();
  const job = one(registered, "azure-native:web:WebApp", "job")["siteConfig"] as {
    appSettings: readonly { name: string; value: string }[];
  };
  const deployment: unknown = JSON.parse(
    job.appSettings.find(({ name }) => name === "STANDBY_DEPLOYMENT")?.value ?? "",
  );
  expect(deployment).toMatchObject({ primaryHost: host });
  expect(job.appSettings.map(({ name }) => name)).toContain("STANDBY_PRIMARY_DATABASE_URL");
  const proofs = Object.keys(resources).filter((key) => key.endsWith("-proof"));
  expect(proofs).toEqual(["cloudflare:index/dnsRecord:DnsRecord app-standby-proof"]);
  expect(resources["azure-native:web:WebAppHostNameBinding app-public"]).toBeDefined();
});

test("a standby that was there first goes on to declare the proofs", async () => {
  const { registered } = await runStandby({ ...own, publicProof: "standby" });
  expect(one(registered, "cloudflare:index/dnsRecord:DnsRecord", "app-public-proof")).toMatchObject({
    name: "asuid.www.blanklabel.example",
  });
  expect(one(registered, "cloudflare:index/dnsRecord:DnsRecord", "app-apex-proof")).toMatchObject({
    name: "asuid.blanklabel.example",
  });
});

test("what another stack says is checked, and never shown", () => {
  const check = (value: unknown) =>
    checkedOutput(stack, "databaseUrl", "a database's URL", z.string().regex(/:/), value);
  expect(check("postgres://h/d")).toBe("postgres://h/d");
  expect(() => check(undefined)).toThrow(
    `warm-standby:primaryStack is '${stack}', whose output databaseUrl is missing; wanted: a database's URL. Fix: run pulumi up on that stack first, or correct the name`,
  );
  expect(() => check("a password")).toThrow(
    `warm-standby:primaryStack is '${stack}', whose output databaseUrl is something else; wanted: a database's URL. Fix: run pulumi up on that stack first, or correct the name`,
  );
});

test("both sites in one region are refused", () => {
  expect(() => refuseSameRegion(stack, "northeurope", "westeurope")).not.toThrow();
  expect(() => refuseSameRegion(stack, "northeurope", "northeurope")).toThrow(
    `warm-standby:location is 'northeurope', where '${stack}' has the primary; allowed: another region. Fix: pulumi config set location westeurope --stack ${pulumi.getStack()}`,
  );
});
