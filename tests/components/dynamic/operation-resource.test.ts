import { spawnSync } from "node:child_process";
import path from "node:path";
import { providerText } from "../../../components/dynamic/operation-resource";

/** Evaluates a provider's text as Pulumi's dynamic provider does, in a process of its own, from a folder. */
function methodsFrom(folder: string, module: string) {
  const script = `
    const provider = require("require-from-string")(${JSON.stringify(providerText(module))}).handler();
    process.stdout.write(JSON.stringify(Object.keys(provider).sort()));`;
  return spawnSync(process.execPath, ["--eval", script], { cwd: folder, encoding: "utf8" });
}

test.each([
  "components/dynamic/mail-verification-provider",
  "components/dynamic/identity-offsets-provider",
  "components/dynamic/package-upload-provider",
])("%s is found from the project's folder", (module) => {
  const { stdout, stderr } = methodsFrom(path.resolve(__dirname, "../../.."), module);
  expect({ stdout, stderr }).toEqual({
    stdout: JSON.stringify(["check", "create", "delete", "diff", "update"]),
    stderr: "",
  });
});

test("what lies in state names no folder of this machine", () => {
  expect(providerText("components/dynamic/mail-verification-provider")).not.toContain(
    path.resolve(__dirname, "../../.."),
  );
});
