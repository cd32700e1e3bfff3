// @ts-check
// One file of JavaScript out of all the rules: what takes time at the start of a policy pack is the reading of many.
"use strict";
const { buildSync } = require("esbuild");
const path = require("node:path");

/** The compiled pack, which a package of this project carries: `npm pack` makes it, and takes it away again. */
const compiled = path.join(__dirname, "compiled.cjs");

/** What the pack and its engine have to share stays outside. */
const external = ["@pulumi/policy", "@pulumi/pulumi"];

/** @param {boolean} write @returns {string} the code */
function build(write) {
  const { outputFiles = [] } = buildSync({
    entryPoints: [path.join(__dirname, "index.ts")],
    bundle: true,
    external,
    platform: "node",
    format: "cjs",
    target: "node20",
    outfile: compiled,
    write: false,
    legalComments: "inline",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild gave no code for the policies");
  if (write) require("node:fs").writeFileSync(compiled, file.text);
  return file.text;
}

module.exports = { build, compiled };
if (require.main === module) build(true);
