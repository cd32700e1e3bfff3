import { lstat, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { endTrees } from "./end";
import { isAlive } from "./identity";
import { readRun, runPrefix, unfinishedPrefix } from "./run-folder";

/** Milliseconds after which a folder that was never finished belongs to no drill about to start. */
const abandonedAfter = 10 * 60_000;

/** What was found of a drill that did not end by itself, and done about it. */
export interface Leftover {
  readonly folder: string;
  /** Names of the processes that were still running, and no longer are. */
  readonly ended: readonly string[];
  /** False where the run was to be kept. */
  readonly removed: boolean;
}

/** Ends what still runs of a run whose owner is gone, and removes its folder unless it is to be kept. */
export async function sweep(folder: string): Promise<Leftover> {
  const run = await readRun(folder);
  const ended = await endTrees(run?.processes ?? []);
  const removed = run?.kept !== true;
  if (removed) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  const names = (run?.processes ?? []).filter((noted) => ended.includes(noted)).map(({ name }) => name);
  return { folder, ended: names, removed };
}

/**
 * Finds this user's run folders whose owner is gone, ends the processes noted there (never one that merely has the
 * number of one), and removes them. A run that still goes on is left alone.
 *
 * @param say gets one line for each, for a person
 * @param base the folder they lie in
 */
export async function clearLeftovers(say: (line: string) => void, base = os.tmpdir()): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const name of await readdir(base)) {
    const folder = path.join(base, name);
    if (!(await isLeftover(name, folder))) continue;
    const leftover = await sweep(folder);
    if (!leftover.removed && leftover.ended.length === 0) continue;
    found.push(leftover);
    say(describe(leftover));
  }
  return found;
}

async function isLeftover(name: string, folder: string): Promise<boolean> {
  if (!name.startsWith(runPrefix) && !name.startsWith(unfinishedPrefix)) return false;
  // The temporary folder is everyone's: another user's folder of that name, or a link, is none of ours.
  const status = await lstat(folder).catch(() => undefined);
  if (status?.isDirectory() !== true || status.uid !== (process.getuid?.() ?? status.uid)) return false;
  const run = await readRun(folder);
  if (run !== undefined) return !isAlive(run.owner);
  return Date.now() - status.mtimeMs > abandonedAfter;
}

function describe({ folder, ended, removed }: Leftover): string {
  const stopped = ended.length === 0 ? "nothing of it was still running" : `ended ${ended.join(", ")}`;
  return `cleared a drill that did not end by itself: ${stopped}; ${removed ? "removed" : "kept"} ${folder}`;
}
