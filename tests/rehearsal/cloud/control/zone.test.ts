import { TestCloud, zoneId } from "./test-cloud";

const type = "cloudflare:index/dnsRecord:DnsRecord";
let cloud: TestCloud;
beforeEach(() => {
  cloud = new TestCloud();
});
afterEach(() => cloud.stop());

const served = () =>
  [...cloud.realised.records.values()].map(({ name, type: kind, content, ttl }) => ({
    name,
    type: kind,
    content,
    ttl,
  }));

test("a record is served as declared; an automatic TTL is served as 300 seconds", async () => {
  await cloud.record("CNAME", "www", "shared.host.example");
  await cloud.record("TXT", "note", '"quoted"', { ttl: 1 });
  expect(served()).toEqual([
    { name: "www.blanklabel.example", type: "CNAME", content: "shared.host.example", ttl: 60 },
    { name: "note.blanklabel.example", type: "TXT", content: "quoted", ttl: 300 },
  ]);
});

test.each([
  [59, "Invalid TTL 59"],
  [86_401, "Invalid TTL 86401"],
])("a TTL of %i is refused", async (ttl, message) => {
  await expect(cloud.record("CNAME", "www", "shared.host.example", { ttl })).rejects.toThrow(message);
});

test("a proxied record takes no TTL but 1", async () => {
  await expect(
    cloud.record("CNAME", "www", "shared.host.example", { proxied: true, ttl: 60 }),
  ).rejects.toThrow("ttl is 60 for www.blanklabel.example: when proxied is true, ttl must be 1");
});

test("a proxied record is served with the proxy's address, and the proxy is told what it holds", async () => {
  const { id } = await cloud.record("CNAME", "www", "shared.host.example", { proxied: true, ttl: 1 });
  expect(served()).toEqual([
    { name: "www.blanklabel.example", type: "A", content: "198.51.100.10", ttl: 300 },
  ]);
  expect([...cloud.realised.proxied]).toEqual([["www.blanklabel.example", "shared.host.example"]]);
  cloud.zone.apply([{ kind: "patch", id, record: { content: "edge.example.net" } }]);
  expect([...cloud.realised.proxied]).toEqual([["www.blanklabel.example", "edge.example.net"]]);
  cloud.zone.apply([{ kind: "delete", id }]);
  expect([served(), [...cloud.realised.proxied]]).toEqual([[], []]);
});

test("only addresses and aliases can be proxied", async () => {
  await expect(cloud.record("TXT", "note", "x", { proxied: true, ttl: 1 })).rejects.toThrow(
    "This record type (TXT) cannot be proxied; only A, AAAA, CNAME can.",
  );
});

test("at the apex, where an alias is flattened, mail and texts stand beside it, addresses do not", async () => {
  const apex = (type: string, content: string, more: object = {}) =>
    cloud.cloudflare.create({
      type: "cloudflare:index/dnsRecord:DnsRecord",
      urn: "",
      preview: false,
      inputs: { zoneId, name: "blanklabel.example", type, content, ttl: 60, ...more },
    });
  await apex("MX", "mx.host.example", { priority: 10 });
  await apex("CNAME", "www.blanklabel.example");
  await apex("TXT", "proof");
  await expect(apex("A", "203.0.113.7")).rejects.toThrow(
    "A CNAME record with that host (blanklabel.example) already exists.",
  );
});

test("a CNAME stands alone at its name", async () => {
  await cloud.record("A", "www", "203.0.113.7");
  await expect(cloud.record("CNAME", "www", "shared.host.example")).rejects.toThrow("already exists");
  await cloud.record("CNAME", "images", "shared.host.example");
  await expect(cloud.record("TXT", "images", "text")).rejects.toThrow(
    "A CNAME record with that host (images.blanklabel.example) already exists.",
  );
  await expect(cloud.record("A", "www", "203.0.113.7")).rejects.toThrow(
    "An identical record already exists.",
  );
});

