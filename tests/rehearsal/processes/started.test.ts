import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { started } from "../../../rehearsal/processes/started";

describe("started", () => {
  it("settles for a process", async () => {
    const child = spawn("true");
    await started(child);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("says why there is none", async () => {
    await expect(started(spawn("/no/such/program"))).rejects.toThrow("ENOENT");
  });

  it("does not wait for an event that never comes", async () => {
    // What spawn() returns where no file may be opened any more.
    await expect(started(new ChildProcess())).rejects.toThrow("too many open files");
  });
});
