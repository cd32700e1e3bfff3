// Preloaded in place of a program: notes how it was started, and ends as it is told to.
"use strict";
const { writeFileSync } = require("node:fs");

const { REPORT_TO = "", REPORT_END = "0" } = process.env;
const shown = ["PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS", "PULUMI_NODEJS_TYPESCRIPT"];
writeFileSync(
  REPORT_TO,
  JSON.stringify({
    pid: process.pid,
    command: process.argv.slice(1),
    cwd: process.cwd(),
    env: Object.fromEntries(shown.map((name) => [name, process.env[name]])),
  }),
);
console.log("said by the program");
if (REPORT_END === "stay") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
if (REPORT_END === "signal") process.kill(process.pid, "SIGKILL");
process.exit(Number(REPORT_END));
