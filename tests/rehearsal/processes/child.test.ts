import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startChild, tieToScope, type Child } from "../../../rehearsal/processes/child";
import { withCleanup } from "../../../rehearsal/processes/cleanup";

let logs: string;
beforeAll(() => {
  logs = mkdtempSync(path.join(os.tmpdir(), "child-test-"));
});
afterAll(() => rmSync(logs, { recursive: true, force: true }));

const options = (settings: string) => ({
  name: "part",
  module: path.join(__dirname, "programs/failing-child.ts"),
  settings,
  env: { PATH: process.env["PATH"] },
  logs,
});

/** Waits on a child for ever; what is done to it meanwhile is the test's. */
const lean = (settings: string, meanwhile: (child: Child<string>) => void): Promise<unknown> =>
  withCleanup(async (scope) => {
    const child = await startChild<string>(options(settings));
    tieToScope(scope, child);
    meanwhile(child);
    await new Promise((_, reject) =>
      scope.signal.addEventListener("abort", () => reject(new Error("no use going on"))),
    );
  });

describe("a child that a run depends on", () => {
  it("ends the run with its own words when it cannot go on", async () => {
    await expect(lean("fail", () => undefined)).rejects.toMatchObject({
      exitCode: 3,
      message: 'the process "part" ended while it was needed: its database is gone; safe to run again',
    });
  });

  it("ends the run when it is killed", async () => {
    await expect(lean("wait", ({ pid }) => process.kill(pid, "SIGKILL"))).rejects.toMatchObject({
      exitCode: 3,
      message: 'the process "part" ended while it was needed: it was killed; safe to run again',
    });
  });

  it("is stopped at the run's end, which is no failure", async () => {
    const child = await withCleanup(async (scope) => {
      const started = await startChild<string>(options("wait"));
      tieToScope(scope, started);
      return started;
    });
    expect(await child.ended).toBe(0);
  });

  it("is given up and ended when the run ends before it is ready", async () => {
    const abort = new AbortController();
    let recorded: number | undefined;
    const starting = startChild<string>({
      ...options("wait"),
      signal: abort.signal,
      record: (_, pid) => {
        recorded = pid;
        abort.abort(new Error("ended by a person"));
        return Promise.resolve();
      },
    });
    await expect(starting).rejects.toThrow("ended by a person");
    expect(() => process.kill(recorded ?? 0, 0)).toThrow("ESRCH");
  });
});
