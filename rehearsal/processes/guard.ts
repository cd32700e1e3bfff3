import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { started } from "./started";

/** Watches over a run from outside: see {@link startGuard}. */
export interface Guard {
  readonly pid: number;
  /** The run ended as it should: the guard leaves everything as it is, and ends. */
  release(): Promise<void>;
}

/**
 * Starts a small process that outlives this one. Once this process is gone without having released it (`kill -9`, a
 * crash, a second Ctrl-C), it ends every process noted in the run folder and removes the folder.
 *
 * @param folder the run folder's path
 * @param env the guard's whole environment
 */
export async function startGuard(folder: string, env: NodeJS.ProcessEnv): Promise<Guard> {
  const guard = spawn(
    process.execPath,
    ["--require", require.resolve("tsx/cjs"), path.join(__dirname, "guard-main.ts"), folder],
    // Of a process group of its own: Ctrl-C is for the others.
    { env, detached: true, stdio: ["pipe", "ignore", "ignore"] },
  );
  await started(guard);
  const gone = once(guard, "exit");
  // Writing to a guard that is no longer there is no reason to fail.
  guard.stdin.on("error", () => undefined);
  guard.unref();
  return {
    pid: guard.pid ?? 0,
    async release() {
      guard.ref();
      guard.stdin.end("released\n");
      if (guard.exitCode === null && guard.signalCode === null) await gone;
    },
  };
}
