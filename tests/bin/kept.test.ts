import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Kept } from "../../bin/kept.cjs";

let folder: string;
let source: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "kept-"));
  source = path.join(folder, "main.ts");
  writeFileSync(source, "one");
  // What is changed right before it is read is not kept.
  await pause(30);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const of = (what = "bundle of") => Kept.of(folder, source, what);
const cache = () => path.join(folder, "node_modules", ".cache", "warm-standby");

test("what was made is found again, with what lies beside it, by the same name alone", () => {
  expect(of()?.find()).toBeUndefined();
  of()?.keep([source], { code: "made" }, { map: "of it" });
  expect(of()?.find()).toEqual({ code: "made" });
  expect(readFileSync(of()?.beside("map") ?? "", "utf8")).toBe("of it");
  expect(of("package of")?.find()).toBeUndefined();
  expect(readdirSync(cache()).filter((name) => !/\.(json|map)$/.test(name))).toEqual([]);
});

test("not once a file that it was made of is another, though it looks as old and as large", () => {
  of()?.keep([source], { code: "made" }, {});
  const { atime, mtime } = statSync(source);
  writeFileSync(source, "two");
  utimesSync(source, atime, mtime);
  expect(of()?.find()).toBeUndefined();
});

test("nor once one is gone, or one that was missing is there", () => {
  const missing = path.join(folder, "tsconfig.json");
  of()?.keep([source, missing], { code: "made" }, {});
  expect(of()?.find()).toEqual({ code: "made" });
  writeFileSync(missing, "{}");
  expect(of()?.find()).toBeUndefined();
  of("other")?.keep([source], { code: "made" }, {});
  rmSync(source);
  expect(of("other")?.find()).toBeUndefined();
});

test("what changed while it was made is not kept", () => {
  const kept = of();
  writeFileSync(source, "two");
  kept?.keep([source], { code: "made of one or two" }, {});
  expect(of()?.find()).toBeUndefined();
});

test("a file outside the project is nothing to keep", () => {
  expect(Kept.of(path.join(folder, "project"), source, "bundle of")).toBeUndefined();
});

test("where nothing can be kept, or what is kept is broken, it is made again", () => {
  mkdirSync(path.dirname(cache()), { recursive: true });
  writeFileSync(cache(), "a file, no folder");
  of()?.keep([source], { code: "made" }, {});
  expect(of()?.find()).toBeUndefined();
  rmSync(cache());
  of()?.keep([source], { code: "made" }, {});
  for (const name of readdirSync(cache())) writeFileSync(path.join(cache(), name), "{");
  expect(of()?.find()).toBeUndefined();
});
