import { once } from "node:events";
import { createServer as createPlain, type Server as PlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Agent, buildConnector, request } from "undici";
import { createAuthority } from "../../../../rehearsal/cloud/authority";
import type { CertificateAuthority, NameServer, ZoneProxy } from "../../../../rehearsal/cloud/contracts";
import { Zone } from "../../../../rehearsal/cloud/control/cloudflare/zone";
import { DnsClient, startNameServer } from "../../../../rehearsal/cloud/dns";
import { proxyAddress, startZoneProxy } from "../../../../rehearsal/cloud/proxy";

const apex = "blanklabel.example";
const www = `www.${apex}`;
let authority: CertificateAuthority;
let nameServer: NameServer;
let proxy: ZoneProxy;
let zone: Zone;
let dns: DnsClient;
let visitor: Agent;
const ports = new Map<string, number>();
const servers: (Server | PlainServer)[] = [];

async function origin(hostName: string, certified: readonly string[] = [www]): Promise<void> {
  const { chain, key } = await authority.issue(certified);
  const server = createServer({ cert: chain, key }, (asked, response) =>
    response.writeHead(200, { "x-azure-ref": hostName }).end(
      JSON.stringify({
        by: hostName,
        host: asked.headers.host,
        loop: asked.headers["cdn-loop"],
        from: asked.headers["cf-connecting-ip"],
        scheme: asked.headers["x-forwarded-proto"],
        path: asked.url,
      }),
    ),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  ports.set(`${hostName}:443`, (server.address() as AddressInfo).port);
}

const ask = async (host: string, path = "/", scheme = "https") => {
  const { statusCode, headers, body } = await request(`${scheme}://${host}${path}`, { dispatcher: visitor });
  return { status: statusCode, headers, text: await body.text() };
};
const by = async (host: string): Promise<unknown> =>
  (JSON.parse((await ask(host)).text) as Record<string, unknown>)["by"];
const put = (name: string, type: "A" | "CNAME", content: string, proxied = true): string => {
  const record = { name, type, content, ttl: proxied ? 1 : 60, proxied, tags: [] };
  const [made] = zone.apply([{ kind: "post", record }]);
  if (made === undefined) throw new Error("the zone gave no record back");
  return made.id;
};
const answers = async (name: string, type: "A" | "CNAME") =>
  (await dns.ask(name, type)).answers?.map((answer) => "data" in answer && answer.data);

beforeEach(async () => {
  nameServer = await startNameServer();
  dns = new DnsClient({ port: nameServer.port });
  authority = await createAuthority({ nameServerPort: nameServer.port });
  proxy = await startZoneProxy({
    certificate: await authority.issue([apex, `*.${apex}`]),
    zone: apex,
    connect: (host, port) => Promise.resolve(ports.get(`${host}:${String(port)}`)),
    root: authority.root,
  });
  zone = new Zone("0123456789abcdef0123456789abcdef", apex, { nameServer, proxy });
  const connect = buildConnector({ ca: authority.root });
  visitor = new Agent({
    connect: (options, callback) =>
      connect({ ...options, hostname: "127.0.0.1", port: String(proxy.port) }, callback),
  });
  await origin("shared.host.example");
  await origin("shop.azurefd.net");
});
afterEach(async () => {
  await visitor.destroy();
  dns.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  ports.clear();
  await Promise.all([proxy.stop(), authority.stop(), nameServer.stop()]);
});

test("a proxied name is answered with the proxy's address, and never says where it leads", async () => {
  put(www, "CNAME", "shared.host.example");
  expect(await answers(www, "A")).toEqual([proxyAddress]);
  expect(await answers(www, "CNAME")).toEqual([]);
});

test("a request comes to the record's content with the visitor's Host, over TLS", async () => {
  put(www, "CNAME", "shared.host.example");
  const { status, headers, text } = await ask(www, "/cart?of=me");
  expect(JSON.parse(text)).toEqual({
    by: "shared.host.example",
    host: www,
    loop: "cloudflare; loops=1",
    from: "127.0.0.1",
    scheme: "https",
    path: "/cart?of=me",
  });
  expect([status, headers["server"], headers["x-azure-ref"]]).toEqual([
    200,
    "cloudflare",
    "shared.host.example",
  ]);
});

test("a flip is seen with the next request, on the same connection, and DNS never changes", async () => {
  const id = put(www, "CNAME", "shared.host.example");
  expect(await by(www)).toBe("shared.host.example");
  const before = await answers(www, "A");
  zone.apply([{ kind: "patch", id, record: { content: "shop.azurefd.net" } }]);
  expect(await by(www)).toBe("shop.azurefd.net");
  expect(await answers(www, "A")).toEqual(before);
});

test("an address and the apex are proxied, too", async () => {
  ports.set("203.0.113.10:443", ports.get("shared.host.example:443") ?? 0);
  put(www, "A", "203.0.113.10");
  await origin("apex.host.example", [apex]);
  put(apex, "CNAME", "apex.host.example");
  expect(await by(www)).toBe("shared.host.example");
  expect(await answers(apex, "A")).toEqual([proxyAddress]);
  expect(await by(apex)).toBe("apex.host.example");
});

test("a record that is no longer proxied leads past the proxy, which knows the name no more", async () => {
  const id = put(www, "CNAME", "shared.host.example");
  zone.apply([{ kind: "patch", id, record: { proxied: false, ttl: 60 } }]);
  expect(await answers(www, "CNAME")).toEqual(["shared.host.example"]);
  expect((await ask(www)).status).toBe(530);
});

test("a name in clear text is handed on in clear text", async () => {
  const server = createPlain((asked, response) => response.end(`plain ${String(asked.headers.host)}`));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  ports.set("shared.host.example:80", (server.address() as AddressInfo).port);
  put(www, "CNAME", "shared.host.example");
  expect(await ask(www, "/", "http")).toMatchObject({ status: 200, text: `plain ${www}` });
});

test.each([
  [530, "a target that nothing serves", "nowhere.host.example", undefined],
  [526, "an origin whose certificate is for another name", "other.host.example", ["another.example"]],
])("answers %i for %s", async (status, _what, content, certified) => {
  if (certified !== undefined) await origin(content, certified);
  put(www, "CNAME", content);
  expect(await ask(www)).toMatchObject({ status, text: `error ${String(status)} for ${www}\n` });
});

test("takes a certificate for the record's target, and answers 521 where nobody listens", async () => {
  await origin("own.host.example", ["own.host.example"]);
  const id = put(www, "CNAME", "own.host.example");
  expect(await by(www)).toBe("own.host.example");
  const [gone] = servers.slice(-1);
  gone?.closeAllConnections();
  gone?.close();
  ports.set("gone.host.example:443", ports.get("own.host.example:443") ?? 0);
  zone.apply([{ kind: "patch", id, record: { content: "gone.host.example" } }]);
  expect((await ask(www)).status).toBe(521);
});

test("a resolver that asks all the while always gets an answer when A becomes CNAME in one batch", async () => {
  const id = put(www, "A", "203.0.113.10", false);
  put("origin.blanklabel.example", "A", "203.0.113.10", false);
  const seen: number[] = [];
  const stop = new AbortController();
  const resolver = (async () => {
    while (!stop.signal.aborted) seen.push((await dns.ask(www, "A")).answers?.length ?? 0);
  })();
  while (seen.length < 20) await new Promise((resolve) => setImmediate(resolve));
  const post = { name: www, type: "CNAME" as const, content: "origin.blanklabel.example", ttl: 60 };
  zone.apply([
    { kind: "delete", id },
    { kind: "post", record: { ...post, proxied: false, tags: [] } },
  ]);
  const after = seen.length + 20;
  while (seen.length < after) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await resolver;
  expect(seen.filter((count) => count === 0)).toEqual([]);
  expect(new Set(seen)).toEqual(new Set([1, 2]));
});
