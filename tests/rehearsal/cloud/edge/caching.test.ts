import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { EdgeRoute } from "../../../../rehearsal/cloud/contracts";
import { originOf, routeOf, World } from "./world";

const host = "images.blanklabel.example";
const storage = "images.blob.core.windows.net";
let world: World;
let asked: number;
let headers: Record<string, string>;
let body: Buffer;
let status: number;

const route = (cache: Partial<EdgeRoute["cache"]> = {}): EdgeRoute =>
  routeOf({
    id: "images",
    hosts: [host],
    origins: [originOf(storage)],
    cache: {
      queryStringCachingBehavior: "IgnoreQueryString",
      compress: false,
      contentTypesToCompress: [],
      ...cache,
    },
  });

beforeAll(async () => {
  world = await World.start();
  await world.origin(storage, (request, response) => {
    asked += 1;
    response.writeHead(status, { "content-length": body.length, ...headers });
    response.end(request.method === "HEAD" ? undefined : body);
  });
});
afterAll(() => world.stop());

let page = 0;
/** A path that no test before has asked for: the edge is shared, and so is its cache. */
let path: string;
beforeEach(() => {
  asked = 0;
  status = 200;
  body = Buffer.from("image");
  headers = { "content-type": "image/svg+xml" };
  path = `/image-${++page}.svg`;
  world.edge.configure([route()], "id");
});

const xCache = async (url: string, more: Record<string, string> = {}): Promise<unknown> =>
  (await world.ask(host, url, { headers: more })).headers["x-cache"];

it.each([
  ["nothing at all", {}, true],
  ["max-age", { "cache-control": "public, max-age=60" }, true],
  ["s-maxage over max-age", { "cache-control": "max-age=0, s-maxage=60" }, true],
  ["max-age=0", { "cache-control": "max-age=0" }, false],
  ["no-store", { "cache-control": "no-store" }, false],
  ["no-cache", { "cache-control": "no-cache" }, false],
  ["private", { "cache-control": "private, max-age=60" }, false],
  ["a cookie", { "set-cookie": "a=b", "cache-control": "max-age=60" }, false],
  ["Expires in the past", { expires: "Thu, 01 Jan 2015 00:00:00 GMT" }, false],
  ["Expires that is no date", { expires: "0" }, false],
  ["Vary by language", { vary: "Accept-Language" }, false],
  ["Vary by encoding", { vary: "Accept-Encoding" }, true],
])("where the origin says %s, it is kept or not", async (_name, more, kept) => {
  headers = { ...headers, ...more };
  expect(await xCache(path)).toBe("TCP_MISS");
  expect(await xCache(path)).toBe(kept ? "TCP_HIT" : "TCP_MISS");
  expect(asked).toBe(kept ? 1 : 2);
});

it("keeps only what was found", async () => {
  status = 404;
  expect(await xCache(path)).toBe("TCP_MISS");
  expect(await xCache(path)).toBe("TCP_MISS");
  expect(asked).toBe(2);
});

it("keeps nothing where the route has no caching, or for requests with credentials", async () => {
  expect(await xCache(path, { authorization: "Bearer x" })).toBe("CONFIG_NOCACHE");
  expect(await xCache(path, { authorization: "Bearer x" })).toBe("CONFIG_NOCACHE");
  world.edge.configure([routeOf({ hosts: [host], origins: [originOf(storage)] })], "id");
  expect(await xCache(path)).toBe("CONFIG_NOCACHE");
  expect(asked).toBe(3);
});

it("does not keep writes, and answers HEAD from what GET left", async () => {
  expect((await world.ask(host, path, { method: "POST", body: "x" })).headers["x-cache"]).toBe(
    "CONFIG_NOCACHE",
  );
  await world.ask(host, path);
  const head = await world.ask(host, path, { method: "HEAD" });
  expect(head.headers).toMatchObject({ "x-cache": "TCP_HIT", "content-length": "5" });
  expect(asked).toBe(2);
});

