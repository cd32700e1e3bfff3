import { spawn } from "node:child_process";
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import path from "node:path";
import { secret, unknownValue } from "../../../../rehearsal/cloud/control/json";
import { Pace } from "../../../../rehearsal/cloud/control/pace";
import { writePlugins } from "../../../../rehearsal/cloud/control/wire/plugins";
import { serveProvider, type ProviderServer } from "../../../../rehearsal/cloud/control/wire/provider";
import { TestCloud, zoneId } from "./test-cloud";

const urn = "urn:pulumi:prod::shop::cloudflare:index/dnsRecord:DnsRecord::www";
const inputs = {
  zoneId,
  type: "CNAME",
  name: "www.blanklabel.example",
  content: secret("shared.host.example"),
  ttl: 60,
};

let cloud: TestCloud;
let server: ProviderServer;
let client: ResourceProviderClient;
beforeEach(async () => {
  cloud = new TestCloud();
  server = await serveProvider(cloud.cloudflare, cloud.cloud.world, new Pace());
  client = new ResourceProviderClient(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
});
afterEach(async () => {
  client.close();
  await server.stop();
  await cloud.stop();
});

/** One call, as a promise. */
const call = <Response>(
  send: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    send((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });

function create(preview: boolean, properties: object = inputs): Promise<proto.CreateResponse> {
  const request = new proto.CreateRequest();
  request.setUrn(urn);
  request.setPreview(preview);
  request.setProperties(Struct.fromJavaScript({ ...properties }));
  return call<proto.CreateResponse>((done) => client.create(request, done));
}

test("secrets stay marked, and a preview has no id and unknown outputs", async () => {
  const planned = await create(true);
  expect(planned.getId()).toBe("");
  expect(planned.getProperties()?.toJavaScript()).toMatchObject({
    content: secret("shared.host.example"),
    modifiedOn: unknownValue,
  });
  const made = await create(false);
  expect(made.getId()).toMatch(/^[0-9a-f]{32}$/);
  expect(made.getProperties()?.toJavaScript()).toMatchObject({
    content: secret("shared.host.example"),
    ttl: 60,
  });
  expect([...cloud.realised.records.values()]).toMatchObject([{ content: "shared.host.example" }]);
});

test("a refusal reaches the engine in the service's own words", async () => {
  await expect(create(false, { ...inputs, ttl: 5 })).rejects.toThrow("400 9021: Invalid TTL 5");
});

test("a diff names the properties, in detail, and whether they replace", async () => {
  const request = new proto.DiffRequest();
  request.setUrn(urn);
  request.setOldInputs(Struct.fromJavaScript(inputs));
  request.setNews(Struct.fromJavaScript({ ...inputs, type: "TXT", ttl: 120 }));
  const response = await call<proto.DiffResponse>((done) => client.diff(request, done));
  expect(response.getDiffsList().sort()).toEqual(["ttl", "type"]);
  expect(response.getReplacesList()).toEqual(["type"]);
  expect(response.getDetaileddiffMap().get("type")?.getKind()).toBe(proto.PropertyDiff.Kind.UPDATE_REPLACE);
  expect(response.getDetaileddiffMap().get("ttl")?.getKind()).toBe(proto.PropertyDiff.Kind.UPDATE);
});

test("a record that is gone reads as such", async () => {
  const request = new proto.ReadRequest();
  request.setUrn(urn);
  request.setId("0".repeat(32));
  const response = await call<proto.ReadResponse>((done) => client.read(request, done));
  expect(response.getId()).toBe("");
});

test("a plugin prints the provider's port and ends when the engine is gone", async () => {
  const folder = path.join(cloud.folder, "plugins");
  await writePlugins(folder, { random: 4711 });
  const plugin = path.join(folder, "pulumi-resource-random");
  // The engine's stand-in says which process it started; only it is the plugin's parent.
  const engine = spawn("sh", ["-c", `"${plugin}" & echo "pid $!"; wait`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  engine.stdout.setEncoding("utf8");
  while (!(output.includes("4711") && output.includes("pid "))) {
    const [text] = (await once(engine.stdout, "data")) as [string];
    output += text;
  }
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  expect(() => process.kill(pid, 0)).not.toThrow();
  const ended = once(engine, "exit");
  engine.kill("SIGKILL");
  await ended;
  // The plugin holds the other end of the pipe, which closes only once it has ended too.
  if (!engine.stdout.closed) await once(engine.stdout, "close");
  expect(engine.stdout.readableEnded).toBe(true);
});
