/** Processes of the tool: one runs, and one more is loaded and waits for its turn. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { z } from "zod";

export interface Order {
  readonly from: string;
  readonly to: string;
  readonly batch: number | undefined;
  /** From how many new rows on they are brought in sets. */
  readonly enough: number | undefined;
}
const answer = z.object({ done: z.boolean(), reason: z.string().optional() });
/** How a run ended; `killed` where its process did. */
export type Ending = z.infer<typeof answer> | "killed";

export class Tool {
  private waiting: Promise<ChildProcess>;
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), "warm-standby-tool-"));

  constructor() {
    buildSync({
      entryPoints: [path.join(__dirname, "child.ts")],
      outfile: path.join(this.folder, "child.js"),
      bundle: true,
      platform: "node",
      external: ["pg-native"],
    });
    this.waiting = this.load();
  }

  private async load(): Promise<ChildProcess> {
    const child = fork(path.join(this.folder, "child.js"), {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(child, "message");
    return child;
  }

  /** Begins a run. */
  async run(order: Order): Promise<{ readonly ended: Promise<Ending>; kill(): unknown }> {
    const child = await this.waiting;
    let [over, killed] = [false, false];
    const ended = new Promise<Ending>((resolve) => {
      const gone = (): void => resolve("killed");
      child.once("exit", gone);
      child.once("message", (message) => {
        child.off("exit", gone);
        over = true;
        resolve(answer.parse(message));
      });
    });
    child.send(order);
    // Whoever survives runs again; of the others the next is loaded while this one is at work.
    // Its last word may still have been on its way when it was killed.
    const next = (this.waiting = ended.then((how) => (how === "killed" || killed ? this.load() : child)));
    next.catch(() => undefined);
    // Once its run is over, it is the next run's: killed now, it would be waited for in vain.
    const kill = (): boolean => !over && (killed = child.kill("SIGKILL"));
    return { ended, kill };
  }

  async close(): Promise<void> {
    const child = await this.waiting;
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