it.each([
  ["IgnoreQueryString", undefined, "?a=1", "?b=2", true],
  ["UseQueryString", undefined, "?a=1", "?a=1", true],
  ["UseQueryString", undefined, "?a=1", "?a=2", false],
  ["IgnoreSpecifiedQueryStrings", "utm,ref", "?a=1&utm=x", "?a=1&utm=y", true],
  ["IgnoreSpecifiedQueryStrings", "utm,ref", "?a=1", "?a=2", false],
  ["IncludeSpecifiedQueryStrings", "v", "?v=1&t=1", "?v=1&t=2", true],
  ["IncludeSpecifiedQueryStrings", "v", "?v=1", "?v=2", false],
])("%s (%s): %s and %s are the same: %s", async (behaviour, parameters, first, second, same) => {
  const more = parameters === undefined ? {} : { queryParameters: parameters };
  world.edge.configure([route({ queryStringCachingBehavior: behaviour, ...more })], "id");
  await world.ask(host, path + first);
  expect(await xCache(path + second)).toBe(same ? "TCP_HIT" : "TCP_MISS");
});

it("refuses a behaviour that Front Door does not have", () => {
  expect(() => world.edge.configure([route({ queryStringCachingBehavior: "Ignore" })], "id")).toThrow(
    'Route "images" has queryStringCachingBehavior "Ignore"; allowed are IgnoreQueryString, UseQueryString',
  );
});

it.each([
  ["br, gzip", "br", brotliDecompressSync],
  ["gzip", "gzip", gunzipSync],
  ["gzip;q=1, br;q=0", "gzip", gunzipSync],
])("compresses listed types for clients that take %s", async (accepted, encoding, decompress) => {
  body = Buffer.alloc(5_000, "<path/>");
  world.edge.configure([route({ compress: true, contentTypesToCompress: ["image/svg+xml"] })], "id");
  for (const expected of ["TCP_MISS", "TCP_HIT"]) {
    const reply = await world.ask(host, path, { headers: { "accept-encoding": accepted } });
    expect(reply.headers).toMatchObject({ "content-encoding": encoding, "x-cache": expected });
    expect(reply.body.length).toBeLessThan(500);
    expect(decompress(reply.body).equals(body)).toBe(true);
  }
  const plain = await world.ask(host, path);
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(plain.body.equals(body)).toBe(true);
});

it.each([
  ["another type", "image/png", 5_000, true],
  ["less than 1 KB", "image/svg+xml", 1_023, true],
  ["more than 8 MB", "image/svg+xml", 8 * 1024 * 1024 + 1, true],
  ["compression off", "image/svg+xml", 5_000, false],
])("does not compress %s", async (_name, type, bytes, compress) => {
  body = Buffer.alloc(bytes, "x");
  headers = { "content-type": type };
  world.edge.configure([route({ compress, contentTypesToCompress: ["image/svg+xml"] })], "id");
  for (let i = 0; i < 2; i++) {
    const reply = await world.ask(host, path, { headers: { "accept-encoding": "br" } });
    expect(reply.headers["content-encoding"]).toBeUndefined();
    expect(reply.body.length).toBe(bytes);
  }
});

it("answers conditional requests and ranges from the cache", async () => {
  headers = { ...headers, etag: '"v1"' };
  await world.ask(host, path);
  const same = await world.ask(host, path, { headers: { "if-none-match": 'W/"v1"' } });
  expect(same).toMatchObject({ status: 304, headers: { etag: '"v1"', "x-cache": "TCP_HIT" } });
  expect(same.body).toHaveLength(0);
  const other = await world.ask(host, path, { headers: { "if-none-match": '"v2"' } });
  expect(other.status).toBe(200);
  const part = await world.ask(host, path, { headers: { range: "bytes=1-2" } });
  expect(part).toMatchObject({ status: 206, headers: { "content-range": "bytes 1-2/5" } });
  expect(part.body.toString()).toBe("ma");
  const beyond = await world.ask(host, path, { headers: { range: "bytes=9-" } });
  expect(beyond.status).toBe(416);
  expect(asked).toBe(1);
});

it("counts by host name", async () => {
  const before = world.edge.counts()[host] ?? { requests: 0, fromCache: 0, failed: 0 };
  await world.ask(host, path);
  await world.ask(host, path);
  status = 500;
  await world.ask(host, `${path}x`);
  expect(world.edge.counts()[host]).toEqual({
    requests: before.requests + 3,
    fromCache: before.fromCache + 1,
    failed: before.failed + 1,
  });
});
