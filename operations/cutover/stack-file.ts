import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseDocument, type Document } from "yaml";
import { z } from "zod";
import {
  projectName,
  stackFile,
  type DeploymentSettings,
  type Site,
  type StackSettings,
} from "../deployment";
import { usage } from "../fault";

/** The prod stack's file as it stands on disk, read without Pulumi. Encrypted values are never looked at. */
const fileSchema = z.object({ config: z.record(z.string(), z.unknown()).optional() });

export interface StackFileValues {
  readonly domain: string | undefined;
  readonly zoneId: string | undefined;
  readonly primaryHost: string | undefined;
  readonly primaryAddress: string | undefined;
}

/** A key as a stack's file may spell it: with the project's name before it, as Pulumi writes it, or without. */
const spellings = (settings: DeploymentSettings, key: string): readonly string[] => [
  `${projectName(settings)}:${key}`,
  key,
];

/** Undefined where there is no such file. @throws Fault (2) where it is not a stack's file. */
export function readStackFile(settings: DeploymentSettings): StackFileValues | undefined {
  const file = stackFile(settings, settings.prod);
  if (!existsSync(file)) return undefined;
  const document = parseDocument(readFileSync(file, "utf8"));
  const parsed = fileSchema.safeParse(document.toJS() ?? {});
  if (document.errors.length > 0 || !parsed.success)
    throw usage(`${file} cannot be read as a stack's config file; mend it, or move it away for this cutover`);
  const config = parsed.data.config ?? {};
  const value = (key: string): string | undefined =>
    spellings(settings, key)
      .map((spelling) => config[spelling])
      .find((found) => typeof found === "string");
  return {
    domain: value("domain"),
    zoneId: value("zoneId"),
    primaryHost: value("primaryHost"),
    primaryAddress: value("primaryAddress"),
  };
}

/** Writes `activeSite` into the prod stack's file. @returns the file, undefined without one. */
export const writeActiveSite = (settings: DeploymentSettings, site: Site): string | undefined =>
  writeConfigValue(settings, settings.prod, "activeSite", site);

/** Writes a config value into a stack's file, comments and order kept. @returns the file, undefined without one. */
export function writeConfigValue(
  settings: DeploymentSettings,
  stack: StackSettings,
  key: string,
  value: string,
): string | undefined {
  const file = stackFile(settings, stack);
  if (!existsSync(file)) return undefined;
  const document: Document = parseDocument(readFileSync(file, "utf8"));
  const [own = key, plain = key] = spellings(settings, key);
  document.setIn(["config", document.hasIn(["config", plain]) ? plain : own], value);
  writeFileSync(`${file}.next`, document.toString());
  renameSync(`${file}.next`, file);
  return file;
}
