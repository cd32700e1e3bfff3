import path from "node:path";
import { outside } from "../../operations/fault";
import { cacheFolder } from "../engine/cache";
import { buildGoCommand, type GoCommand } from "../engine/go-build";
import { defaultLimits, reason } from "../engine/ways";

/** Let's Encrypt's own test server (github.com/letsencrypt/pebble); pinned together with `go-module/go.mod`. */
const version = "2.10.1";

const pebble: GoCommand = {
  title: "the ACME test server Pebble",
  kind: "pebble",
  version,
  file: "pebble",
  moduleFolder: path.join(__dirname, "go-module"),
  command: "github.com/letsencrypt/pebble/v2/cmd/pebble",
  takes: "half a minute on two cores",
};

/**
 * Pebble's absolute path: built from its official Go module the first time, kept in the user's cache folder.
 * @throws Fault (3) where there is no Go, or its module cannot be had
 */
export async function findPebble(
  say: (line: string) => void,
  signal?: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const context = { env, cache: cacheFolder(env), say, signal, limits: defaultLimits };
  const built = await buildGoCommand(pebble, context).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw outside(`${pebble.title} could not be built: ${reason(error)}`, { cause: error });
  });
  if (built !== undefined) return built;
  throw outside(`${pebble.title} is built with Go, which is not on PATH; install it (https://go.dev/dl/)`);
}
