/** What a command loads only once it needs it: its code is kept compiled all the same, and finds what it asks for. */
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.join(__dirname, "..", "..");

/** Of the command line's code in one piece, by a process of its own, as a user's. */
function late(): readonly (readonly [
  name: string,
  members: readonly string[],
  missing: readonly string[],
])[] {
  const program = `
    const { bundle } = require("./bin/bundle.cjs");
    const { code } = bundle(require("node:path").resolve("operations/cli.ts"));
    if (/\\bimport\\s*\\(\\s*["']/.test(code)) throw new Error("it has an import()");
    const found = [...code.matchAll(/(?:\\{([^{}]*)\\}\\s*=\\s*await )?Promise\\.resolve\\(\\)\\.then\\(\\(\\)\\s*=>\\s*__toESM\\(require\\("([^"]+)"\\)/g)];
    console.log(JSON.stringify(found.map(([, members = "", name]) => {
      const names = members.split(",").map((one) => one.split(":")[0].trim()).filter(Boolean);
      const module = require(name);
      return [name, names, names.filter((one) => module[one] === undefined)];
    })));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: root, encoding: "utf8" });
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout) as ReturnType<typeof late>;
}

test("every package that a command loads late can be required, and has what is taken of it", () => {
  const found = late();
  expect(found.map(([name]) => name)).toEqual(
    expect.arrayContaining(["@azure/identity", "@azure/keyvault-secrets", "acme-client"]),
  );
  expect(found.filter(([, members]) => members.length > 0).length).toBeGreaterThan(5);
  expect(found.filter(([, , missing]) => missing.length > 0)).toEqual([]);
});
