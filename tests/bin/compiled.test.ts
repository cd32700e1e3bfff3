import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const bin = path.join(__dirname, "..", "..", "bin");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "compiled-"));
  mkdirSync(path.join(folder, "bin"));
  for (const file of ["compiled.cjs", "kept.cjs"])
    copyFileSync(path.join(bin, file), path.join(folder, "bin", file));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(files: Readonly<Record<string, string>> = {}): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const hook = path.join(folder, "bin", "compiled.cjs");
  const { stdout, stderr } = spawnSync(process.execPath, ["--require", hook, path.join(folder, "main.js")], {
    encoding: "utf8",
  });
  return stdout + stderr;
}

/** From Node.js 22.1 on its own cache is used, with files of its own. */
const testOurs = Number(process.versions.node.split(".")[0]) < 22 ? test : test.skip;
const cache = (): string => path.join(folder, "node_modules", ".cache", "warm-standby");
function keptFile(): string {
  const [file, ...more] = readdirSync(cache());
  expect(more).toEqual([]);
  return path.join(cache(), file ?? "none");
}

const pair = {
  "main.js": 'console.log(require("./one").text());',
  "one.js": 'exports.text = () => "first";',
};

testOurs("what was compiled once is not compiled again", () => {
  expect(run(pair)).toBe("first\n");
  const before = readFileSync(keptFile());
  expect(run()).toBe("first\n");
  expect(readFileSync(keptFile()).equals(before)).toBe(true);
  expect(run({ "main.js": `${pair["main.js"]} // more` })).toBe("first\n");
  expect(readFileSync(keptFile()).equals(before)).toBe(false);
});

test("a module that has changed is compiled, even at the same length", () => {
  expect(run(pair)).toBe("first\n");
  expect(run({ "one.js": 'exports.text = () => "other";' })).toBe("other\n");
  expect(run({ "one.js": pair["one.js"] })).toBe("first\n");
});

testOurs.each([
  ["torn", (whole: Buffer) => whole.subarray(0, whole.length / 2)],
  [
    "of zeros at its end",
    (whole: Buffer) => Buffer.concat([whole.subarray(0, whole.length - 64), Buffer.alloc(64)]),
  ],
  ["empty", () => Buffer.alloc(0)],
])("a kept file that is %s counts for nothing", (_how, spoil) => {
  expect(run(pair)).toBe("first\n");
  const whole = readFileSync(keptFile());
  writeFileSync(keptFile(), spoil(whole));
  expect(run()).toBe("first\n");
  expect(readFileSync(keptFile()).equals(whole)).toBe(false);
  expect(run()).toBe("first\n");
});

test("a module finds all that Node.js gives to one", () => {
  const main = `#!/usr/bin/env node
console.log(require.main === module, __filename === require.resolve("./main"), __dirname === module.path);
console.log(this === exports, require.cache[__filename] === module, require.resolve.paths("x")[0].endsWith("node_modules"));
try { require("./missing"); } catch (error) { console.log(error.code, error.requireStack.length); }
import("./late.mjs").then(({ late }) => console.log(late));`;
  const files = { "main.js": main, "late.mjs": "export const late = 'and later';" };
  const wanted = "true true true\ntrue true true\nMODULE_NOT_FOUND 1\nand later\n";
  expect(run(files)).toBe(wanted);
  expect(run()).toBe(wanted);
});

test("an ECMAScript module can be required, whether its name, its package or its text alone says so", () => {
  mkdirSync(path.join(folder, "typed"));
  const files = {
    "main.js":
      'console.log(["./named.mjs", "./typed/one.js", "./told.js", "./one"].map((file) => require(file).text()).join());',
    "named.mjs": "import { sep } from 'node:path';\nexport const text = () => `named${sep}`;",
    "typed/package.json": '{ "type": "module" }',
    "typed/one.js": "export const text = () => 'typed';",
    "told.js": "import { sep } from 'node:path';\nexport const text = () => `told${sep}`;",
    "one.js": pair["one.js"],
  };
  const wanted = "named/,typed,told/,first\n";
  const withoutWarnings = (printed: string): string => printed.replace(/^\(.*\n/gm, "");
  expect(withoutWarnings(run(files))).toBe(wanted);
  expect(withoutWarnings(run())).toBe(wanted);
});

test("what is no JavaScript is told as Node.js tells it", () => {
  const said = run({ "main.js": "const a = ;\n" });
  expect(said).toContain(`${path.join(folder, "main.js")}:1\nconst a = ;`);
  expect(said).toContain("SyntaxError: Unexpected token ';'");
});

test("a stack trace names columns as they are, on the first line too", () => {
  const files = { "main.js": "  throw new Error('here');\n" };
  const place = `${path.join(folder, "main.js")}:1:9`;
  expect(run(files)).toContain(place);
  expect(run()).toContain(place);
});

testOurs("what is not asked for any more is let go", () => {
  const filler = Array.from({ length: 200 }, (_, at) => `exports.f${String(at)} = () => ${String(at)};`).join(
    "\n",
  );
  const files = (version: number): Record<string, string> => ({
    ...pair,
    "one.js": `${pair["one.js"]}\n${filler}\n// version ${String(version)}`,
  });
  run(files(0));
  const { length } = readFileSync(keptFile());
  for (let version = 1; version <= 5; version++) run(files(version));
  expect(readFileSync(keptFile()).length).toBeLessThan(2.5 * length);
});
