// @ts-check
// The processes that a language host runs for its engine.
"use strict";
const { spawn } = require("node:child_process");
const path = require("node:path");

/** Milliseconds a program gets to end by itself after SIGTERM. */
const endWithin = 2_000;
const tie = path.join(__dirname, "tie.cjs");

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/**
 * Starts a Node.js process tied to this one.
 *
 * @param {readonly string[]} args what follows `node` on its command line
 * @param {{ cwd?: string, env: NodeJS.ProcessEnv }} options
 */
function start(args, { cwd, env }) {
  const child = spawn(process.execPath, ["--require", tie, ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/**
 * Settles when the process is gone and its output has been read to the end.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} rejects when it could not be started
 */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/** Asks every child to end, and makes those that are still there after two seconds. */
function endAll() {
  for (const child of running) {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), endWithin).unref();
  }
}

module.exports = { start, ended, endAll };
