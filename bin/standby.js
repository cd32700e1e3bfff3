#!/usr/bin/env node
// Runs the TypeScript sources as they are: the template is a project that its user edits, so nothing is built.
require("tsx/cjs");
const { main } = require("../operations/cli.ts");
void main(process.argv);
