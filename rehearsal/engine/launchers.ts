import { mkdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { findOnPath, isExecutable } from "./command";

const host = path.join(__dirname, "language-host", "host.cjs");
const tie = path.join(__dirname, "language-host", "tie.cjs");

/** A word of a POSIX shell command. */
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The programs that an engine looks for by name, and what ours runs in their place. */
const programs: Readonly<Record<string, readonly string[]>> = {
  "pulumi-language-nodejs": [host],
  "pulumi-resource-pulumi-nodejs": [
    "--require",
    tie,
    require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js"),
  ],
};

/**
 * Makes a folder for the PATH of an engine: `node`, this very one, so that programs run on the version that everything
 * else does; and a language host and a dynamic provider for Node.js where the engine has none of its own.
 *
 * @param folder made where it is missing
 * @param cli the Pulumi CLI, which looks for its companions beside itself first
 * @param searchPath the PATH it will have besides
 */
export async function writeLaunchers(
  folder: string,
  cli: string,
  searchPath: string | undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(path.join(folder, "node"), { force: true });
  await symlink(process.execPath, path.join(folder, "node"));
  const beside = path.dirname(await realpath(cli));
  for (const [name, args] of Object.entries(programs)) {
    if (await isExecutable(path.join(beside, name))) continue;
    if ((await findOnPath(name, searchPath)) !== undefined) continue;
    const command = [process.execPath, ...args].map(quoted).join(" ");
    await writeFile(path.join(folder, name), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  }
}
