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

function run(
  files: Readonly<Record<string, string>>,
  entry = "main.ts",
  env: Readonly<Record<string, string>> = {},
): { stdout: string; stderr: string } {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return spawnSync(process.execPath, ["--require", hook, path.join(folder, entry)], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
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

describe("what Pulumi's SDK notes for those who debug it", () => {
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  const files = {
    "before.js": `require(${JSON.stringify(sdk)});\nrequire("./main.ts");`,
    "main.ts":
      `const sdk = ${JSON.stringify(sdk)}; const { ComponentResource } = require(sdk);\n` +
      "const { debuggablePromise } = require(`${sdk}/runtime/debuggable`);\n" +
      "const promise = Promise.resolve();\n" +
      "void debuggablePromise(promise, 'here');\n" +
      "const own = new Error().stack?.includes('main.ts:5');\n" +
      "console.log(JSON.stringify([(promise as never)['_debugStackTrace'], ComponentResource.callsites().length > 0, own]));",
  };
  const told = (env: Readonly<Record<string, string>>): unknown => {
    const { stdout } = run(files, "before.js", env);
    return JSON.parse(stdout);
  };

  test("is left out, and every other trace is whole", () => {
    expect(told({ PULUMI_DEBUG_PROMISE_LEAKS: "" })).toEqual([
      expect.not.stringContaining("at "),
      false,
      true,
    ]);
  });

  test("is noted for one who asks for it", () => {
    expect(told({ PULUMI_DEBUG_PROMISE_LEAKS: "1" })).toEqual([
      expect.stringContaining("main.ts:4") as string,
      true,
      true,
    ]);
  });
});
