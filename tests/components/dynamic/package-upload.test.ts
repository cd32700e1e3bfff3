import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { zipSync } from "fflate";
import { z } from "zod";
import { PackageUpload } from "../../../components/dynamic/package-upload";
import { provider, upload, type PackageSource } from "../../../components/dynamic/package-upload-provider";
import { declared, runMocked } from "../mocked";

let folder: string;
let file: string;
const writePackage = (body: string) =>
  writeFileSync(
    file,
    zipSync({ "server.js": new TextEncoder().encode(body) }, { mtime: new Date(1980, 0, 1) }),
  );
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-test-"));
  file = path.join(folder, "shop.zip");
  writePackage("one");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const url: PackageSource = { kind: "url", url: "https://downloads.blanklabel.example/shop-1.0.0.zip" };
const inputs = (source: PackageSource) => ({
  account: "shopfilesabc123",
  container: "packages",
  label: "shop",
  source,
});

test("declared with where it is from and where it goes", async () => {
  const { registered } = await runMocked("standby", () => {
    new PackageUpload("app-package", inputs(url), {});
  });
  expect(declared(registered)).toEqual({
    "pulumi-nodejs:dynamic/standby:PackageUpload app-package": {
      ...inputs(url),
      __provider:
        'exports.handler = () => { const { resolve } = require("path"); require(resolve("bin/program.cjs")); return require(resolve("components/dynamic/package-upload-provider")).provider; };',
    },
  });
});

const check = async (source: unknown, more = {}) => provider.check?.({}, { ...inputs(url), source, ...more });

test("what is on this machine is hashed when it is looked at, what is behind a URL is not", async () => {
  expect(await check(url)).toEqual({ inputs: inputs(url), failures: [] });
  const versionNow = async () => {
    const checkedNow = await check({ kind: "file", path: file });
    return z.object({ version: z.string().regex(/^[0-9a-f]{12}$/) }).parse(checkedNow?.inputs).version;
  };
  const one = await versionNow();
  expect(await versionNow()).toBe(one);
  writePackage("two");
  expect(await versionNow()).not.toBe(one);
});

test.each([
  [
    { kind: "file", path: "nowhere.zip" },
    {},
    "source",
    "package nowhere.zip: there is no such file. Fix: give the path of the app's zip package",
  ],
  [
    { kind: "file", path: "package.json" },
    {},
    "source",
    "package package.json is no zip archive. Fix: zip the app's folder without the folder itself",
  ],
  [{ kind: "url", url: "http://downloads.example/shop.zip" }, {}, "source.url", "Invalid URL"],
  [url, { label: "The shop" }, "label", "lower-case letters, digits and hyphens are wanted"],
])("%j is refused while it is checked", async (source, more, property, reason) => {
  expect((await check(source, more))?.failures).toEqual([{ property, reason }]);
});

const diff = (before: object, after: object) => provider.diff?.("shop", before, after);

test("another content, address or place is a change; the same content elsewhere is none", async () => {
  const state = { ...inputs(url), url: "https://…/shop-0123456789ab.zip", version: "0123456789ab" };
  expect(await diff(state, inputs(url))).toEqual({ changes: false });
  expect(await diff(state, inputs({ kind: "url", url: `${url.url}?2` }))).toEqual({ changes: true });
  expect(await diff(state, { ...inputs(url), account: "other" })).toEqual({ changes: true });
  const local = { ...inputs({ kind: "file", path: "one.zip" }), version: "0123456789ab" };
  expect(await diff(local, { ...local, source: { kind: "file", path: "two.zip" } })).toEqual({
    changes: false,
  });
  expect(await diff(local, { ...local, version: "ba9876543210" })).toEqual({ changes: true });
});

describe("upload", () => {
  const waited: number[] = [];
  const patience = {
    first: 10,
    most: 12,
    tries: 4,
    wait: (milliseconds: number) => Promise.resolve(waited.push(milliseconds)),
  };
  const content = { file: "/tmp/shop.zip", version: "0123456789ab" };
  beforeEach(() => (waited.length = 0));

  test("waits for its role to arrive", async () => {
    const answers = ["forbidden", "forbidden", "done"] as const;
    const asked: unknown[] = [];
    const put = (...call: unknown[]) => Promise.resolve(answers[asked.push(call) - 1] ?? "done");
    expect(await upload(put, inputs(url), content, patience)).toBe("shop-0123456789ab.zip");
    expect(asked).toEqual(Array(3).fill(["shop-0123456789ab.zip", "/tmp/shop.zip"]));
    expect(waited).toEqual([10, 12]);
  });

  test("says which role is missing when it does not", async () => {
    await expect(upload(() => Promise.resolve("forbidden"), inputs(url), content, patience)).rejects.toThrow(
      "package shop-0123456789ab.zip was not let into storage shopfilesabc123/packages. " +
        'Fix: have the role "Storage Blob Data Contributor" on it (operatorObjectIds in the standby stack\'s config), ' +
        "then run pulumi up again",
    );
    expect(waited).toHaveLength(3);
  });
});
