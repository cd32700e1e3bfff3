import { chownSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { ServerAccount } from "./account";
import { makeOnce, type Binaries } from "./binaries";
import { run } from "./run";

/** The superuser that a managed server keeps for itself, under Azure's name for it. */
export const platformUser = "azuresu";

// Raised when the options below change, so that no older template is taken for a new one.
const templateRevision = 1;

const initdbOptions = [
  "--no-sync",
  "--encoding=UTF8",
  // The same collation on every machine, whatever locales it has.
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  // Small WAL segments: a new server is a copy of some 25 MB.
  "--wal-segsize=1",
  "--auth=reject",
  `--username=${platformUser}`,
];

/**
 * Makes a data folder that belongs to the server's user. `initdb` runs once a machine and version; later servers
 * start from a copy.
 */
export async function makeDataFolder(
  folder: string,
  binaries: Binaries,
  account: ServerAccount | undefined,
): Promise<void> {
  const template = path.join(
    binaries.cache,
    `template-${binaries.version}-${String(templateRevision)}-${String(account?.uid ?? "own")}`,
  );
  await makeOnce(template, account, async (draft) => {
    await run(path.join(binaries.bin, "initdb"), [...initdbOptions, "-D", draft], { account, cwd: draft });
  });
  mkdirSync(folder, { mode: 0o700 });
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  await run("cp", ["-R", `${template}/.`, folder], { account, cwd: folder });
}
