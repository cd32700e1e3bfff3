// @ts-check
// Pulumi always hands a policy pack to the TypeScript compiler, which would check types at every preview. Here it gets
// JavaScript: compiled beforehand where it came as a package, else compiled as it is started, in a tenth of a second.
"use strict";
const { existsSync } = require("node:fs");
const path = require("node:path");

const compiled = path.join(__dirname, "compiled.cjs");
if (existsSync(compiled)) require(compiled);
else {
  const { build } = require("./build.cjs");
  /** @type {NodeModule & { _compile(code: string, file: string): void }} */ (module)._compile(
    build(false),
    compiled,
  );
}
