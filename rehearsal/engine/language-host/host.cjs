// @ts-check
// A language host for Node.js programs: the service that the Pulumi engine asks to run a program or a policy pack.
// Stands in for the official `pulumi-language-nodejs` where a Pulumi CLI has none beside it (one built from its Go
// module, whose language host's module is not served). Protocol: pulumi/language.proto of pulumi/pulumi.
"use strict";
const grpc = require("@grpc/grpc-js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const messages = require("@pulumi/pulumi/proto/language_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { endAll, ended, start } = require("./children.cjs");
const { programCommand, pluginCommand } = require("./programs.cjs");
require("./tie.cjs");

/** The SDK's runners end with this code when they have shown the user what is wrong. */
const messageAlreadyShown = 32;

/** The engine's address: the argument that is no flag. Replaced by the handshake's. */
let engine = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

/**
 * A call that is answered with one message.
 *
 * @template Request, Response
 * @param {(request: Request) => Response | Promise<Response>} answer
 * @returns {grpc.handleUnaryCall<Request, Response>}
 */
const unary = (answer) => (call, callback) => {
  void (async () => answer(call.request))().then(
    (response) => callback(null, response),
    (/** @type {unknown} */ error) =>
      callback({
        code: grpc.status.UNKNOWN,
        details: error instanceof Error ? error.message : String(error),
      }),
  );
};

/** @param {import("@pulumi/pulumi/proto/language_pb").RunRequest} request */
async function run(request) {
  const response = new messages.RunResponse();
  const { args, cwd, env } = programCommand(request, engine);
  const child = start(args, { cwd, env });
  // What the engine reads from this process is what the user sees of the program.
  child.stdout?.pipe(process.stdout, { end: false });
  child.stderr?.pipe(process.stderr, { end: false });
  const { code, signal } = await ended(child);
  if (code === messageAlreadyShown) response.setBail(true);
  else if (signal !== null) response.setError(`Program was ended by ${signal}`);
  else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${String(code)}`);
  return response;
}

/**
 * @param {grpc.ServerWritableStream<
 *   import("@pulumi/pulumi/proto/language_pb").RunPluginRequest,
 *   import("@pulumi/pulumi/proto/language_pb").RunPluginResponse
 * >} call
 */
async function runPlugin(call) {
  const { args, cwd, env } = pluginCommand(call.request);
  const child = start(args, { cwd, env });
  call.once("cancelled", () => child.kill("SIGTERM"));
  child.stdout?.on("data", (/** @type {Buffer} */ bytes) => {
    call.write(new messages.RunPluginResponse().setStdout(bytes));
  });
  child.stderr?.on("data", (/** @type {Buffer} */ bytes) => {
    call.write(new messages.RunPluginResponse().setStderr(bytes));
  });
  const { code } = await ended(child);
  call.write(new messages.RunPluginResponse().setExitcode(code ?? 1));
}

const server = new grpc.Server({
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
});

server.addService(/** @type {grpc.ServiceDefinition} */ (LanguageRuntimeService), {
  handshake: unary(
    (/** @type {import("@pulumi/pulumi/proto/language_pb").LanguageHandshakeRequest} */ request) => {
      engine = request.getEngineAddress() || engine;
      return new messages.LanguageHandshakeResponse();
    },
  ),
  getPluginInfo: unary(() => new PluginInfo().setVersion(require("@pulumi/pulumi/package.json").version)),
  // Nothing to fetch ahead: a provider is looked for when the program first declares a resource of it.
  getRequiredPlugins: unary(() => new messages.GetRequiredPluginsResponse()),
  getRequiredPackages: unary(() => new messages.GetRequiredPackagesResponse()),
  getProgramDependencies: unary(() => new messages.GetProgramDependenciesResponse()),
  runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
  template: unary(() => new messages.TemplateResponse()),
  about: unary(() =>
    new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
  ),
  installDependencies: (/** @type {grpc.ServerWritableStream<unknown, unknown>} */ call) => call.end(),
  run: unary(run),
  runPlugin: (/** @type {Parameters<typeof runPlugin>[0]} */ call) => {
    runPlugin(call).then(
      () => call.end(),
      (/** @type {unknown} */ error) =>
        call.destroy(
          Object.assign(error instanceof Error ? error : new Error(String(error)), {
            code: grpc.status.UNKNOWN,
          }),
        ),
    );
  },
  cancel: unary(() => {
    endAll();
    return new Empty();
  }),
});

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    console.error(`the language host cannot listen on 127.0.0.1: ${error.message}`);
    process.exit(1);
  }
  // The engine reads the port from the first line.
  process.stdout.write(`${String(port)}\n`);
});

for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"])) {
  process.on(signal, () => {
    endAll();
    process.exit(0);
  });
}
