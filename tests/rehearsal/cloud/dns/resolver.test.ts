import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { NameServer } from "../../../../rehearsal/cloud/contracts";
import { CachingResolver, DnsClient, startNameServer } from "../../../../rehearsal/cloud/dns";

let server: NameServer;
let client: DnsClient;
let asked: string[];
let seconds: number;
const now = (): number => seconds;

beforeEach(async () => {
  server = await startNameServer();
  client = new DnsClient({ port: server.port });
  asked = [];
  seconds = 1_000;
  const ask = client.ask.bind(client);
  jest.spyOn(client, "ask").mockImplementation((name, type) => {
    asked.push(`${type} ${name}`);
    return ask(name, type);
  });
});

afterEach(async () => {
  client.close();
  await server.stop();
});

const pointAt = (content: string, ttl = 60): void =>
  server.put({ id: "www", name: "www.blanklabel.example", type: "CNAME", content, ttl });

it("follows a change once the TTL has passed, and not before", async () => {
  const resolver = new CachingResolver({ client, now });
  pointAt("primary.test");
  await expect(resolver.canonicalName("www.blanklabel.example")).resolves.toBe("primary.test");
  pointAt("standby.test");
  seconds += 59;
  await expect(resolver.canonicalName("WWW.blanklabel.example.")).resolves.toBe("primary.test");
  seconds += 1;
  await expect(resolver.canonicalName("www.blanklabel.example")).resolves.toBe("standby.test");
  expect(asked).toHaveLength(2);
});

it("holds an answer for as long as it was told, whatever its TTL", async () => {
  const sixteenHours = 16 * 3600;
  const resolver = new CachingResolver({ client, now, holdAtLeast: sixteenHours });
  pointAt("primary.test");
  await resolver.canonicalName("www.blanklabel.example");
  pointAt("standby.test");
  seconds += sixteenHours - 1;
  await expect(resolver.canonicalName("www.blanklabel.example")).resolves.toBe("primary.test");
  seconds += 1;
  await expect(resolver.canonicalName("www.blanklabel.example")).resolves.toBe("standby.test");
});

it("keeps the shortest TTL of a chain", async () => {
  const resolver = new CachingResolver({ client, now });
  pointAt("edge.azurefd.net", 300);
  server.put({ id: "edge", name: "edge.azurefd.net", type: "A", content: "127.0.0.1", ttl: 30 });
  await expect(resolver.resolve("www.blanklabel.example")).resolves.toEqual({
    status: "found",
    chain: ["www.blanklabel.example", "edge.azurefd.net"],
    values: ["127.0.0.1"],
    expires: seconds + 30,
  });
});

it("remembers absence by the zone's minimum", async () => {
  const resolver = new CachingResolver({ client, now });
  await expect(resolver.resolve("new.blanklabel.example")).resolves.toMatchObject({
    status: "no-name",
    expires: seconds + 1800,
  });
  server.put({ id: "new", name: "new.blanklabel.example", type: "A", content: "127.0.0.1", ttl: 60 });
  seconds += 1799;
  await expect(resolver.resolve("new.blanklabel.example")).resolves.toMatchObject({ status: "no-name" });
  seconds += 1;
  await expect(resolver.resolve("new.blanklabel.example")).resolves.toMatchObject({ status: "found" });
  await expect(resolver.resolve("new.blanklabel.example", "TXT")).resolves.toMatchObject({
    status: "no-data",
  });
});

it("asks once for many who want the same name at the same time", async () => {
  const resolver = new CachingResolver({ client, now });
  pointAt("primary.test");
  const names = await Promise.all(
    Array.from({ length: 50 }, () => resolver.canonicalName("www.blanklabel.example")),
  );
  expect(new Set(names)).toEqual(new Set(["primary.test"]));
  expect(asked).toHaveLength(1);
});

it("resolves thousands of names over one socket", async () => {
  // As patient as a busy machine needs: a burst of 2,000 also overruns a socket's buffer now and then.
  const patient = new DnsClient({ port: server.port, timeoutMilliseconds: 10_000, attempts: 3 });
  const resolver = new CachingResolver({ client: patient, now });
  for (let i = 0; i < 2_000; i++)
    server.put({ id: `n${i}`, name: `n${i}.blanklabel.example`, type: "A", content: "127.0.0.1", ttl: 60 });
  const found = await Promise.all(
    Array.from({ length: 2_000 }, (_, i) => resolver.resolve(`n${i}.blanklabel.example`)),
  );
  patient.close();
  expect(found.every(({ status }) => status === "found")).toBe(true);
});

it("asks again after a lost packet, and does not remember a failure", async () => {
  const silent = createSocket("udp4");
  silent.bind(0, "127.0.0.1");
  await once(silent, "listening");
  let received = 0;
  silent.on("message", () => received++);
  const lost = new DnsClient({ port: silent.address().port, timeoutMilliseconds: 20, attempts: 3 });
  const resolver = new CachingResolver({ client: lost, now });
  try {
    await expect(resolver.resolve("www.blanklabel.example")).rejects.toMatchObject({ code: "ETIMEOUT" });
    expect(received).toBe(3);
    await expect(resolver.resolve("www.blanklabel.example")).rejects.toMatchObject({ code: "ETIMEOUT" });
    expect(received).toBe(6);
  } finally {
    lost.close();
    silent.close();
  }
});

it("cancels open questions when it is closed", async () => {
  const silent = createSocket("udp4");
  silent.bind(0, "127.0.0.1");
  await once(silent, "listening");
  const closing = new DnsClient({ port: silent.address().port });
  const open = closing.ask("www.blanklabel.example", "A");
  closing.close();
  await expect(open).rejects.toMatchObject({ code: "ECANCELLED" });
  await expect(closing.ask("www.blanklabel.example", "A")).rejects.toMatchObject({ code: "ECANCELLED" });
  silent.close();
});
