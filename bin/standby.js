#!/usr/bin/env node
// Runs the TypeScript sources as they are: the template is a project that its user edits, so nothing is built.
const { accessSync, constants } = require("node:fs");
const { tmpdir } = require("node:os");
const path = require("node:path");

/** What is wrong with the folder for temporary files, without which nothing below can even be loaded. */
function unusable() {
  try {
    accessSync(path.join(tmpdir(), "."), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error.code;
  }
}

const why = unusable();
if (why === undefined) {
  // In one piece, which starts in half the time; but the rehearsal's parts find their files by their own folders.
  if (process.argv.some((word) => word === "drill" || word === "review")) require("tsx/cjs");
  else {
    require("./compiled.cjs");
    require("./program.cjs");
  }
  const { main } = require("../operations/cli.ts");
  void main(process.argv);
} else {
  console.error(
    `standby: the folder for temporary files, ${tmpdir()}, cannot be written to (${why}); ` +
      "set TMPDIR to a folder that exists and that you may write to",
  );
  process.exitCode = 2;
}
