import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isExecutable } from "./command";
import { withLock } from "./lock";

/** Where this user keeps what can be fetched or built again: outside the project, shared by all its copies. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const given = env["XDG_CACHE_HOME"];
  // The XDG specification wants a relative value to be ignored.
  const base = given !== undefined && path.isAbsolute(given) ? given : path.join(homeOf(env), ".cache");
  return path.join(base, "warm-standby", "engine");
}

const homeOf = (env: NodeJS.ProcessEnv): string => env["HOME"] ?? os.homedir();

/** One kept installation of a command: `<root>/bin/<file>`. */
export interface Kept {
  readonly root: string;
  readonly cli: string;
}

/** The place of an installation, whether or not it is there yet. Machines of different kinds may share a home. */
export function keptPlace(
  cache: string,
  kind: "release" | "go-module" | "pebble",
  version: string,
  file = "pulumi",
): Kept {
  const root = path.join(cache, `${kind}-${version}-${process.platform}-${process.arch}`);
  return { root, cli: path.join(root, "bin", file) };
}

/**
 * Makes an installation once a machine. Of several processes that want it, one makes it and the others wait for it. It
 * is made in a folder beside its place and moved there complete: an interrupted one leaves nothing that looks finished,
 * and what it left is removed by the next.
 *
 * @param make fills the folder given to it; what it throws is passed on
 */
export async function makeOnce(
  place: Kept,
  make: (folder: string) => Promise<void>,
  options: { signal?: AbortSignal | undefined; onWait?: () => void } = {},
): Promise<void> {
  const parent = path.dirname(place.root);
  const unfinished = `${path.basename(place.root)}.unfinished-`;
  await mkdir(parent, { recursive: true });
  await withLock(
    `${place.root}.lock`,
    async () => {
      if (await isExecutable(place.cli)) return;
      for (const name of await readdir(parent))
        if (name.startsWith(unfinished)) await rm(path.join(parent, name), { recursive: true, force: true });
      const folder = await mkdtemp(path.join(parent, unfinished));
      try {
        await make(folder);
        await rm(place.root, { recursive: true, force: true });
        await rename(folder, place.root);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    options,
  );
}
