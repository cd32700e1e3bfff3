// @ts-check
// Preloaded into the Pulumi program and into the provider of its dynamic resources (Pulumi.yaml, `nodeargs`), and by the
// command line: lets them load TypeScript. Types are checked beforehand by `npm run check:types`, so that what a preview waits for is one
// run of esbuild over the modules of this project, and nothing for what others have published as JavaScript.
"use strict";
const { buildSync } = require("esbuild");
const { install } = require("source-map-support");

/** @type {Map<string, string>} */
const maps = new Map();

// Pulumi's SDK writes down a stack trace for every property of every resource, and has each of its own lines looked up
// in its source maps: half of a preview's time. Only this project's lines are looked up here.
install({
  environment: "node",
  overrideRetrieveSourceMap: true,
  retrieveSourceMap: (source) => {
    const map = maps.get(source);
    return map === undefined ? null : { url: source, map };
  },
});

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
