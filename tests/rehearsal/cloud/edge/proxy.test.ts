import type { IncomingHttpHeaders } from "node:http";
import tls from "node:tls";
import { once } from "node:events";
import { originOf, routeOf, World } from "./world";

const host = "www.blanklabel.example";
const shop = "shop.azurewebsites.net";
let world: World;

beforeEach(async () => {
  world = await World.start(500);
});
afterEach(() => world.stop());

describe("forwarding", () => {
  it("hands requests to the origin with Front Door's headers and takes them off nobody's word", async () => {
    let seen: IncomingHttpHeaders = {};
    await world.origin(shop, (request, response) => {
      seen = request.headers;
      response.setHeader("connection", "keep-alive, x-private").setHeader("x-private", "1");
      response.end(request.url);
    });
    world.edge.configure([routeOf()], "front-door-1");
    const reply = await world.ask(host, "/shirts?size=15%201/2", {
      headers: { "x-azure-fdid": "forged", "x-forwarded-for": "192.0.2.7", "x-custom": "kept" },
    });
    expect(reply.status).toBe(200);
    expect(reply.body.toString()).toBe("/shirts?size=15%201/2");
    expect(seen).toMatchObject({
      host,
      "x-azure-fdid": "front-door-1",
      "x-forwarded-host": host,
      "x-forwarded-proto": "https",
      "x-forwarded-for": "192.0.2.7, 127.0.0.1",
      "x-azure-clientip": "127.0.0.1",
      "x-custom": "kept",
      "x-azure-ref": reply.headers["x-azure-ref"],
    });
    expect(reply.headers["x-cache"]).toBe("CONFIG_NOCACHE");
    expect(reply.headers["x-private"]).toBeUndefined();
  });

  it("sends the Host header that the origin declares", async () => {
    await world.origin(shop, (request, response) => response.end(request.headers.host));
    world.edge.configure([routeOf({ origins: [originOf(shop, { hostHeader: shop })] })], "id");
    expect((await world.ask(host, "/")).body.toString()).toBe(shop);
  });

  it.each([
    ["with its length", undefined],
    ["in chunks", "chunked"],
  ])("streams bodies both ways, %s", async (_name, encoding) => {
    await world.origin(shop, (request, response) => request.pipe(response));
    world.edge.configure([routeOf()], "id");
    const body = Buffer.alloc(3_000_000, "shirt ");
    const headers: Record<string, string> =
      encoding === undefined ? { "content-length": String(body.length) } : {};
    const reply = await world.ask(host, "/orders", { method: "POST", body, headers });
    expect(reply.body.equals(body)).toBe(true);
  });

  it("sets the headers that the route's rules say", async () => {
    await world.origin(shop, (_request, response) => response.setHeader("cache-control", "no-store").end());
    const responseHeaders = { "Cache-Control": "public, max-age=60" };
    world.edge.configure([routeOf({ rules: [{ fileNames: [], responseHeaders }] })], "id");
    expect((await world.ask(host, "/")).headers["cache-control"]).toBe("public, max-age=60");
  });

  it("serves a few hundred requests at once", async () => {
    await world.origin(shop, (_request, response) => response.end("ok"));
    world.edge.configure([routeOf()], "id");
    const replies = await Promise.all(Array.from({ length: 300 }, () => world.ask(host, "/")));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    expect(world.edge.counts()).toEqual({ [host]: { requests: 300, fromCache: 0, failed: 0 } });
  });
});

describe("routes", () => {
  it("answers 404 for hosts and paths without a route", async () => {
    await world.origin(shop, (_request, response) => response.end("ok"));
    world.edge.configure([routeOf({ patterns: ["/shop/*"] })], "id");
    expect((await world.ask("images.blanklabel.example", "/")).status).toBe(404);
    expect((await world.ask(host, "/other")).status).toBe(404);
    expect((await world.ask(host, "/shop/1")).status).toBe(200);
    world.edge.configure([routeOf({ enabled: false })], "id");
    expect((await world.ask(host, "/shop/1")).status).toBe(404);
  });

  it("sends plain HTTP to HTTPS where the route says so, and serves it where not", async () => {
    await world.origin(shop, (request, response) => response.end(request.headers["x-forwarded-proto"]));
    world.edge.configure([routeOf()], "id");
    const reply = await world.ask(host, "/cart?a=1", { scheme: "http" });
    expect(reply.status).toBe(307);
    expect(reply.headers["location"]).toBe(`https://${host}/cart?a=1`);
    world.edge.configure([routeOf({ httpsRedirect: false })], "id");
    expect((await world.ask(host, "/", { scheme: "http" })).body.toString()).toBe("http");
  });
});

