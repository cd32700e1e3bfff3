import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { Secret, writeConfig } from "../../../rehearsal/engine/settings";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "settings-test-"));
  file = path.join(folder, "Pulumi.test.yaml");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const written = async (): Promise<unknown> => parse(await readFile(file, "utf8"));

it("writes plain values, and hands back the places of secrets", async () => {
  const secrets = await writeConfig(file, "shop", {
    word: "true",
    count: 0,
    open: false,
    list: ["a", { b: "c" }],
    keys: { name: "n", nested: { token: new Secret("t") }, left: undefined },
    top: new Secret("s"),
    "azure-native:location": "northeurope",
  });
  expect(await written()).toEqual({
    config: {
      "shop:word": "true",
      "shop:count": 0,
      "shop:open": false,
      "shop:list": ["a", { b: "c" }],
      "shop:keys": { name: "n", nested: {} },
      "azure-native:location": "northeurope",
    },
  });
  expect(secrets.map(({ path: place, secret }) => [place, secret.value])).toEqual([
    ["shop:keys.nested.token", "t"],
    ["shop:top", "s"],
  ]);
});

it("leaves what it is not told of as it is, and removes what is undefined", async () => {
  await writeFile(file, "encryptionsalt: salty\nconfig:\n  shop:kept:\n    secure: v1:x\n  shop:gone: 1\n");
  await writeConfig(file, "shop", { gone: undefined, new: "n" });
  expect(await written()).toEqual({
    encryptionsalt: "salty",
    config: { "shop:kept": { secure: "v1:x" }, "shop:new": "n" },
  });
});

it("refuses a secret that the CLI would cut short", async () => {
  await expect(writeConfig(file, "shop", { token: new Secret("t\n") })).rejects.toMatchObject({
    exitCode: 2,
    message: "config shop:token: a secret must not end with a line break, which the Pulumi CLI would drop",
  });
});