test("names and contents have to be what the type wants", async () => {
  await expect(cloud.record("A", "www", "shared.host.example")).rejects.toThrow("an IPv4 address is wanted");
  await expect(cloud.record("CNAME", "www", "http://x")).rejects.toThrow("a host name in full is wanted");
  await expect(cloud.record("TXT", "a b", "x")).rejects.toThrow("is not a valid host name");
});

test("a record of another zone or with a dot at its end is refused", async () => {
  const create = (name: string) =>
    cloud.cloudflare.create({
      type,
      urn: "",
      preview: false,
      inputs: { zoneId, name, type: "TXT", content: "x", ttl: 60 },
    });
  await expect(create("www.other.example")).rejects.toThrow("is not within the zone blanklabel.example");
  await expect(create("www.blanklabel.example.")).rejects.toThrow("ends with a dot");
});

test("another type replaces the record, everything else changes it in place", () => {
  const before = { zoneId, name: "www.blanklabel.example", type: "A", content: "203.0.113.7", ttl: 60 };
  const changed = cloud.cloudflare.diff(type, before, { ...before, type: "CNAME", content: "a.example" });
  expect(changed).toEqual({
    differences: [
      { path: "type", kind: "update", replaces: true },
      { path: "content", kind: "update", replaces: false },
    ],
    deleteBeforeReplace: false,
  });
  expect(cloud.cloudflare.diff(type, before, { ...before })).toMatchObject({ differences: [] });
});

test("a batch moves a name from A to CNAME in one step, or changes nothing", async () => {
  const { id } = await cloud.record("A", "www", "203.0.113.7");
  const post = (content: string) => ({
    kind: "post" as const,
    record: {
      name: "www.blanklabel.example",
      type: "CNAME" as const,
      content,
      ttl: 60,
      proxied: false,
      tags: [],
    },
  });
  expect(() => cloud.zone.apply([{ kind: "delete", id }, post("not a host")])).toThrow("a host name in full");
  expect(served()).toEqual([{ name: "www.blanklabel.example", type: "A", content: "203.0.113.7", ttl: 60 }]);
  cloud.zone.apply([post("shared.host.example"), { kind: "delete", id }]);
  expect(served()).toEqual([
    { name: "www.blanklabel.example", type: "CNAME", content: "shared.host.example", ttl: 60 },
  ]);
});

test("a record is imported by zone and id, and a refresh sees what was changed outside", async () => {
  const { id, state } = await cloud.record("CNAME", "www", "shared.host.example");
  const empty = { type, inputs: {}, state: {} };
  const found = await cloud.cloudflare.read({ ...empty, id: `${zoneId}/${id}` });
  expect(found).toMatchObject({
    id,
    inputs: { zoneId, type: "CNAME", content: "shared.host.example", ttl: 60 },
  });
  expect(await cloud.cloudflare.read({ ...empty, id: `${"f".repeat(32)}/${id}` })).toBeUndefined();
  cloud.zone.apply([{ kind: "patch", id, record: { content: "edge.example.net" } }]);
  const inputs = {
    zoneId,
    name: "www.blanklabel.example",
    type: "CNAME",
    content: "shared.host.example",
    ttl: 60,
  };
  const refreshed = await cloud.cloudflare.read({ type, id, inputs, state });
  expect(refreshed?.inputs).toEqual({ ...inputs, content: "edge.example.net" });
});

test("an unknown property or type fails", () => {
  const inputs = {
    zoneId,
    name: "www.blanklabel.example",
    type: "CNAME",
    content: "a.example",
    ttl: 60,
    flatten: true,
  };
  const request = { name: "www", before: {}, after: inputs, seed: new Uint8Array() };
  expect(cloud.cloudflare.check({ ...request, type }).failures).toEqual([
    {
      property: "flatten",
      reason: expect.stringContaining("is not a property that the local cloud knows") as string,
    },
  ]);
  expect(() => cloud.cloudflare.check({ ...request, type: "cloudflare:index/zone:Zone" })).toThrow(
    "cloudflare:index/zone:Zone is not a type that the local cloud knows",
  );
});
