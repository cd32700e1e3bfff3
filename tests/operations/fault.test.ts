import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildProgram } from "../../operations/cli";
import { refusal, withoutMachineFaults } from "../../operations/fault";

test("a refusal ends with exit code 1", () => {
  expect(refusal("no").exitCode).toBe(1);
});

test("the command that is named is loaded alone; where none is, all are there for the help", () => {
  const names = (...words: string[]): string[] =>
    buildProgram(words).commands.map((command) => command.name());
  expect(names("--json", "sync", "--from", "reconcile")).toEqual(["sync"]);
  const all = names();
  expect(all).toContain("reconcile");
  expect(names("help", "sync")).toEqual(all);
  expect(names("--help", "sync")).toEqual(all);
  expect(names("synk")).toEqual(all);
});

test("what the machine lacks is told with the way out, and no defect is hidden", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
  });
  expect(withoutMachineFaults(full)).toMatchObject({
    exitCode: 3,
    message:
      "ENOSPC: no space left on device, write; free some space on that disk, or set TMPDIR to a folder on another, " +
      "then run this again",
  });
  const defect = Object.assign(new Error("ENOENT: no such file or directory"), {
    code: "ENOENT",
    syscall: "open",
  });
  expect(withoutMachineFaults(defect)).toBe(defect);
  const refused = refusal("no");
  expect(withoutMachineFaults(refused)).toBe(refused);
});

describe("run where it cannot work", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "standby-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const standby = (args: readonly string[], env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, [path.resolve(__dirname, "../../bin/standby.js"), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      encoding: "utf8",
    });

  it("says that the folder for temporary files is none", () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    for (const TMPDIR of [file, path.join(folder, "missing")]) {
      expect(standby(["--help"], { TMPDIR })).toMatchObject({
        status: 2,
        stdout: "",
        stderr: expect.stringMatching(
          /^standby: the folder for temporary files, .*, cannot be written to \(E[A-Z]+\); set TMPDIR to .*\n$/,
        ) as string,
      });
    }
  });

  it("says, before the day, that its report cannot be written", () => {
    const taken = path.join(folder, "drill-report");
    writeFileSync(taken, "somebody's own");
    expect(standby(["drill"], {})).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^standby: the report cannot be written to .*drill-report .*\n$/,
      ) as string,
    });
    expect(readFileSync(taken, "utf8")).toBe("somebody's own");
  });
});
