// @ts-check
// Preloaded into the Pulumi program and into the provider of its dynamic resources (Pulumi.yaml, `nodeargs`), and by the
// command line: lets them load TypeScript. Types are checked beforehand by `npm run check:types`, so that a preview does
// not wait for it.
"use strict";
const { bundle } = require("./bundle.cjs");
const { leaveOutSdkNotes } = require("./sdk-notes.cjs");

/** @type {Map<string, () => string>} */
const maps = new Map();

// Only this project's lines are looked up in source maps, none of the many that Pulumi's SDK has of its own; and with the
// first trace that is wanted, which most processes never come to.
Error.prepareStackTrace = (error, frames) => {
  Error.prepareStackTrace = undefined;
  require("source-map-support").install({
    environment: "node",
    overrideRetrieveSourceMap: true,
    /** @param {string} source */
    retrieveSourceMap: (source) => {
      const map = maps.get(source);
      return map === undefined ? null : { url: source, map: map() };
    },
  });
  return Error.prepareStackTrace?.(error, frames);
};

/** @type {(module: NodeModule & { _compile(code: string, file: string): void }, file: string) => void} */
const load = (module, file) => {
  leaveOutSdkNotes();
  const { code, map } = bundle(file);
  maps.set(file, map);
  module._compile(code, file);
};
require.extensions[".ts"] = /** @type {NodeJS.RequireExtensions[string]} */ (load);
