import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, ownIdentity, processIdentity, type ProcessIdentity } from "../processes/identity";

const lookEvery = 500;

/**
 * Runs an action while this process alone holds a lock file. A lock whose holder is gone is taken over.
 *
 * @param onWait called once where another process holds it
 */
export async function withLock<T>(
  file: string,
  action: () => Promise<T>,
  options: { signal?: AbortSignal | undefined; onWait?: (holder: ProcessIdentity) => void } = {},
): Promise<T> {
  const own = ownIdentity();
  const mine = `${file}.${String(own.pid)}`;
  await writeFile(mine, JSON.stringify(own));
  try {
    let told = false;
    while (!(await take(mine, file))) {
      options.signal?.throwIfAborted();
      const holder = await readHolder(file);
      if (holder === undefined || !isAlive(holder)) {
        await discard(file, holder);
        continue;
      }
      if (!told) options.onWait?.(holder);
      told = true;
      await sleep(lookEvery, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
    try {
      return await action();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** A link comes into being with its content, or not at all. */
async function take(mine: string, file: string): Promise<boolean> {
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "EEXIST")
      return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<ProcessIdentity | undefined> {
  try {
    return processIdentity.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** Removes a lock whose holder is gone, but puts back one that was newly taken in the moment between. */
async function discard(file: string, stale: ProcessIdentity | undefined): Promise<void> {
  const aside = `${file}.${String(process.pid)}.stale`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved !== undefined && moved.started !== stale?.started) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}
