// A stand-in for a drill: owns a run folder and two processes, and, where it is guarded, one that ignores SIGTERM.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { RunFolder } from "../../../../rehearsal/processes/run-folder";
import { startGuard } from "../../../../rehearsal/processes/guard";

async function main(base: string, guarded: boolean): Promise<void> {
  const run = await RunFolder.create(base);
  const guard = guarded ? await startGuard(run.path, { PATH: process.env["PATH"] }) : undefined;
  const meek = spawn("sleep", ["600"], { stdio: "ignore", detached: true });
  const other = guarded
    ? spawn("sh", ["-c", "trap '' TERM; sleep 601 & wait; sleep 602"], { stdio: "ignore", detached: true })
    : spawn("sleep", ["601"], { stdio: "ignore", detached: true });
  await Promise.all([once(meek, "spawn"), once(other, "spawn")]);
  await run.record("meek", meek.pid ?? 0);
  await run.record("other", other.pid ?? 0);
  process.send?.({ folder: run.path, guard: guard?.pid, children: [meek.pid, other.pid] });
  setInterval(() => undefined, 1_000);
}

const [base, guarded] = process.argv.slice(2);
void main(base ?? "", guarded === "guarded");
