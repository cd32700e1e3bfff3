import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { keptPlace, makeOnce, type Kept } from "./cache";
import { findOnPath, lastWords, runCommand } from "./command";
import { withProgress, type WayContext } from "./ways";

/** A command that is built from its official Go module. */
export interface GoCommand {
  /** As messages name it, without its version: `the Pulumi CLI`. */
  readonly title: string;
  /** Names the place where it is kept, with its version. */
  readonly kind: "go-module" | "pebble";
  readonly version: string;
  /** The file that is built. */
  readonly file: string;
  /** A folder with a go.mod and a go.sum of ours that require it: not every module can be built by name and version. */
  readonly moduleFolder: string;
  /** Import path of the command. */
  readonly command: string;
  readonly linkerFlags?: string;
  /** How long it takes, as a message says it. */
  readonly takes: string;
}

/** Where a command is kept, whether or not it is there yet. */
export const keptCommand = (what: GoCommand, { cache }: Pick<WayContext, "cache">): Kept =>
  keptPlace(cache, what.kind, what.version, what.file);

/**
 * Builds a command once a machine, and keeps it in the user's cache folder.
 * @returns its absolute path; undefined where there is no Go on PATH
 * @throws Error where the build fails
 */
export async function buildGoCommand(what: GoCommand, context: WayContext): Promise<string | undefined> {
  const go = await findOnPath("go", context.env["PATH"]);
  if (go === undefined) return undefined;
  const place = keptCommand(what, context);
  await makeOnce(place, (folder) => build(go, folder, what, context), {
    signal: context.signal,
    onWait: () => context.say(`waiting for another process that builds ${what.title} ${what.version}`),
  });
  return place.cli;
}

async function build(go: string, folder: string, what: GoCommand, context: WayContext): Promise<void> {
  const source = path.join(folder, "module");
  await mkdir(source);
  // A copy: go may write to the module it builds from, and the project's own may be read-only.
  for (const name of ["go.mod", "go.sum"])
    await copyFile(path.join(what.moduleFolder, name), path.join(source, name));
  context.say(
    `building ${what.title} ${what.version} from its Go module, once on this machine: ${what.takes}`,
  );
  let modules = 0;
  let packages = 0;
  const { code, stderr, timedOut } = await withProgress(
    context,
    (seconds) =>
      `building ${what.title}: ${String(seconds)} s, ${String(modules)} modules fetched, ${String(packages)} packages compiled`,
    () =>
      runCommand(go, {
        args: [
          "build",
          "-v",
          "-mod=readonly",
          "-buildvcs=false",
          ...(what.linkerFlags === undefined ? [] : [`-ldflags=${what.linkerFlags}`]),
          "-o",
          path.join(folder, "bin", what.file),
          what.command,
        ],
        cwd: source,
        env: { ...context.env, GOWORK: "off", GO111MODULE: "on" },
        within: context.limits.build,
        signal: context.signal,
        onLine: (line) => {
          // `go build -v` names each package as it is compiled.
          if (line.startsWith("go: downloading ")) modules += 1;
          else if (/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) packages += 1;
        },
      }),
  );
  if (timedOut)
    throw new Error(`the build was not done within ${String(context.limits.build / 60_000)} minutes`);
  if (code !== 0) throw new Error(`${go} build failed: ${lastWords(stderr)}`);
}
