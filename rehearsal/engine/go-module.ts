import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { keptPlace, makeOnce } from "./cache";
import { findOnPath, isExecutable, lastWords, runCommand } from "./command";
import { askVersion } from "./on-path";
import { engineVersion } from "./versions";
import { reason, withProgress, type WayContext, type WayResult } from "./ways";

/** The CLI's own module is not served by version list, so that a module of ours, with all its sums, requires it. */
const moduleFolder = path.join(__dirname, "go-module");
const command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** Where the CLI keeps its version, which its releases set in this way too. */
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** A CLI that was built here before. */
export async function findKeptBuild(context: WayContext): Promise<WayResult> {
  const { cli } = keptPlace(context.cache, "go-module", engineVersion);
  return (await isExecutable(cli)) ? askVersion(cli, context) : { cli: undefined, why: "there is none" };
}

/** The third way: built from its official Go module, kept in the user's cache folder. */
export async function buildFromModule(context: WayContext): Promise<WayResult> {
  const go = await findOnPath("go", context.env["PATH"]);
  if (go === undefined) return { cli: undefined, why: "there is no go on PATH" };
  const place = keptPlace(context.cache, "go-module", engineVersion);
  try {
    await makeOnce(place, (folder) => build(go, folder, context), {
      signal: context.signal,
      onWait: () => context.say(`waiting for another process that builds the Pulumi CLI ${engineVersion}`),
    });
    return await askVersion(place.cli, context);
  } catch (error) {
    context.signal?.throwIfAborted();
    return { cli: undefined, why: reason(error) };
  }
}

async function build(go: string, folder: string, context: WayContext): Promise<void> {
  const source = path.join(folder, "module");
  await mkdir(source);
  // A copy: go may write to the module it builds from, and the project's own may be read-only.
  for (const name of ["go.mod", "go.sum"])
    await copyFile(path.join(moduleFolder, name), path.join(source, name));
  context.say(
    `building the Pulumi CLI ${engineVersion} from its Go module, once on this machine: about four minutes on two cores`,
  );
  let modules = 0;
  let packages = 0;
  const { code, stderr, timedOut } = await withProgress(
    context,
    (seconds) =>
      `building the Pulumi CLI: ${String(seconds)} s, ${String(modules)} modules fetched, ${String(packages)} packages compiled`,
    () =>
      runCommand(go, {
        args: [
          "build",
          "-v",
          "-mod=readonly",
          "-buildvcs=false",
          `-ldflags=-X ${versionVariable}=v${engineVersion}`,
          "-o",
          path.join(folder, "bin", "pulumi"),
          command,
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
