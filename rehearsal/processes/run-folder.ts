import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { identify, ownIdentity, processIdentity, type ProcessIdentity } from "./identity";

/** How the folders of runs, and those only just being made, are named. */
export const runPrefix = "warm-standby-run-";
export const unfinishedPrefix = "warm-standby-new-";

const ownerFile = "run.json";
const recordsFolder = "processes";

const owner = z.object({ owner: processIdentity, kept: z.boolean() });
const record = processIdentity.extend({ name: z.string() });
/** A process that was noted in a run's folder. */
export type RecordedProcess = z.infer<typeof record>;

/**
 * Notes a process of a run in the run's folder, so that it can be found and ended once the run's owner is gone. May be
 * called in any process of the run. Does nothing for a process that has ended already.
 *
 * @param folder the run folder's path
 */
export async function recordProcess(folder: string, name: string, pid: number): Promise<void> {
  const identity = identify(pid);
  if (identity === undefined) return;
  await writeFile(
    path.join(folder, recordsFolder, `${String(pid)}.json`),
    JSON.stringify({ ...identity, name } satisfies RecordedProcess),
    { mode: 0o600 },
  );
}

/** What a run's folder says of it. Undefined where it was never finished, or is none. */
export async function readRun(
  folder: string,
): Promise<{ owner: ProcessIdentity; kept: boolean; processes: RecordedProcess[] } | undefined> {
  const run = await readJson(path.join(folder, ownerFile), owner);
  if (run === undefined) return undefined;
  const names = await readdir(path.join(folder, recordsFolder)).catch(() => []);
  const processes = await Promise.all(
    names.map((name) => readJson(path.join(folder, recordsFolder, name), record)),
  );
  return { ...run, processes: processes.filter((process) => process !== undefined) };
}

/** A drill's own folder: all that it writes while it runs, and the names of its processes. */
export class RunFolder {
  private constructor(
    readonly path: string,
    private readonly owner: ProcessIdentity,
  ) {}

  /**
   * A new, empty folder owned by this process. Closed to others; where this process is root, others may pass through to
   * what they are given inside, since a database server refuses to run as root.
   *
   * @param base the folder to make it in
   */
  static async create(base = os.tmpdir()): Promise<RunFolder> {
    const fresh = await mkdtemp(path.join(base, unfinishedPrefix));
    const run = new RunFolder(path.join(base, runPrefix + fresh.slice(-6)), ownIdentity());
    await mkdir(path.join(fresh, recordsFolder), { mode: 0o700 });
    await run.write(fresh, false);
    if (process.getuid?.() === 0) await chmod(fresh, 0o711);
    // Complete before it has the name that a clean-up looks for.
    await rename(fresh, run.path);
    return run;
  }

  /** A folder in it, made where it is missing and open to this user only. */
  async folder(name: string): Promise<string> {
    const made = path.join(this.path, name);
    await mkdir(made, { recursive: true, mode: 0o700 });
    return made;
  }

  /** Notes a process of this run: see {@link recordProcess}. */
  record(name: string, pid: number): Promise<void> {
    return recordProcess(this.path, name, pid);
  }

  /** Leaves the folder in place after the run, for a person to look at. */
  keep(): Promise<void> {
    return this.write(this.path, true);
  }

  /**
   * Copies every log (`*.log`) in the folder to another, which holds them alone afterwards, named by where they were.
   *
   * @param to replaced where it is there; not made where there is no log yet
   * @returns whether there were any
   */
  async saveLogs(to: string): Promise<boolean> {
    await rm(to, { recursive: true, force: true });
    const logs = (await readdir(this.path, { recursive: true })).filter((name) => name.endsWith(".log"));
    if (logs.length === 0) return false;
    await mkdir(to, { recursive: true, mode: 0o700 });
    for (const name of logs)
      await copyFile(path.join(this.path, name), path.join(to, name.replaceAll(path.sep, "-")));
    return true;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  private write(folder: string, kept: boolean): Promise<void> {
    const content: z.infer<typeof owner> = { owner: this.owner, kept };
    return writeFile(path.join(folder, ownerFile), JSON.stringify(content), { mode: 0o600 });
  }
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
