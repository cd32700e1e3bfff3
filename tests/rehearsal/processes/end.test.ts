import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { signalChild } from "../../../rehearsal/processes/end";

describe("signalChild", () => {
  it("signals a child that runs", async () => {
    const child = spawn("sleep", ["600"], { stdio: "ignore" });
    signalChild(child, "SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
  });

  it("leaves alone what never became a process", () => {
    const child = new ChildProcess();
    const kill = jest.spyOn(child, "kill").mockReturnValue(true);
    signalChild(child, "SIGTERM");
    expect(kill).not.toHaveBeenCalled();
  });
});
