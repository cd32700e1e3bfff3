// @ts-check
// Preloaded into every Node.js process of a measured run: leaves its peak memory in a file of its own when it ends.
"use strict";
const { writeFileSync } = require("node:fs");
const path = require("node:path");

const folder = process.env["BENCH_PEAKS"];
if (folder !== undefined)
  process.on("exit", () => {
    const { maxRSS } = process.resourceUsage();
    writeFileSync(
      path.join(folder, `${process.pid}.json`),
      JSON.stringify({ argv: process.argv, kilobytes: maxRSS }),
    );
  });
