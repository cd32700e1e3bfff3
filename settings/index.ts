import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { SettingsError } from "./settings-error";
import { nameProject, namespace } from "./namespace";
import { parsePrimary, primaryKeys, primarySchema, type PrimarySettings } from "./primary";
import { parseProd, prodKeys, prodSchema, type ProdSettings } from "./prod";
import { heldSecrets } from "./schema";
import { parseStandby, standbyKeys, standbySchema, type StandbySettings } from "./standby";

export { SettingsError } from "./settings-error";
export type { PrimarySettings } from "./primary";
export type { ProdSettings, Site } from "./prod";
export type { CertificateSettings, DatabaseEngine, Size, StandbySettings } from "./standby";

export type Role = "prod" | "standby" | "primary";
const roles: readonly Role[] = ["prod", "standby", "primary"];

/** The running stack's own config, keys without their namespace. */
function ownConfig(): Record<string, string> {
  nameProject(pulumi.getProject());
  const own = namespace();
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(own))
      .map(([key, value]) => [key.slice(own.length), value]),
  );
}

/** Keys in which a secret is set, but that Pulumi does not know as encrypted. */
function inClear(raw: Readonly<Record<string, string>>, schema: z.core.$ZodType): string[] {
  const listed: unknown = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]");
  const encrypted = new Set(Array.isArray(listed) ? listed.map(String) : []);
  return heldSecrets(schema, raw).filter((key) => !encrypted.has(`${namespace()}${key}`));
}

/** Which of the stacks is running: config `role`, else its name. @throws SettingsError where neither says */
export function stackRole(stack: string): Role {
  const given = ownConfig()["role"] ?? stack;
  const role = roles.find((each) => each === given);
  if (role !== undefined) return role;
  throw new SettingsError(stack, [
    `${namespace()}role is ${given === stack ? "not set" : `'${given}'`}; allowed: prod, standby or primary, where the stack's name is none of them. Fix: pulumi config set role standby --stack ${stack}`,
  ]);
}

/** Settings of the running stack `prod`. @throws SettingsError naming every fault at once */
export function readProdSettings(stack: string): ProdSettings {
  const raw = ownConfig();
  return parseProd(stack, raw, [...standbyKeys, ...primaryKeys], inClear(raw, prodSchema));
}

/** Settings of the running stack `standby`. @throws SettingsError naming every fault at once */
export function readStandbySettings(stack: string): StandbySettings {
  const raw = ownConfig();
  return parseStandby(stack, raw, [...prodKeys, ...primaryKeys], inClear(raw, standbySchema));
}

/** Settings of the running stack `primary`. @throws SettingsError naming every fault at once */
export function readPrimarySettings(stack: string): PrimarySettings {
  const raw = ownConfig();
  return parsePrimary(stack, raw, [...prodKeys, ...standbyKeys], inClear(raw, primarySchema));
}
