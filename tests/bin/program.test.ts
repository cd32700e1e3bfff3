import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const hook = path.join(__dirname, "..", "..", "bin", "program.cjs");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "program-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(files: Readonly<Record<string, string>>): { stdout: string; stderr: string } {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return spawnSync(process.execPath, ["--require", hook, path.join(folder, "main.ts")], { encoding: "utf8" });
}

test("modules of TypeScript are loaded as they are required, and only then", () => {
  const { stdout } = run({
    "main.ts":
      'const load = { one: () => require("./one") as { value: number } };\nconsole.log(load.one().value);',
    "one.ts": "export const value: number = 1;",
    "two.ts": 'console.log("never");',
  });
  expect(stdout).toBe("1\n");
});

test("a stack trace names the lines of the source, of every module", () => {
  const { stderr } = run({
    "main.ts":
      'interface Unused {\n  a: string;\n}\nimport { fail } from "./one";\nfail("here" satisfies string);',
    "one.ts": "type Gone = string;\n\nexport function fail(text: Gone): never {\n  throw new Error(text);\n}",
  });
  expect(stderr).toContain(`at fail (${path.join(folder, "one.ts")}:4:9)`);
  expect(stderr).toContain(`${path.join(folder, "main.ts")}:5:1)`);
});

test("what Pulumi's SDK notes for its promises alone is left out, every other trace is whole", () => {
  const { stdout } = run({
    "main.ts":
      "function debuggablePromise(): Error {\n  return new Error();\n}\n" +
      "console.log(JSON.stringify([debuggablePromise().stack, new Error().stack?.includes('main.ts:4')]));",
  });
  expect(JSON.parse(stdout)).toEqual(["", true]);
});
