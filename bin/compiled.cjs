// @ts-check
// Preloaded before all else (Pulumi.yaml, `nodeargs`; standby.js): keeps what V8 made of the modules of a process for
// the next one. A preview loads fifteen hundred of them; compiling these again is a sixth of its time.
// Only ever saves time: what is kept belongs to one version of Node.js, and to a module of that name and content.
"use strict";
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const vm = require("node:vm");
const { writeWhole } = require("./kept.cjs");

/**
 * Code that was not asked for this time, as that of another command or of a module since changed, stays as long as all is
 * no more than so many times what was: it is read at each start.
 */
const mostTimes = 2;
const digestLength = 20;
/** What stands before a module's first line, and counts for none of its columns. */
const wrapper = Module.wrap("").split("\n", 1)[0] ?? "";

/** @param {...(string | Uint8Array)} parts */
const digest = (...parts) => {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/**
 * What {@link written} wrote: its digest, the length of the list, the list of digests and lengths, the code.
 *
 * @param {string} file
 * @returns {Map<string, Buffer>} compiled code by its source's digest; empty where nothing whole is found
 */
function readKept(file) {
  /** @type {Map<string, Buffer>} */
  const found = new Map();
  try {
    const all = readFileSync(file);
    const body = all.subarray(digestLength);
    // V8 takes what it is given: a file that a power cut has torn must not get that far.
    if (!all.subarray(0, digestLength).equals(digest(body))) return found;
    let at = 4 + body.readUInt32LE(0);
    for (const [key, length] of JSON.parse(body.toString("latin1", 4, at))) {
      found.set(key, body.subarray(at, at + length));
      at += length;
    }
  } catch {
    found.clear();
  }
  return found;
}

/** @param {ReadonlyMap<string, Buffer>} code */
function written(code) {
  const list = Buffer.from(JSON.stringify([...code].map(([key, { length }]) => [key, length])), "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(list.length);
  const body = Buffer.concat([length, list, ...code.values()]);
  return Buffer.concat([digest(body), body]);
}

/**
 * What a CommonJS module calls `require`.
 *
 * @param {any} module
 */
function requireOf(module) {
  const internals = /** @type {any} */ (Module);
  const resolve = Object.assign(
    /** @param {string} request @param {object} [options] */
    (request, options) => internals._resolveFilename(request, module, false, options),
    { paths: (/** @type {string} */ request) => internals._resolveLookupPaths(request, module) },
  );
  return Object.assign((/** @type {string} */ request) => module.require(request), {
    resolve,
    main: process.mainModule,
    extensions: internals._extensions,
    cache: internals._cache,
  });
}

/** An `import()` that is code, not told of in a text or a type: Node.js warns of it in code that it did not compile. */
const importing = /(?<!['"`]|typeof )\bimport\s*\(/;

/** @param {string} file where the code of this kind of process is kept */
function keepCompiled(file) {
  const kept = readKept(file);
  /** @type {Map<string, Buffer | vm.Script>} */
  const used = new Map();
  let news = false;

  /** @param {string} content @param {string} filename @param {Buffer | undefined} known */
  function scriptOf(content, filename, known) {
    try {
      return new vm.Script(Module.wrap(content.replace(/^#!.*/, "")), {
        filename,
        columnOffset: -wrapper.length,
        ...(known === undefined ? {} : { cachedData: known }),
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
    } catch {
      return undefined;
    }
  }

  /**
   * Takes CommonJS. What is none (an ECMAScript module can be required too) and what is wrong is left to Node.js.
   *
   * @this {any}
   * @param {string} content
   * @param {string} filename
   * @param {...unknown} more its format first, where that is known
   */
  function compile(content, filename, ...more) {
    const [format = "commonjs"] = more;
    const key = digest(filename, "\n", content).toString("base64");
    const known = kept.get(key);
    const script =
      format === "commonjs" && !importing.test(content) ? scriptOf(content, filename, known) : undefined;
    if (script === undefined) return plain.call(this, content, filename, ...more);
    const good = known !== undefined && script.cachedDataRejected === false;
    news ||= !good;
    used.set(key, good ? known : script);
    const run = script.runInThisContext();
    return run.call(this.exports, this.exports, requireOf(this), this, filename, path.dirname(filename));
  }
  const plain = /** @type {any} */ (Module.prototype)._compile;
  /** @type {any} */ (Module.prototype)._compile = compile;

  // At the end: only by then are the functions that a process calls compiled too.
  process.once("exit", () => {
    if (!news) return;
    try {
      const code = new Map(
        [...used].map(([key, each]) => [key, each instanceof vm.Script ? each.createCachedData() : each]),
      );
      let size = [...code.values()].reduce((sum, { length }) => sum + length, 0);
      const room = mostTimes * size;
      for (const [key, each] of kept)
        if (!code.has(key) && (size += each.length) <= room) code.set(key, each);
      mkdirSync(path.dirname(file), { recursive: true });
      writeWhole(file, written(code));
    } catch {
      // A folder that cannot be written to costs time, nothing else.
    }
  });
}

const folder = path.join(path.dirname(__dirname), "node_modules", ".cache", "warm-standby");
// From Node.js 22.1 on it does so by itself (https://nodejs.org/api/module.html#moduleenablecompilecachecachedir).
const ownCache = /** @type {{ enableCompileCache?: (folder: string) => unknown }} */ (Module)
  .enableCompileCache;
if (ownCache !== undefined) ownCache(path.join(folder, "compiled"));
else
  keepCompiled(
    path.join(
      folder,
      `compiled.${digest(process.version, process.arch, process.argv[1] ?? "")
        .toString("hex")
        .slice(0, 16)}`,
    ),
  );
