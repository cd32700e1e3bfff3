import path from "node:path";
import { isExecutable } from "./command";
import { buildGoCommand, keptCommand, type GoCommand } from "./go-build";
import { askVersion } from "./on-path";
import { engineVersion } from "./versions";
import { reason, type WayContext, type WayResult } from "./ways";

const pulumi: GoCommand = {
  title: "the Pulumi CLI",
  kind: "go-module",
  version: engineVersion,
  file: "pulumi",
  // The CLI's own module is not served by version list, so that a module of ours, with all its sums, requires it.
  moduleFolder: path.join(__dirname, "go-module"),
  command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  // Where the CLI keeps its version, which its releases set in this way too.
  linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`,
  takes: "about four minutes on two cores",
};

/** A CLI that was built here before. */
export async function findKeptBuild(context: WayContext): Promise<WayResult> {
  const { cli } = keptCommand(pulumi, context);
  return (await isExecutable(cli)) ? askVersion(cli, context) : { cli: undefined, why: "there is none" };
}

/** The third way: built from its official Go module, kept in the user's cache folder. */
export async function buildFromModule(context: WayContext): Promise<WayResult> {
  try {
    const cli = await buildGoCommand(pulumi, context);
    return cli === undefined
      ? { cli: undefined, why: "there is no go on PATH" }
      : await askVersion(cli, context);
  } catch (error) {
    context.signal?.throwIfAborted();
    return { cli: undefined, why: reason(error) };
  }
}
