import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Resolver } from "node:dns/promises";
import * as dnsPacket from "dns-packet";
import type { DeclaredRecord, NameServer } from "../../../../rehearsal/cloud/contracts";
import { DnsClient, responseCode, startNameServer } from "../../../../rehearsal/cloud/dns";

let server: NameServer;
let resolver: Resolver;
let client: DnsClient;
let nextId = 1;

const declare = (
  name: string,
  type: DeclaredRecord["type"],
  content: string,
  rest: Partial<DeclaredRecord> = {},
): string => {
  const id = `r${nextId++}`;
  server.put({ id, name, type, content, ttl: 60, ...rest });
  return id;
};

beforeEach(async () => {
  server = await startNameServer();
  resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.port}`]);
  client = new DnsClient({ port: server.port });
});

afterEach(async () => {
  client.close();
  resolver.cancel();
  await server.stop();
});

/** One raw datagram and its answer; undefined where none comes before a valid question is answered. */
async function exchange(message: Buffer): Promise<Buffer | undefined> {
  const socket = createSocket("udp4");
  const sentinel = dnsPacket.encode({
    type: "query",
    id: 0xffff,
    questions: [{ type: "A", name: "sentinel" }],
  });
  try {
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    socket.send(message, server.port, "127.0.0.1");
    socket.send(sentinel, server.port, "127.0.0.1");
    for (;;) {
      const [answer] = (await once(socket, "message")) as [Buffer];
      return answer.readUInt16BE(0) === 0xffff ? undefined : answer;
    }
  } finally {
    socket.close();
  }
}

describe("answers", () => {
  it("serves each declared type with its TTL", async () => {
    declare("www.blanklabel.example", "A", "127.0.0.1", { ttl: 60 });
    declare("www.blanklabel.example", "AAAA", "::1", { ttl: 90 });
    declare("blanklabel.example", "MX", "mx.blanklabel.example", { priority: 10 });
    declare("blanklabel.example", "NS", "ns.blanklabel.example");
    declare("blanklabel.example", "CAA", '0 issue "digicert.com"');
    declare("blanklabel.example", "TXT", "v=spf1 -all");

    await expect(resolver.resolve4("www.blanklabel.example", { ttl: true })).resolves.toEqual([
      { address: "127.0.0.1", ttl: 60 },
    ]);
    await expect(resolver.resolve6("www.blanklabel.example", { ttl: true })).resolves.toEqual([
      { address: "::1", ttl: 90 },
    ]);
    await expect(resolver.resolveMx("blanklabel.example")).resolves.toEqual([
      { exchange: "mx.blanklabel.example", priority: 10 },
    ]);
    await expect(resolver.resolveNs("blanklabel.example")).resolves.toEqual(["ns.blanklabel.example"]);
    await expect(resolver.resolveCaa("blanklabel.example")).resolves.toEqual([
      { critical: 0, issue: "digicert.com" },
    ]);
    await expect(resolver.resolveTxt("blanklabel.example")).resolves.toEqual([["v=spf1 -all"]]);
  });

  it("puts a chain of aliases and its end into one answer", async () => {
    declare("www.blanklabel.example", "CNAME", "shop-1.azurefd.net", { ttl: 60 });
    declare("shop-1.azurefd.net", "CNAME", "edge.azurefd.net", { ttl: 300 });
    declare("edge.azurefd.net", "A", "127.0.0.1", { ttl: 30 });
    const packet = await client.ask("www.blanklabel.example", "A");
    expect(packet.flag_aa).toBe(true);
    expect(packet.answers?.map((answer) => [answer.name, answer.type])).toEqual([
      ["www.blanklabel.example", "CNAME"],
      ["shop-1.azurefd.net", "CNAME"],
      ["edge.azurefd.net", "A"],
    ]);
    await expect(resolver.resolveCname("www.blanklabel.example")).resolves.toEqual(["shop-1.azurefd.net"]);
  });

  it("gives the alias alone where its target is not known here", async () => {
    declare("www.blanklabel.example", "CNAME", "elsewhere.test");
    const packet = await client.ask("www.blanklabel.example", "A");
    expect(responseCode(packet)).toBe(0);
    expect(packet.answers).toHaveLength(1);
  });

  it("ends a loop of aliases", async () => {
    declare("a.blanklabel.example", "CNAME", "b.blanklabel.example");
    declare("b.blanklabel.example", "CNAME", "a.blanklabel.example");
    const packet = await client.ask("a.blanklabel.example", "A");
    expect(responseCode(packet)).toBe(0);
  });

  it("keeps text and mail beside an alias at the apex", async () => {
    declare("blanklabel.example", "CNAME", "www.blanklabel.example");
    declare("blanklabel.example", "TXT", "proof");
    declare("www.blanklabel.example", "A", "127.0.0.1");
    await expect(resolver.resolveTxt("blanklabel.example")).resolves.toEqual([["proof"]]);
    await expect(resolver.resolve4("blanklabel.example")).resolves.toEqual(["127.0.0.1"]);
  });

  it("repeats the question in the letters it was asked in", async () => {
    declare("www.blanklabel.example", "A", "127.0.0.1");
    const query = dnsPacket.encode({
      type: "query",
      id: 7,
      questions: [{ type: "A", name: "wWw.BlankLABEL.example" }],
    });
    const answer = await exchange(query);
    if (answer === undefined) throw new Error("no answer");
    const packet = dnsPacket.decode(answer);
    expect(packet.questions?.[0]?.name).toBe("wWw.BlankLABEL.example");
    expect(packet.answers).toHaveLength(1);
  });

  it("splits a text longer than 255 bytes into strings", async () => {
    const text = "k".repeat(600);
    declare("key.blanklabel.example", "TXT", text);
    const [strings] = await resolver.resolveTxt("key.blanklabel.example");
    expect(strings?.map((part) => part.length)).toEqual([255, 255, 90]);
    expect(strings?.join("")).toBe(text);
  });

  it("cuts what does not fit a datagram and serves it whole over TCP", async () => {
    for (let i = 0; i < 10; i++) declare("many.blanklabel.example", "TXT", `${i}`.repeat(200));
    const query = dnsPacket.encode({
      type: "query",
      id: 8,
      questions: [{ type: "TXT", name: "many.blanklabel.example" }],
    });
    const cut = await exchange(query);
    if (cut === undefined) throw new Error("no answer");
    expect(dnsPacket.decode(cut).flag_tc).toBe(true);
    expect(cut.length).toBeLessThanOrEqual(512);
    await expect(resolver.resolveTxt("many.blanklabel.example")).resolves.toHaveLength(10);
    expect((await client.ask("many.blanklabel.example", "TXT")).answers).toHaveLength(10);
  });

  it("answers for the names under a wildcard, but not for one that exists", async () => {
    declare("*.blanklabel.example", "A", "127.0.0.1");
    declare("mail.blanklabel.example", "TXT", "proof");
    await expect(resolver.resolve4("anything.blanklabel.example")).resolves.toEqual(["127.0.0.1"]);
    await expect(resolver.resolve4("mail.blanklabel.example")).rejects.toMatchObject({ code: "ENODATA" });
  });
});

describe("absence", () => {
  it("tells a name that does not exist from one without such records", async () => {
    declare("_dnsauth.www.blanklabel.example", "TXT", "token");
    await expect(resolver.resolve4("nothing.blanklabel.example")).rejects.toMatchObject({
      code: "ENOTFOUND",
    });
    await expect(resolver.resolve4("_dnsauth.www.blanklabel.example")).rejects.toMatchObject({
      code: "ENODATA",
    });
    // Exists only because something lies below it.
    await expect(resolver.resolve4("www.blanklabel.example")).rejects.toMatchObject({ code: "ENODATA" });
  });

  it("names the zone and how long to remember", async () => {
    declare("www.blanklabel.example", "A", "127.0.0.1");
    const packet = await client.ask("nothing.blanklabel.example", "A");
    expect(responseCode(packet)).toBe(3);
    expect(packet.authorities).toMatchObject([
      { type: "SOA", name: "blanklabel.example", ttl: 1800, data: { minimum: 1800 } },
    ]);
  });

  it("has no data for a type it does not know", async () => {
    declare("www.blanklabel.example", "A", "127.0.0.1");
    const query = dnsPacket.encode({
      type: "query",
      id: 9,
      questions: [{ type: "A", name: "www.blanklabel.example" }],
    });
    query.writeUInt16BE(65, query.length - 4); // HTTPS records, as browsers ask for
    const answer = await exchange(query);
    if (answer === undefined) throw new Error("no answer");
    expect(answer.readUInt16BE(2) & 0x0f).toBe(0);
    expect(answer.readUInt16BE(6)).toBe(0);
    expect(answer.subarray(12, query.length)).toEqual(query.subarray(12));
  });

  it("forgets a record when it is removed, and replaces one with the same id in one step", async () => {
    const id = declare("www.blanklabel.example", "CNAME", "primary.test");
    server.put({ id, name: "www.blanklabel.example", type: "CNAME", content: "standby.test", ttl: 60 });
    await expect(resolver.resolveCname("www.blanklabel.example")).resolves.toEqual(["standby.test"]);
    server.remove(id);
    await expect(resolver.resolveCname("www.blanklabel.example")).rejects.toMatchObject({
      code: "ENOTFOUND",
    });
  });
});

describe("bad input", () => {
  it("does not answer what is no question", async () => {
    expect(await exchange(Buffer.from("no"))).toBeUndefined();
    const response = dnsPacket.encode({
      type: "response",
      id: 3,
      questions: [{ type: "A", name: "a.test" }],
    });
    expect(await exchange(response)).toBeUndefined();
  });

  it("says so where a question cannot be read", async () => {
    const query = dnsPacket.encode({ type: "query", id: 4, questions: [{ type: "A", name: "a.test" }] });
    const answer = await exchange(query.subarray(0, query.length - 4));
    expect(answer?.readUInt16BE(0)).toBe(4);
    expect((answer?.readUInt16BE(2) ?? 0) & 0x0f).toBe(1);
  });

  it("implements no updates", async () => {
    const query = dnsPacket.encode({ type: "query", id: 5, questions: [{ type: "SOA", name: "a.test" }] });
    query.writeUInt8(5 << 3, 2);
    const answer = await exchange(query);
    expect((answer?.readUInt16BE(2) ?? 0) & 0x0f).toBe(4);
  });

  it("refuses a CAA record that nobody could read", () => {
    expect(() => declare("blanklabel.example", "CAA", "digicert.com")).toThrow(
      `CAA content "digicert.com" is not readable`,
    );
  });

  it("fails where its port is taken", async () => {
    await expect(startNameServer({ port: server.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
