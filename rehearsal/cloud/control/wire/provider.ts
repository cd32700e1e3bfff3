import * as grpc from "@grpc/grpc-js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { CloudFault } from "../fault";
import type { JsonObject } from "../json";
import { revealObject } from "../json";
import type { CloudPackage, Difference, Failure } from "../package";
import type { Pace } from "../pace";
import type { World } from "../world";

/** A package served over Pulumi's provider protocol on a port of 127.0.0.1. */
export interface ProviderServer {
  readonly package: CloudPackage;
  readonly port: number;
  stop(): Promise<void>;
}

// A Struct holds nothing but JSON.
const read = (struct: Struct | undefined): JsonObject => struct?.toJavaScript() ?? {};
const write = (value: JsonObject): Struct => Struct.fromJavaScript(value);

const diffKinds = {
  add: [proto.PropertyDiff.Kind.ADD, proto.PropertyDiff.Kind.ADD_REPLACE],
  delete: [proto.PropertyDiff.Kind.DELETE, proto.PropertyDiff.Kind.DELETE_REPLACE],
  update: [proto.PropertyDiff.Kind.UPDATE, proto.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(differences: readonly Difference[], deleteBeforeReplace: boolean): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const top = (path: string): string => /^[^.[]+/.exec(path)?.[0] ?? path;
  response.setChanges(
    differences.length === 0
      ? proto.DiffResponse.DiffChanges.DIFF_NONE
      : proto.DiffResponse.DiffChanges.DIFF_SOME,
  );
  response.setDiffsList([...new Set(differences.map(({ path }) => top(path)))]);
  const replacing = differences.filter(({ replaces }) => replaces);
  response.setReplacesList([...new Set(replacing.map(({ path }) => top(path)))]);
  response.setDeletebeforereplace(replacing.length > 0 && deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces } of differences) {
    const detail = new proto.PropertyDiff();
    detail.setKind(diffKinds[kind][replaces ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

function failuresOf(failures: readonly Failure[]): proto.CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

const typeOf = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

function serviceError(error: unknown): Partial<grpc.StatusObject> {
  if (error instanceof CloudFault)
    return { code: grpc.status.UNKNOWN, details: `${error.status} ${error.code}: ${error.message}` };
  console.error(error);
  return { code: grpc.status.INTERNAL, details: error instanceof Error ? error.message : String(error) };
}

/** Serves a package; what the engine's requests mean is read here, what they do is the package's matter. */
export async function serveProvider(served: CloudPackage, world: World, pace: Pace): Promise<ProviderServer> {
  const unary =
    <Q, R>(work: (request: Q) => Promise<R> | R): grpc.handleUnaryCall<Q, R> =>
    (call, callback) => {
      Promise.resolve()
        .then(() => work(call.request))
        .then(
          (response) => callback(null, response),
          (error: unknown) => {
            const described = serviceError(error);
            world.note("refused", served.name, described.details ?? "");
            callback(described, null);
          },
        );
    };
  const missing =
    (method: string): (() => never) =>
    () => {
      throw new CloudFault(501, "NotImplemented", `${served.name} does not implement ${method}`);
    };

  const service: IResourceProviderServer = {
    handshake: unary<proto.ProviderHandshakeRequest, proto.ProviderHandshakeResponse>(() => {
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),
    parameterize: unary(missing("Parameterize")),
    getSchema: unary<proto.GetSchemaRequest, proto.GetSchemaResponse>(() => {
      const response = new proto.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: served.name, version: served.version }));
      return response;
    }),
    checkConfig: unary<proto.CheckRequest, proto.CheckResponse>((request) => {
      const response = new proto.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary<proto.DiffRequest, proto.DiffResponse>(() => diffResponse([], false)),
    configure: unary<proto.ConfigureRequest, proto.ConfigureResponse>((request) => {
      const args = Object.entries(revealObject(read(request.getArgs())));
      served.configure(
        Object.fromEntries(
          args.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
        ),
      );
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    invoke: unary<proto.InvokeRequest, proto.InvokeResponse>(async (request) => {
      const response = new proto.InvokeResponse();
      world.note("invoke", request.getTok());
      response.setReturn(write(await served.invoke(request.getTok(), revealObject(read(request.getArgs())))));
      return response;
    }),
    call: unary(missing("Call")),
    construct: unary(missing("Construct")),
    check: unary<proto.CheckRequest, proto.CheckResponse>((request) => {
      const urn = request.getUrn();
      const { inputs, failures } = served.check({
        type: typeOf(urn),
        name: nameOf(urn),
        before: read(request.getOlds()),
        after: read(request.getNews()),
        seed: request.getRandomseed_asU8(),
      });
      for (const { property, reason } of failures) world.note("refused", urn, `${property}: ${reason}`);
      const response = new proto.CheckResponse();
      response.setInputs(write(inputs));
      response.setFailuresList(failuresOf(failures));
      return response;
    }),
    diff: unary<proto.DiffRequest, proto.DiffResponse>((request) => {
      const before = read(request.getOldInputs() ?? request.getOlds());
      const { differences, deleteBeforeReplace } = served.diff(
        typeOf(request.getUrn()),
        revealObject(before),
        revealObject(read(request.getNews())),
      );
      const ignored = new Set(request.getIgnorechangesList());
      return diffResponse(
        differences.filter(({ path }) => !ignored.has(path)),
        deleteBeforeReplace,
      );
    }),
    create: unary<proto.CreateRequest, proto.CreateResponse>(async (request) => {
      const urn = request.getUrn();
      const preview = request.getPreview();
      if (!preview) await pace.change();
      const made = await served.create({
        type: typeOf(urn),
        urn,
        inputs: read(request.getProperties()),
        preview,
      });
      if (!preview) world.note("create", urn, made.id);
      const response = new proto.CreateResponse();
      response.setId(preview ? "" : made.id);
      response.setProperties(write(made.state));
      return response;
    }),
    read: unary<proto.ReadRequest, proto.ReadResponse>(async (request) => {
      const response = new proto.ReadResponse();
      const found = await served.read({
        type: typeOf(request.getUrn()),
        id: request.getId(),
        inputs: read(request.getInputs()),
        state: read(request.getProperties()),
      });
      world.note("read", request.getUrn(), found === undefined ? "gone" : found.id);
      // An empty id tells the engine that the resource is gone.
      response.setId(found?.id ?? "");
      response.setProperties(write(found?.state ?? {}));
      response.setInputs(write(found?.inputs ?? {}));
      return response;
    }),
    update: unary<proto.UpdateRequest, proto.UpdateResponse>(async (request) => {
      const urn = request.getUrn();
      const preview = request.getPreview();
      const id = request.getId();
      const before = read(request.getOlds());
      const inputs = read(request.getNews());
      if (!preview) await pace.change();
      const state = await served.update({ type: typeOf(urn), urn, id, inputs, preview, before });
      if (!preview) world.note("update", urn, id);
      const response = new proto.UpdateResponse();
      response.setProperties(write(state));
      return response;
    }),
    delete: unary<proto.DeleteRequest, Empty>(async (request) => {
      const urn = request.getUrn();
      await pace.change();
      await served.remove(typeOf(urn), request.getId(), read(request.getProperties()));
      world.note("delete", urn, request.getId());
      return new Empty();
    }),
    cancel: unary<Empty, Empty>(() => new Empty()),
    attach: unary(() => new Empty()),
    getPluginInfo: unary<Empty, PluginInfo>(() => {
      const info = new PluginInfo();
      info.setVersion(served.version);
      return info;
    }),
    getMapping: unary<proto.GetMappingRequest, proto.GetMappingResponse>(
      () => new proto.GetMappingResponse(),
    ),
    getMappings: unary<proto.GetMappingsRequest, proto.GetMappingsResponse>(
      () => new proto.GetMappingsResponse(),
    ),
    list: (call: grpc.ServerWritableStream<proto.ListRequest, proto.ListResponse>) => {
      call.emit("error", {
        code: grpc.status.UNIMPLEMENTED,
        details: `${served.name} does not implement List`,
      });
    },
  };

  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, service);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    package: served,
    port,
    stop: () => {
      // The engine's plugins hang up by themselves; what still is open when the cloud ends is cut.
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}
