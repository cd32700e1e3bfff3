// @ts-check
// Preloaded into the Pulumi program and into the provider of its dynamic resources (Pulumi.yaml, `nodeargs`), and by the
// command line: lets them load TypeScript. Types are checked beforehand by `npm run check:types`, so that what a preview waits for is one
// run of esbuild over the modules of this project, and nothing for what others have published as JavaScript.
"use strict";
const { buildSync } = require("esbuild");
const { install } = require("source-map-support");

/** @type {Map<string, string>} */
const maps = new Map();

// Only this project's lines are looked up in source maps, none of the many that Pulumi's SDK has of its own.
install({
  environment: "node",
  overrideRetrieveSourceMap: true,
  retrieveSourceMap: (source) => {
    const map = maps.get(source);
    return map === undefined ? null : { url: source, map };
  },
});

// The SDK has a stack trace written down for every property of every resource, a fifth of a preview's time, and shows
// none of them unless it is asked to.
const write = Error.prepareStackTrace;
if (write !== undefined && (process.env["PULUMI_DEBUG_PROMISE_LEAKS"] ?? "") === "")
  Error.prepareStackTrace = (error, frames) =>
    frames[0]?.getFunctionName() === "debuggablePromise" ? "" : String(write(error, frames));

/** @type {(module: NodeModule & { _compile(code: string, file: string): void }, file: string) => void} */
const load = (module, file) => {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "external",
    outfile: file,
    write: false,
  });
  for (const { path, text } of outputFiles) if (path.endsWith(".map")) maps.set(file, text);
  const code = outputFiles.find(({ path }) => !path.endsWith(".map"));
  if (code === undefined) throw new Error(`esbuild gave no code for ${file}`);
  module._compile(code.text, file);
};
require.extensions[".ts"] = /** @type {NodeJS.RequireExtensions[string]} */ (load);
