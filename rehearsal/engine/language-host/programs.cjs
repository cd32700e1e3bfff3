// @ts-check
// From what the engine asks for to the command line and environment that the Pulumi SDK's own runners expect.
"use strict";
const { createRequire } = require("node:module");
const path = require("node:path");

/**
 * Where a runner of the program's own Pulumi SDK lies.
 *
 * @param {"run" | "run-policy-pack" | "run-plugin"} runner
 * @param {string} directory the program's
 * @returns {string} absolute path
 * @throws Error when the SDK is not installed there
 */
function runnerPath(runner, directory) {
  try {
    return createRequire(path.join(directory, "noop.js")).resolve(`@pulumi/pulumi/cmd/${runner}`);
  } catch (cause) {
    throw new Error(
      `the Pulumi SDK is not installed for ${directory}: run npm install in the folder of its package.json`,
      { cause },
    );
  }
}

/**
 * The `runtime.options` of a Pulumi.yaml or PulumiPolicy.yaml that the official host knows.
 *
 * @param {import("@pulumi/pulumi/proto/language_pb").ProgramInfo | undefined} info
 * @returns {{ typescript: boolean, tsconfig: string | undefined, nodeArguments: string[] }}
 */
function runtimeOptions(info) {
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const { typescript, tsconfig, nodeargs } = options;
  if (nodeargs !== undefined && typeof nodeargs !== "string")
    throw new Error("runtime option nodeargs must be a string");
  return {
    typescript: typescript !== false,
    tsconfig: typeof tsconfig === "string" ? tsconfig : undefined,
    nodeArguments: (nodeargs ?? "").split(" ").filter((argument) => argument !== ""),
  };
}

/** @param {{ typescript: boolean, tsconfig: string | undefined }} options @returns {NodeJS.ProcessEnv} */
const typescriptVariables = ({ typescript, tsconfig }) => ({
  ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
  ...(tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
});

/**
 * The command of a Pulumi program.
 *
 * @param {import("@pulumi/pulumi/proto/language_pb").RunRequest} request
 * @param {string} engine the engine's address
 * @returns {{ args: string[], cwd: string, env: NodeJS.ProcessEnv }}
 */
function programCommand(request, engine) {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const options = runtimeOptions(info);
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    "root-directory": info?.getRootDirectory() ?? "",
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return {
    cwd: directory,
    args: [
      ...options.nodeArguments,
      runnerPath("run", directory),
      ...Object.entries(flags).flatMap(([flag, value]) => (value === "" ? [] : [`--${flag}`, value])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info?.getEntryPoint() ?? ".",
      ...request.getArgsList(),
    ],
    env: {
      ...process.env,
      ...typescriptVariables(options),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  };
}

/**
 * The command of a plugin written for Node.js: a policy pack, or a provider.
 *
 * @param {import("@pulumi/pulumi/proto/language_pb").RunPluginRequest} request
 * @returns {{ args: string[], cwd: string, env: NodeJS.ProcessEnv }}
 */
function pluginCommand(request) {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const options = runtimeOptions(info);
  const policy = request.getKind() === "analyzer";
  const given = Object.fromEntries(
    request.getEnvList().map((entry) => {
      const equals = entry.indexOf("=");
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
  return {
    // A policy pack looks for its package.json where it runs.
    cwd: policy || request.getPwd() === "" ? directory : request.getPwd(),
    // A policy pack's runner wants the engine's address (the arguments) before the folder, a provider's the reverse.
    args: [
      ...options.nodeArguments,
      runnerPath(policy ? "run-policy-pack" : "run-plugin", directory),
      ...(policy ? [...request.getArgsList(), directory] : [directory, ...request.getArgsList()]),
    ],
    env: { ...(request.getEnvList().length === 0 ? process.env : given), ...typescriptVariables(options) },
  };
}

module.exports = { programCommand, pluginCommand, runtimeOptions };
