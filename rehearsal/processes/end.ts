import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { descendants, isAlive, type ProcessIdentity } from "./identity";

const lookEvery = 50;

/** Sends a signal to this very process; says whether it was there to get it. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch {
    // It ended in between, or is another user's.
    return false;
  }
}

/**
 * Sends a signal to a child. One that could not be started for want of open files has no number, and Node.js would send
 * the signal to number 0 in its place: to this process, its whole group and the shell's script around it.
 */
export function signalChild(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(name);
}

/** Sends a signal to a child that leads a process group of its own (`detached`), and to all that it has started there. */
export function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // Nothing of it is left.
  }
}

/** Waits until none of them lives; false where some still do after `within` milliseconds. */
export async function waitUntilGone(
  identities: readonly ProcessIdentity[],
  within: number,
): Promise<boolean> {
  const until = Date.now() + within;
  while (identities.some(isAlive)) {
    if (Date.now() >= until) return false;
    await sleep(lookEvery);
  }
  return true;
}

/**
 * Ends processes and everything below them: SIGTERM to the named ones, then, after `grace` milliseconds, SIGKILL to
 * whatever is left of the trees. Settles when they are gone (or cannot be ended: another user's).
 *
 * @returns the named processes that were alive when it began
 */
export async function endTrees(roots: readonly ProcessIdentity[], grace = 3_000): Promise<ProcessIdentity[]> {
  const living = roots.filter(isAlive);
  // Collected first: once a parent is gone, nothing tells who its children were.
  const all = [...living, ...living.flatMap(descendants)];
  for (const root of living) signal(root, "SIGTERM");
  if (await waitUntilGone(all, grace)) return living;
  for (const identity of [...all, ...all.flatMap(descendants)]) signal(identity, "SIGKILL");
  await waitUntilGone(all, grace);
  return living;
}
