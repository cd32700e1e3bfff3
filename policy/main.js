// @ts-check
// Pulumi always hands a policy pack to the TypeScript compiler, which would check types at every preview. Started from
// JavaScript and transpiled by tsx, the pack is up at once and needs no build.
"use strict";
require("tsx/cjs");
require("./index.ts");
