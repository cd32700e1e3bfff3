import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { RunFolder } from "../../../rehearsal/processes/run-folder";

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), "run-folder-test-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test("a run's logs are saved without the rest, in place of an earlier run's", async () => {
  const to = path.join(base, "report", "logs");
  mkdirSync(to, { recursive: true });
  writeFileSync(path.join(to, "earlier.log"), "");
  const run = await RunFolder.create(base);
  writeFileSync(path.join(await run.folder("logs"), "cloud.log"), "what the cloud said");
  writeFileSync(path.join(await run.folder("logs"), "state.json"), "no log");
  expect(await run.saveLogs(to)).toBe(true);
  expect(readdirSync(to)).toEqual(["logs-cloud.log"]);
  const empty = await RunFolder.create(base);
  expect(await empty.saveLogs(path.join(base, "none"))).toBe(false);
  expect(existsSync(path.join(base, "none"))).toBe(false);
  expect(readFileSync(path.join(to, "logs-cloud.log"), "utf8")).toBe("what the cloud said");
});
