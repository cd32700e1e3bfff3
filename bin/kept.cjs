// @ts-check
// What was made of files of this project, kept for as long as each of them is as it was. Only ever saves time: what
// cannot be kept is made again.
"use strict";
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require("node:fs");
const path = require("node:path");

/** Changes whenever a file does: nobody can set the time of its last change of state. @param {string} file */
function stamp(file) {
  const { ctimeMs, ino, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${String(ino)} ${String(ctimeMs)} ${String(size)}`;
}

/** Milliseconds by which a file's own time may lag behind the clock: a tick of the kernel's, and something for its size. */
const tick = 20;

/** Whole or not at all, also for one who reads meanwhile. @param {string} file @param {string | Uint8Array} content */
function writeWhole(file, content) {
  const part = `${file}.${String(process.pid)}`;
  try {
    writeFileSync(part, content);
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

/** @type {import("./kept.cjs").Kept} */
module.exports.Kept = class {
  /** @param {string} root @param {string} name */
  constructor(root, name) {
    this.folder = path.join(root, "node_modules", ".cache", "warm-standby");
    this.file = path.join(this.folder, createHash("sha256").update(name).digest("hex").slice(0, 32));
    this.began = Date.now() - tick;
  }

  /** @param {string} root @param {string} file @param {string} what */
  static of(root, file, what) {
    const name = path.relative(root, file);
    // What is not of this project is nothing that it should keep.
    return name.startsWith("..") || path.isAbsolute(name) ? undefined : new this(root, `${what} ${file}`);
  }

  /** @returns {Record<string, string> | undefined} */
  find() {
    try {
      const { inputs, ...made } = JSON.parse(readFileSync(`${this.file}.json`, "utf8"));
      return Object.entries(inputs).every(([file, was]) => stamp(file) === was) ? made : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param {readonly string[]} inputs @param {Record<string, string>} made @param {Record<string, string | Uint8Array>} beside */
  keep(inputs, made, beside) {
    const stamps = Object.fromEntries(inputs.map((file) => [file, stamp(file)]));
    // A file that was changed meanwhile may have been read before or after.
    if (inputs.some((file) => (statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0) >= this.began))
      return;
    try {
      mkdirSync(this.folder, { recursive: true });
      for (const [ending, content] of Object.entries(beside)) writeWhole(this.beside(ending), content);
      writeWhole(`${this.file}.json`, JSON.stringify({ inputs: stamps, ...made }));
    } catch {
      // A folder that cannot be written to costs time, nothing else.
    }
  }

  /** @param {string} ending */
  beside(ending) {
    return `${this.file}.${ending}`;
  }
};
module.exports.writeWhole = writeWhole;
