import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

export interface Measured {
  readonly seconds: number;
  /** Peak memory of a Node.js program; 0 for others. */
  readonly megabytes: number;
  readonly output: string;
}

const peak = z.object({ kilobytes: z.number() });
const root = path.resolve(__dirname, "../..");

/**
 * Runs a program from its start to its end.
 *
 * @param done the exit code of one that did what it was to do
 * @throws Error with its output where it fails
 */
export async function measure(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  peaks?: string,
  done = 0,
): Promise<Measured> {
  if (peaks !== undefined) {
    rmSync(peaks, { recursive: true, force: true });
    mkdirSync(peaks, { recursive: true });
  }
  const watched = {
    NODE_OPTIONS: `--require ${JSON.stringify(path.join(root, "bench/preview/peak.cjs"))}`,
    BENCH_PEAKS: peaks ?? "",
  };
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env, ...(peaks === undefined ? {} : watched) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit));
  });
  const seconds = (performance.now() - began) / 1000;
  if (code !== done)
    throw new Error(`${program} ended with ${String(code)}: ${errors}${output.slice(-2000)}`);
  const seen = (peaks === undefined ? [] : readdirSync(peaks)).map(
    (file) => peak.parse(JSON.parse(readFileSync(path.join(peaks ?? "", file), "utf8"))).kilobytes / 1024,
  );
  return { seconds, megabytes: Math.max(0, ...seen), output };
}

export async function timed(action: () => Promise<unknown>): Promise<Measured> {
  const began = performance.now();
  await action();
  return { seconds: (performance.now() - began) / 1000, megabytes: 0, output: "" };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below = NaN, above = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (below + above) / 2;
}