describe("certificates", () => {
  const connect = async (servername: string | undefined): Promise<string> => {
    const socket = tls.connect({
      host: "127.0.0.1",
      port: world.edge.port,
      ca: world.authority.root,
      ...(servername === undefined ? {} : { servername }),
    });
    const ended = await Promise.race([
      once(socket, "secureConnect").then(() => "connected"),
      once(socket, "error").then(() => "failed"),
      once(socket, "close").then(() => "failed"),
    ]).catch(() => "failed");
    socket.destroy();
    return ended;
  };

  it("has no handshake for a name without a certificate", async () => {
    await expect(connect(host)).resolves.toBe("connected");
    await expect(connect("standby.blanklabel.example")).resolves.toBe("failed");
    await expect(connect(undefined)).resolves.toBe("failed");
    world.edge.setCertificate(host, undefined);
    await expect(connect(host)).resolves.toBe("failed");
  });

  it("takes a wildcard certificate for the names one label below it", async () => {
    world.edge.setCertificate("*.azurefd.net", await world.authority.issue(["*.azurefd.net"]));
    await expect(connect("shop-1.azurefd.net")).resolves.toBe("connected");
    await expect(connect("a.b.azurefd.net")).resolves.toBe("failed");
  });
});

describe("origins that fail", () => {
  it("answers 503 where no origin can be reached, and counts it", async () => {
    world.edge.configure([routeOf()], "id");
    expect((await world.ask(host, "/")).status).toBe(503);
    world.edge.configure([routeOf({ origins: [originOf(shop, { enabled: false })] })], "id");
    expect((await world.ask(host, "/")).status).toBe(503);
    expect(world.edge.counts()[host]).toEqual({ requests: 2, fromCache: 0, failed: 2 });
  });

  it("refuses an origin whose certificate is for another name", async () => {
    await world.origin(shop, (_request, response) => response.end("ok"), ["other.azurewebsites.net"]);
    world.edge.configure([routeOf()], "id");
    expect((await world.ask(host, "/")).status).toBe(503);
  });

  it("answers 504 where an origin does not answer in time", async () => {
    await world.origin(shop, () => undefined);
    world.edge.configure([routeOf()], "id");
    expect((await world.ask(host, "/")).status).toBe(504);
  });

  it("prefers the lower priority number and goes to the next where that is gone", async () => {
    const first = await world.origin("one.test", (_request, response) => response.end("one"));
    await world.origin("two.test", (_request, response) => response.end("two"));
    const origins = [originOf("two.test", { priority: 2 }), originOf("one.test")];
    world.edge.configure([routeOf({ origins })], "id");
    expect((await world.ask(host, "/")).body.toString()).toBe("one");
    first.closeAllConnections();
    first.close();
    expect((await world.ask(host, "/")).body.toString()).toBe("two");
    // The failed one is passed over now, so that what cannot be sent twice goes through as well.
    expect((await world.ask(host, "/", { method: "POST", body: "order" })).body.toString()).toBe("two");
  });

  it("does not send an order twice", async () => {
    let orders = 0;
    await world.origin("one.test", (request) => {
      orders += 1;
      request.socket.destroy();
    });
    await world.origin("two.test", (_request, response) => response.end(String(++orders)));
    const origins = [originOf("one.test"), originOf("two.test", { priority: 2 })];
    world.edge.configure([routeOf({ origins })], "id");
    expect((await world.ask(host, "/orders", { method: "POST", body: "order" })).status).toBe(503);
    expect(orders).toBe(1);
  });

  it("passes an origin's own errors on and does not fail over on them", async () => {
    await world.origin("one.test", (_request, response) => {
      response.statusCode = 404;
      response.end("gone");
    });
    await world.origin("two.test", (_request, response) => response.end("two"));
    const origins = [originOf("one.test"), originOf("two.test", { priority: 2 })];
    world.edge.configure([routeOf({ origins })], "id");
    expect(await world.ask(host, "/")).toMatchObject({ status: 404, body: Buffer.from("gone") });
  });
});
