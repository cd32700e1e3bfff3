import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { usage } from "../fault";
import { ownKey } from "./project";
import { readConfig } from "./read";
import { stackFile, type DeploymentSettings, type StackSettings } from "./settings";

const document = z.object({ config: z.record(z.string(), z.unknown()).default({}) });
const anything = z.looseObject({});

/**
 * A stack's plain config by short names: from its file on this disk, which takes neither the Pulumi CLI nor a
 * passphrase, else as the CLI hands it out. Values that a file holds encrypted are left out.
 *
 * @throws Fault (2) where the file cannot be read as one, or where there is neither; the faults of {@link readConfig}.
 */
export async function plainConfig(
  settings: DeploymentSettings,
  stack: StackSettings,
): Promise<Readonly<Record<string, unknown>>> {
  const file = stackFile(settings, stack);
  return existsSync(file) ? fromFile(file, settings) : readConfig(settings, stack, anything);
}

function fromFile(file: string, settings: DeploymentSettings): Readonly<Record<string, unknown>> {
  const parsed = document.safeParse(yamlOf(file));
  if (!parsed.success)
    throw usage(`${file} is not a stack's file: it has no config of named values; look at it, or restore it`);
  return Object.fromEntries(
    Object.entries(parsed.data.config).flatMap(([spelled, value]) => {
      const key = ownKey(settings, spelled);
      return key === undefined || encrypted(value) ? [] : [[key, value] as const];
    }),
  );
}

function yamlOf(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? error.message) : String(error);
    throw usage(`${file} cannot be read: ${why}`, { cause: error });
  }
}

const encrypted = (value: unknown): boolean => z.object({ secure: z.string() }).safeParse(value).success;
