import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { z } from "zod";
import { standbyStack, zone, zoneId, primaryHost } from "../support/stacks";
import type { World } from "../support/world";

const root = path.resolve(__dirname, "../../..");

/** The job as it is packaged: one file, and the modules of packages that went into it. */
export async function bundleJob(): Promise<{ readonly text: string; readonly packages: readonly string[] }> {
  const built = await build({
    entryPoints: [path.join(root, "operations/job/main.ts")],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    outfile: "main.js",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const packages = Object.keys(built.metafile.inputs).flatMap(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
  );
  return { text: built.outputFiles[0]?.text ?? "", packages: [...new Set(packages)].sort() };
}

const { databaseUrl: standbyDatabaseUrl, ...outputs } = standbyStack().outputs;

/** The job's app settings on a good day, without the primary's database. */
export const jobEnvironment = {
  STANDBY_DEPLOYMENT: JSON.stringify({
    domain: zone,
    zoneId,
    primaryHost,
    config: { mailSendLimits: { perMinute: 30, perHour: 2000, ticket: "2610010040000123" } },
    outputs,
  }),
  STANDBY_DATABASE_URL: String(standbyDatabaseUrl),
  // Nothing by the clock, unless a test says so: February has no 30th.
  SYNC_SCHEDULE: "0 0 30 2 *",
  CHECK_SCHEDULE: "0 0 30 2 *",
  RENEW_SCHEDULE: "0 0 30 2 *",
} as const;

const line = z.object({
  metric: z.string(),
  value: z.number(),
  at: z.iso.datetime(),
  task: z.string().optional(),
});
export type Told = z.output<typeof line>;

/** The job in a process of its own, started from its one file in an empty folder, as App Service does. */
export class RunningJob {
  /** Names of the metrics that any of them has told. */
  static readonly everTold = new Set<string>();
  private stdout = "";
  private stderr = "";
  private constructor(
    private readonly child: ChildProcess,
    readonly ended: Promise<number | null>,
  ) {}

  static start(world: World, text: string, env: NodeJS.ProcessEnv): RunningJob {
    const folder = mkdtempSync(path.join(world.folder, "job-"));
    writeFileSync(path.join(folder, "main.js"), text);
    const child = spawn(process.execPath, ["main.js"], {
      cwd: folder,
      // No Pulumi CLI and no stacks: only what the app settings say.
      env: {
        ...world.environment(),
        PATH: "",
        FAKE_PULUMI: "",
        CLOUDFLARE_API_TOKEN: "",
        PORT: "0",
        HOST: "127.0.0.1",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const job = new RunningJob(child, new Promise((resolve) => child.once("close", resolve)));
    child.stdout.on("data", (chunk: Buffer) => {
      job.stdout += chunk.toString();
      for (const [, name = ""] of chunk.toString().matchAll(/"metric":"([^"]+)"/g))
        RunningJob.everTold.add(name);
    });
    child.stderr.on("data", (chunk: Buffer) => (job.stderr += chunk.toString()));
    world.atEnd(async () => {
      child.kill("SIGKILL");
      await job.ended;
    });
    return job;
  }

  /** Every line of its stdout: metrics, and nothing else. */
  told(): readonly Told[] {
    return this.stdout
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => line.parse(JSON.parse(text)));
  }

  /** The values of a metric, in order. */
  values(metric: string): readonly number[] {
    return this.told().flatMap((one) => (one.metric === metric ? [one.value] : []));
  }

  said(): string {
    return this.stderr;
  }

  /** All that it has written. */
  written(): string {
    return this.stdout + this.stderr;
  }

  /** Waits until it has told a metric so many times. */
  async until(metric: string, times = 1): Promise<void> {
    const end = Date.now() + 60_000;
    while (this.values(metric).length < times) {
      if (Date.now() > end || this.child.exitCode !== null)
        throw new Error(`the job never told ${metric} ${String(times)} times; it wrote: ${this.written()}`);
      await sleep(50);
    }
  }

  async terminate(): Promise<number | null> {
    this.child.kill("SIGTERM");
    return this.ended;
  }
}
