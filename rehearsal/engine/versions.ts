import { z } from "zod";
import sdk from "@pulumi/pulumi/package.json";

/** The Pulumi release that is fetched or built where the machine has none; pinned together with `go-module/go.mod`. */
export const engineVersion = "3.259.0";

/**
 * The oldest CLI that is taken from PATH: the version of the SDK that the program is written against. The two speak one
 * protocol, and an engine may lack what a later SDK asks of it.
 */
export const minimumVersion = z.object({ version: z.string() }).parse(sdk).version;

/** `[major, minor, patch]` of what `pulumi version` prints, such as `v3.259.0` or `3.260.0-alpha.x1a2b`. */
export function parseVersion(text: string): readonly [number, number, number] | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text.trim());
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Why a CLI of this version does not do; undefined where it does. */
export function unsuitable(printed: string): string | undefined {
  const version = parseVersion(printed);
  const least = parseVersion(minimumVersion);
  if (least === undefined) throw new Error(`the SDK's own version cannot be read: ${minimumVersion}`);
  const wanted = `${minimumVersion} or a later 3.x is wanted`;
  if (version === undefined) return `its version cannot be read ("${printed.trim()}"); ${wanted}`;
  const [major, minor, patch] = version;
  const name = version.join(".");
  if (major > least[0]) return `${name} is of another major version; ${wanted}`;
  const behind =
    [major - least[0], minor - least[1], patch - least[2]].find((difference) => difference !== 0) ?? 0;
  if (behind >= 0) return undefined;
  return `${name} is too old; ${wanted}, since the program's SDK is ${minimumVersion} and an older engine may lack what it asks for`;
}
