import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { usage } from "../fault";
import type { DeploymentSettings } from "./settings";

const projectFile = z.looseObject({ name: z.string().min(1) });

/**
 * The project's name, which Pulumi puts before every key of its own (`my-shop:domain`): `pulumi new` chooses it.
 *
 * @throws Fault (2) where the folder holds no project
 */
export function projectName({ project }: Pick<DeploymentSettings, "project">): string {
  const file = path.join(project, "Pulumi.yaml");
  if (!existsSync(file)) throw usage(`no Pulumi.yaml in ${project}; run this in the project's folder`);
  const parsed = projectFile.safeParse(parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw usage(`${file} names no project; it wants a line "name: NAME"`);
  return parsed.data.name;
}

/**
 * A key's own name, as a stack's file spells it: without a namespace it is the project's (Pulumi, stack config file).
 *
 * @returns undefined for a key of someone else's
 */
export function ownKey(settings: Pick<DeploymentSettings, "project">, spelled: string): string | undefined {
  if (!spelled.includes(":")) return spelled;
  const own = `${projectName(settings)}:`;
  return spelled.startsWith(own) ? spelled.slice(own.length) : undefined;
}
