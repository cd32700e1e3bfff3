import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Stack } from "../../rehearsal/engine/stack";

/** One preview, from the start of the CLI to its end. */
export interface Measured {
  readonly seconds: number;
  /** Peak memory of the largest Node.js process that took part: the program's own. */
  readonly megabytes: number;
  /** Resources that the preview looked at. */
  readonly resources: number;
}

const peak = z.object({ kilobytes: z.number() });

/** @param peaks folder in which {@link file://./peak.cjs} leaves what it saw */
export async function measurePreview(stack: Stack, peaks: string): Promise<Measured> {
  await rm(peaks, { recursive: true, force: true });
  await mkdir(peaks, { recursive: true });
  const began = performance.now();
  const { changes } = await stack.preview();
  const seconds = (performance.now() - began) / 1000;
  const seen = await Promise.all(
    (await readdir(peaks)).map(async (file) =>
      peak.parse(JSON.parse(await readFile(path.join(peaks, file), "utf8"))),
    ),
  );
  const resources = Object.values(changes).reduce((sum, count) => sum + count, 0);
  return { seconds, megabytes: Math.max(0, ...seen.map(({ kilobytes }) => kilobytes)) / 1024, resources };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below = NaN, above = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (below + above) / 2;
}
