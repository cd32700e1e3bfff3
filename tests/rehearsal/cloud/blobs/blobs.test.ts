import { createHash, randomBytes } from "node:crypto";
import dns from "node:dns";
import tls from "node:tls";
import { once } from "node:events";
import {
  AnonymousCredential,
  BlobServiceClient,
  type ContainerClient,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { Agent, request } from "undici";
import { createAuthority } from "../../../../rehearsal/cloud/authority";
import { startBlobService } from "../../../../rehearsal/cloud/blobs";
import type { BlobService, CertificateAuthority } from "../../../../rehearsal/cloud/contracts";

const account = "blanklabelimages";
const host = `${account}.blob.core.windows.net`;
const credential = (token: string) => ({
  getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
});

let authority: CertificateAuthority;
let service: BlobService;
let agent: Agent;
let container: ContainerClient;
let restoreLookup: () => void;

/** The official client, led to the local port as the rehearsal's network leads it. */
function client(
  as: AnonymousCredential | StorageSharedKeyCredential | ReturnType<typeof credential>,
): BlobServiceClient {
  const options = { tlsOptions: { ca: authority.root }, retryOptions: { maxTries: 1 } };
  return new BlobServiceClient(`https://${host}:${service.port}`, as, options);
}

const allowPublic = (allowed: boolean): void =>
  service.addAccount({
    name: account,
    allowBlobPublicAccess: allowed,
    accessOf: ({ token, wants }) =>
      token === "operator" || (token === "reader" && wants === "read")
        ? "granted"
        : token === "reader"
          ? "no-role"
          : "no-token",
  });

beforeAll(async () => {
  authority = await createAuthority({ nameServerPort: 1 });
  service = await startBlobService({ certificateFor: (name) => authority.issue([name]) });
  agent = new Agent({ connect: { ca: authority.root } });
  const { lookup } = dns;
  const led = (name: string, ...rest: unknown[]): unknown =>
    Reflect.apply(lookup, dns, [name === host ? "127.0.0.1" : name, ...rest]);
  Object.defineProperty(dns, "lookup", { value: led, configurable: true, writable: true });
  // Node's own modules are shared by the test files of one process.
  restoreLookup = () =>
    Object.defineProperty(dns, "lookup", { value: lookup, configurable: true, writable: true });
});

afterAll(async () => {
  restoreLookup();
  await agent.destroy();
  await service.stop();
  await authority.stop();
});

beforeEach(() => {
  allowPublic(true);
  service.removeContainer(account, "images");
  service.addContainer(account, "images", "Blob");
  container = client(credential("operator")).getContainerClient("images");
});

/** A request without the SDK. */
async function raw(
  path: string,
  more: { method?: "GET" | "HEAD" | "PATCH" | "PUT"; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; code: string | undefined; text: string }> {
  const response = await request(`https://${host}:${service.port}${path}`, {
    dispatcher: agent,
    method: more.method ?? "GET",
    headers: more.headers ?? {},
    body: more.body ?? null,
  });
  const code = response.headers["x-ms-error-code"];
  return { status: response.statusCode, code: code?.toString(), text: await response.body.text() };
}

const bearer = { authorization: "Bearer operator", "x-ms-version": "2025-01-05" };

describe("the official SDK", () => {
  it("uploads, reads, lists and deletes an image", async () => {
    const body = randomBytes(50_000);
    const blob = container.getBlockBlobClient("shirts/oxford blue & white.jpg");
    await blob.uploadData(body, {
      blobHTTPHeaders: { blobContentType: "image/jpeg", blobCacheControl: "max-age=60" },
      metadata: { source: "studio" },
    });
    expect(service.count(account, "images")).toBe(1);

    expect((await blob.downloadToBuffer()).equals(body)).toBe(true);
    const properties = await blob.getProperties();
    expect(properties).toMatchObject({
      contentType: "image/jpeg",
      cacheControl: "max-age=60",
      contentLength: 50_000,
      blobType: "BlockBlob",
      metadata: { source: "studio" },
    });
    const md5 = createHash("md5").update(body).digest();
    expect(md5.equals(Buffer.from(properties.contentMD5 ?? []))).toBe(true);

    const listed = [];
    for await (const item of container.listBlobsFlat({ includeMetadata: true })) listed.push(item);
    expect(listed).toMatchObject([
      {
        name: "shirts/oxford blue & white.jpg",
        metadata: { source: "studio" },
        properties: { contentType: "image/jpeg", cacheControl: "max-age=60", contentLength: 50_000 },
      },
    ]);
    expect(md5.equals(Buffer.from(listed[0]?.properties.contentMD5 ?? []))).toBe(true);

    await blob.delete();
    await expect(blob.exists()).resolves.toBe(false);
    await expect(blob.delete()).rejects.toMatchObject({ statusCode: 404, code: "BlobNotFound" });
  });

  it("uploads a large file in blocks", async () => {
    const body = randomBytes(5_000_000);
    const blob = container.getBlockBlobClient("banner.png");
    await blob.uploadData(body, {
      maxSingleShotSize: 1_000_000,
      blockSize: 1_000_000,
      concurrency: 3,
      blobHTTPHeaders: { blobContentType: "image/png" },
    });
    expect((await blob.downloadToBuffer(1_000_000, 10)).equals(body.subarray(1_000_000, 1_000_010))).toBe(
      true,
    );
    expect((await blob.downloadToBuffer()).equals(body)).toBe(true);
    await expect(blob.getProperties()).resolves.toMatchObject({ contentType: "image/png" });
  });

  it("lists in pages, by prefix and by folder", async () => {
    for (const name of ["a/1", "a/2", "a/3", "b/1", "c"]) await container.uploadBlockBlob(name, "x", 1);
    const pages: string[][] = [];
    for await (const page of container.listBlobsFlat({ prefix: "a/" }).byPage({ maxPageSize: 2 }))
      pages.push(page.segment.blobItems.map(({ name }) => name));
    expect(pages).toEqual([["a/1", "a/2"], ["a/3"]]);
    const folders: string[] = [];
    for await (const item of container.listBlobsByHierarchy("/")) folders.push(`${item.kind} ${item.name}`);
    expect(folders).toEqual(["prefix a/", "prefix b/", "blob c"]);
  });

  it("keeps to conditions", async () => {
    const blob = container.getBlockBlobClient("once.svg");
    const { etag = "" } = await blob.upload("1", 1);
    await expect(blob.upload("2", 1, { conditions: { ifNoneMatch: "*" } })).rejects.toMatchObject({
      statusCode: 409,
      code: "BlobAlreadyExists",
    });
    await expect(blob.upload("2", 1, { conditions: { ifMatch: '"0x0"' } })).rejects.toMatchObject({
      statusCode: 412,
      code: "ConditionNotMet",
    });
    await blob.upload("2", 1, { conditions: { ifMatch: etag } });
    await expect(blob.getProperties()).resolves.not.toMatchObject({ etag });
  });

  it("changes headers and metadata of what is there", async () => {
    const blob = container.getBlockBlobClient("a.svg");
    await blob.upload("<svg/>", 6);
    await blob.setHTTPHeaders({ blobContentType: "image/svg+xml" });
    await blob.setMetadata({ version: "2" });
    await expect(blob.getProperties()).resolves.toMatchObject({
      contentType: "image/svg+xml",
      metadata: { version: "2" },
      contentLength: 6,
    });
  });

  it("creates and deletes containers", async () => {
    const fresh = client(credential("operator")).getContainerClient("uploads");
    await fresh.create({ access: "blob" });
    await expect(fresh.create()).rejects.toMatchObject({ statusCode: 409, code: "ContainerAlreadyExists" });
    await expect(fresh.createIfNotExists()).resolves.toMatchObject({ succeeded: false });
    await expect(fresh.getProperties()).resolves.toMatchObject({ blobPublicAccess: "blob" });
    await fresh.delete();
    await expect(fresh.exists()).resolves.toBe(false);
    await expect(fresh.uploadBlockBlob("a", "x", 1)).rejects.toMatchObject({ code: "ContainerNotFound" });
    const named = client(credential("operator")).getContainerClient("No--Name");
    await expect(named.create()).rejects.toMatchObject({ statusCode: 400, code: "InvalidResourceName" });
  });
});

describe("access", () => {
  beforeEach(() => container.uploadBlockBlob("a.svg", "<svg/>", 6));
  const anonymous = (): ContainerClient => client(new AnonymousCredential()).getContainerClient("images");

  it("lets everyone read blobs, but not list them, where both account and container say so", async () => {
    expect(await raw("/images/a.svg")).toMatchObject({ status: 200, text: "<svg/>" });
    expect(await raw("/images?restype=container&comp=list")).toMatchObject({
      status: 404,
      code: "ResourceNotFound",
    });
    service.addContainer(account, "images", "Container");
    expect((await raw("/images?restype=container&comp=list")).text).toContain("<Name>a.svg</Name>");
  });

  it("lets nobody read without a token where the container is private", async () => {
    service.addContainer(account, "images", "None");
    expect(await raw("/images/a.svg")).toMatchObject({ status: 404, code: "ResourceNotFound" });
    await expect(anonymous().getBlobClient("a.svg").getProperties()).rejects.toMatchObject({
      statusCode: 401,
    });
    await expect(container.getBlobClient("a.svg").getProperties()).resolves.toMatchObject({
      contentLength: 6,
    });
  });

  it("lets nobody read without a token where the account forbids it", async () => {
    allowPublic(false);
    expect(await raw("/images/a.svg")).toMatchObject({ status: 409, code: "PublicAccessNotPermitted" });
    await expect(
      client(credential("operator")).getContainerClient("other").create({ access: "blob" }),
    ).rejects.toMatchObject({ statusCode: 409, code: "PublicAccessNotPermitted" });
  });

  it("takes writes with an accepted token only", async () => {
    await expect(anonymous().uploadBlockBlob("b", "x", 1)).rejects.toMatchObject({
      statusCode: 401,
      code: "NoAuthenticationInformation",
    });
    const stranger = client(credential("stranger")).getContainerClient("images");
    await expect(stranger.uploadBlockBlob("b", "x", 1)).rejects.toMatchObject({
      statusCode: 401,
      code: "InvalidAuthenticationInfo",
    });
    const reader = client(credential("reader")).getContainerClient("images");
    await expect(reader.uploadBlockBlob("b", "x", 1)).rejects.toMatchObject({
      statusCode: 403,
      code: "AuthorizationPermissionMismatch",
    });
    const key = new StorageSharedKeyCredential(account, Buffer.from("key").toString("base64"));
    await expect(client(key).getContainerClient("images").uploadBlockBlob("b", "x", 1)).rejects.toMatchObject(
      { statusCode: 403, code: "KeyBasedAuthenticationNotPermitted" },
    );
    expect(await raw("/images/b?sv=2025-01-05&sig=x", { method: "PUT", body: "x" })).toMatchObject({
      status: 403,
      code: "AuthenticationFailed",
    });
    expect(service.count(account, "images")).toBe(1);
  });

  it("has no handshake for a host that is no account", async () => {
    const handshake = (servername: string): Promise<string> => {
      const socket = tls.connect({ host: "127.0.0.1", port: service.port, servername, ca: authority.root });
      return Promise.race([
        once(socket, "secureConnect").then(() => "connected"),
        once(socket, "error").then(() => "failed"),
        once(socket, "close").then(() => "failed"),
      ])
        .catch(() => "failed")
        .finally(() => socket.destroy());
    };
    await expect(handshake(host)).resolves.toBe("connected");
    await expect(handshake("other.blob.core.windows.net")).resolves.toBe("failed");
    service.addAccount({ name: "other", allowBlobPublicAccess: false, accessOf: () => "granted" });
    await expect(handshake("other.blob.core.windows.net")).resolves.toBe("connected");
    service.removeAccount("other");
    await expect(handshake("other.blob.core.windows.net")).resolves.toBe("failed");
  });
});

describe("bad requests", () => {
  const put = (path: string, headers: Record<string, string>, body = "x") =>
    raw(path, { method: "PUT", headers: { ...bearer, ...headers }, body });

  it.each([
    [
      "content that arrived damaged",
      { "content-md5": createHash("md5").update("y").digest("base64") },
      "Md5Mismatch",
    ],
    ["a digest that is none", { "content-md5": "eA==" }, "InvalidMd5"],
    ["another kind of blob", { "x-ms-blob-type": "PageBlob" }, "InvalidHeaderValue"],
    ["a copy", { "x-ms-copy-source": "https://other.test/a" }, "UnsupportedHeader"],
  ])("refuses %s", async (_name, headers, code) => {
    expect(await put("/images/a", { "x-ms-blob-type": "BlockBlob", ...headers })).toMatchObject({
      status: 400,
      code,
    });
    expect(service.count(account, "images")).toBe(0);
  });

  it("refuses what it does not know", async () => {
    expect(await put("/images/a", {})).toMatchObject({ status: 400, code: "MissingRequiredHeader" });
    expect(await put("/images/a?comp=tier", {})).toMatchObject({
      status: 400,
      code: "UnsupportedQueryParameter",
    });
    expect(await raw("/images/a", { method: "PATCH", headers: bearer })).toMatchObject({ status: 405 });
    expect(await raw("/", { headers: bearer })).toMatchObject({ status: 400, code: "InvalidUri" });
    expect(await raw("/images/%ff", { headers: bearer })).toMatchObject({ status: 400, code: "InvalidUri" });
    expect(await raw("/images?restype=container&comp=list&maxresults=0", { headers: bearer })).toMatchObject({
      status: 400,
      code: "InvalidQueryParameterValue",
    });
  });

  it("refuses block lists that name no blocks of its own, or cannot be read", async () => {
    const list = (body: string) => put("/images/a?comp=blocklist", {}, body);
    expect(await list("<BlockList><Latest>AAAA</Latest></BlockList>")).toMatchObject({
      code: "InvalidBlockList",
    });
    expect(await list("<BlockList><Oldest>AAAA</Oldest></BlockList>")).toMatchObject({
      code: "InvalidXmlDocument",
    });
    expect(await put("/images/a?comp=block&blockid=", {})).toMatchObject({
      code: "InvalidQueryParameterValue",
    });
  });

  it("answers conditional reads and ranges as Azure does", async () => {
    const { etag = "" } = (await container.uploadBlockBlob("a", "01234", 5)).response;
    expect(await raw("/images/a", { headers: { "if-none-match": etag } })).toMatchObject({
      status: 304,
      text: "",
    });
    expect(await raw("/images/a", { headers: { "x-ms-range": "bytes=1-2" } })).toMatchObject({
      status: 206,
      text: "12",
    });
    expect(await raw("/images/a", { headers: { range: "bytes=7-" } })).toMatchObject({
      status: 416,
      code: "InvalidRange",
    });
  });

  it("words its errors as Azure's XML", async () => {
    const { text } = await raw("/images/nothing");
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="utf-8"\?><Error><Code>BlobNotFound<\/Code><Message>The specified blob does not exist\.\nRequestId:/,
    );
  });

  it("knows its accounts", () => {
    expect(() => service.addContainer("nobody", "images", "None")).toThrow(
      `There is no storage account "nobody"; known are: ${account}.`,
    );
  });
});
