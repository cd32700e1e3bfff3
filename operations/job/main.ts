// The standby's own job, as App Service runs it from its package: see job.ts.
import { exitCodes, Fault } from "../fault";
import { startJob } from "./job";

async function main(): Promise<void> {
  const job = await startJob(process.env, { stdout: process.stdout, stderr: process.stderr });
  process.once("SIGTERM", () => {
    void job.stop().finally(() => process.exit(exitCodes.done));
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Fault ? `job: ${error.message}` : error);
  process.exitCode = error instanceof Fault ? error.exitCode : exitCodes.outside;
});
