// @ts-check
// One run of esbuild over the modules of this project, none over what others have published as JavaScript; and none at
// all while every file that took part is as it was: a preview would wait for it in each of its processes.
"use strict";
const { isAscii } = require("node:buffer");
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const path = require("node:path");
const { Kept } = require("./kept.cjs");

/**
 * @typedef {object} Bundle
 * @property {string} code CommonJS
 * @property {() => string} map its source map, as JSON; read only once something has gone wrong
 */

const root = path.dirname(__dirname);
/** What shapes a bundle besides the modules in it. */
const makers = [__filename, path.join(root, "package-lock.json"), path.join(root, "tsconfig.json")];

/**
 * Published packages that are put into the bundle too: what a command starts with. Read from one file, without what is
 * not used of them, they are there in a third of the time.
 */
const inlined = new Set(["commander", "pg", "pg-copy-streams", "pg-cursor", "yaml", "zod"]);

/** All others, of which some find their files by their own folders. */
const externals = () => {
  const { dependencies, devDependencies } = require("../package.json");
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !inlined.has(name));
  return ["pg-native", ...names.flatMap((name) => [name, `${name}/*`])];
};

/** @param {string} file an absolute path @param {Kept | undefined} kept @returns {Bundle} */
function build(file, kept) {
  // Loaded only here: that alone takes longer than to read what is kept.
  const { buildSync } = require("esbuild");
  const { outputFiles, metafile } = buildSync({
    entryPoints: [file],
    bundle: true,
    external: externals(),
    platform: "node",
    format: "cjs",
    target: "node20",
    // As newer versions of Node.js say of themselves. The driver of PostgreSQL looks for it, and where it is missing makes
    // an HTTP response to see where it runs, for which Node.js loads its whole client.
    define: { navigator: '{"userAgent":"Node.js"}' },
    // Node.js compiles code with an import() anew at each start (compiled.cjs). All that is loaded so can be required too.
    supported: { "dynamic-import": false },
    // Read and hashed at each start too.
    minifyWhitespace: true,
    legalComments: "none",
    sourcemap: "external",
    outfile: file,
    absWorkingDir: root,
    metafile: true,
    write: false,
  });
  const code = outputFiles.find(({ path }) => !path.endsWith(".map"))?.text;
  const map = outputFiles.find(({ path }) => path.endsWith(".map"))?.text;
  if (code === undefined || map === undefined) throw new Error(`esbuild gave no code for ${file}`);
  const modules = Object.keys(metafile.inputs).filter((each) => !each.startsWith("<"));
  const inputs = [...makers, ...modules.map((each) => path.resolve(root, each))];
  kept?.keep(inputs, { digest: digest(code) }, { code, map });
  return { code, map: () => map };
}

/** @param {string | Uint8Array} code */
const digest = (code) => createHash("sha1").update(code).digest("base64");

/** Whoever builds at the same time may have put another's code beside it. @param {Kept} kept */
function find(kept) {
  const wanted = kept.find()?.["digest"];
  if (wanted === undefined) return undefined;
  try {
    const code = readFileSync(kept.beside("code"));
    return digest(code) === wanted ? code.toString(isAscii(code) ? "latin1" : "utf8") : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} file absolute path of a module in TypeScript @returns {Bundle} */
module.exports.bundle = (file) => {
  const kept = Kept.of(root, file, "bundle of");
  const code = kept && find(kept);
  return kept === undefined || code === undefined
    ? build(file, kept)
    : { code, map: () => readFileSync(kept.beside("map"), "utf8") };
};
