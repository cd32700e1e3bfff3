import type { JsonObject } from "../../../../rehearsal/cloud/control/json";
import { TestCloud, subscription, text } from "./test-cloud";

const group = { resourceGroupName: "rg" };
const place = { ...group, location: "northeurope" };
const serverFarmId = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Web/serverfarms/plan`;
const hostName = "www.blanklabel.example";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
});
afterEach(() => cloud.stop());

/** An app on a plan, and what proves host names to it. */
async function app(size = "B1"): Promise<string> {
  const tier = size.startsWith("F") ? "Free" : "Basic";
  await cloud.make("web:AppServicePlan", {
    ...place,
    name: "plan",
    sku: { name: size, tier },
    reserved: true,
  });
  const { state } = await cloud.make("web:WebApp", { ...place, name: "shop", serverFarmId });
  return text(state["customDomainVerificationId"]);
}

const binding = { ...group, name: "shop", siteName: "shop", hostName } as const;
const bind = (more: JsonObject = {}) => cloud.make("web:WebAppHostNameBinding", { ...binding, ...more });
const certificate = (more: JsonObject = {}) =>
  cloud.make("web:Certificate", { ...place, name: hostName, serverFarmId, canonicalName: hostName, ...more });

/** Bound, and led to by DNS. */
async function bound(): Promise<string> {
  await cloud.record("TXT", "asuid.www", await app());
  const { id } = await bind();
  await cloud.record("CNAME", "www", "shop.azurewebsites.net");
  return id;
}

test("a certificate needs its name and plan, a plan that has TLS, and is App Service's own", async () => {
  await expect(certificate()).rejects.toThrow("Cannot find App Service plan with name plan.");
  await expect(cloud.make("web:Certificate", { ...place, name: hostName, serverFarmId })).rejects.toThrow(
    "canonicalName is required",
  );
  await expect(certificate({ pfxBlob: "a", password: "b" })).rejects.toThrow(
    "canonicalName is the only source of a certificate that is rehearsed",
  );
  await app("F1");
  await expect(certificate()).rejects.toThrow(
    "A managed certificate needs a Basic plan or above; plan is F1.",
  );
});

test("a certificate is issued only for a name that is bound, and leads to the app itself", async () => {
  const proof = await app();
  await expect(certificate()).rejects.toThrow(
    "www.blanklabel.example is not a hostname assigned to an app on plan: the certificate has to depend on the binding.",
  );
  await cloud.record("TXT", "asuid.www", proof);
  await bind();
  await expect(certificate()).rejects.toThrow(
    "Certificate creation requires hostname www.blanklabel.example to be a CNAME of shop.azurewebsites.net; it leads to nothing.",
  );
  const elsewhere = await cloud.record("CNAME", "www", "edge.azurefd.net");
  await expect(certificate()).rejects.toThrow("it leads to edge.azurefd.net.");
  await cloud.cloudflare.remove("cloudflare:index/dnsRecord:DnsRecord", elsewhere.id, {});
  await cloud.record("CNAME", "www", "shop.azurewebsites.net");
  const { state } = await certificate();
  expect(state).toMatchObject({ hostNames: [hostName], subjectName: hostName, valid: true });
  expect(text(state["thumbprint"])).toMatch(/^[0-9A-F]{40}$/);
});

test("a zone's own name, bound by its address, has to lead to the app in the end", async () => {
  const apex = "blanklabel.example";
  await cloud.record("TXT", "asuid", await app());
  await bind({ hostName: apex, customHostNameDnsRecordType: "A" });
  const own = () => certificate({ name: apex, canonicalName: apex });
  await expect(own()).rejects.toThrow(
    "requires hostname blanklabel.example to lead to the address of shop.azurewebsites.net; it leads to nothing.",
  );
  await cloud.record("CNAME", "apex", hostName, { name: apex });
  await expect(own()).rejects.toThrow(`it leads to ${hostName}.`);
  const elsewhere = await cloud.record("CNAME", "www", "edge.azurefd.net");
  await expect(own()).rejects.toThrow("it leads to edge.azurefd.net.");
  await cloud.cloudflare.remove("cloudflare:index/dnsRecord:DnsRecord", elsewhere.id, {});
  await cloud.record("CNAME", "www", "shop.azurewebsites.net");
  expect((await own()).state).toMatchObject({ hostNames: [apex], valid: true });
});

test("TLS is bound by the thumbprint of a certificate that is there, for that name", async () => {
  const id = await bound();
  const tls = (more: JsonObject) =>
    cloud.change("web:WebAppHostNameBinding", id, { ...binding, sslState: "SniEnabled", ...more });
  await expect(tls({})).rejects.toThrow("SniEnabled of");
  await expect(tls({ thumbprint: "AB12" })).rejects.toThrow(
    "Cannot find Certificate with name or thumbprint AB12.",
  );
  const { state } = await certificate();
  const thumbprint = text(state["thumbprint"]);
  await cloud.record(
    "TXT",
    "asuid.shop",
    text(cloud.cloud.world.ofType("web:WebApp")[0]?.outputs["customDomainVerificationId"]),
  );
  await expect(
    bind({ hostName: "shop.blanklabel.example", sslState: "SniEnabled", thumbprint }),
  ).rejects.toThrow(`'${thumbprint}' does not match the hostname 'shop.blanklabel.example'.`);
  expect(await tls({ thumbprint })).toMatchObject({ sslState: "SniEnabled", thumbprint });
  await cloud.realiser.settled();
  expect(cloud.realised.apps.get("shop")?.certificates).toEqual({
    [hostName]: expect.objectContaining({ chain: "chain" }) as unknown,
  });
});

test("a certificate that is bound cannot be deleted; without it the app shows its own again", async () => {
  const id = await bound();
  const { id: certificateId, state } = await certificate();
  const thumbprint = text(state["thumbprint"]);
  await cloud.change("web:WebAppHostNameBinding", id, { ...binding, sslState: "SniEnabled", thumbprint });
  await expect(cloud.remove("web:Certificate", certificateId)).rejects.toThrow(
    "Certificate www.blanklabel.example cannot be deleted because it is bound to www.blanklabel.example of shop.",
  );
  await cloud.change("web:WebAppHostNameBinding", id, { ...binding, sslState: "Disabled" });
  await cloud.remove("web:Certificate", certificateId);
  await cloud.realiser.settled();
  expect(cloud.realised.apps.get("shop")?.certificates).toBeUndefined();
});
