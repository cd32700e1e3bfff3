import { z } from "zod";
import type { Cloud } from "../cloud";
import { guidOf } from "../guid";
import type { JsonObject } from "../json";
import { isObject } from "../json";
import { holdsRole, roles } from "./access";
import type { Stored } from "../world";
import { pick, type RuleBook } from "./rules";

const secretSchema = z.object({
  vaultName: z.string(),
  secretName: z.string(),
  properties: z.object({ value: z.string() }),
});
const vaultSchema = z.object({
  vaultName: z.string(),
  properties: z.object({
    enableRbacAuthorization: z.boolean().default(false),
    accessPolicies: z
      .array(
        z.object({
          objectId: z.string(),
          permissions: z.object({ secrets: z.array(z.string()).default([]) }),
        }),
      )
      .default([]),
  }),
});

/** The vault of a name. */
export const vaultNamed = (cloud: Cloud, vaultName: string): Stored | undefined =>
  cloud.world
    .ofType("keyvault:Vault")
    .find(({ values }) => pick(vaultSchema, values).vaultName.toLowerCase() === vaultName.toLowerCase());

const vaultUri = (vaultName: string): string => `https://${vaultName}.vault.azure.net/`;
const readers = [roles.keyVaultSecretsUser, roles.keyVaultSecretsOfficer, roles.keyVaultAdministrator];

/** A secret's value for a principal, or why it does not get it. */
export type SecretAnswer = { readonly value: string } | { readonly refusal: string };

/** Whether a principal may read a secret of a vault, by its roles or the vault's policies. */
export function mayReadSecrets(cloud: Cloud, vault: Stored, secretId: string, principalId: string): boolean {
  const { properties } = pick(vaultSchema, vault.values);
  if (properties.enableRbacAuthorization) return holdsRole(cloud.world, principalId, secretId, readers);
  return properties.accessPolicies.some(
    ({ objectId, permissions }) =>
      objectId === principalId && permissions.secrets.some((permission) => /^(all|get)$/i.test(permission)),
  );
}

/** Reads the newest version of a secret as a principal: only what its roles or policies allow. */
export function readSecret(
  cloud: Cloud,
  vaultName: string,
  secretName: string,
  principalId: string,
): SecretAnswer {
  const vault = vaultNamed(cloud, vaultName);
  if (vault === undefined) return { refusal: `vault ${vaultName} does not exist` };
  const found = cloud.world.below(vault.id).find(({ values }) => {
    const { success, data } = secretSchema.safeParse(values);
    return success && data.secretName.toLowerCase() === secretName.toLowerCase();
  });
  if (found === undefined) return { refusal: `vault ${vaultName} has no secret ${secretName}` };
  if (!mayReadSecrets(cloud, vault, found.id, principalId))
    return { refusal: `the app's identity may not read secrets of vault ${vaultName}` };
  return { value: pick(secretSchema, found.values).properties.value };
}

export const keyVaultRules: RuleBook = {
  "keyvault:Vault": {
    outputs: ({ values }) => {
      const properties: JsonObject = isObject(values["properties"]) ? values["properties"] : {};
      return {
        properties: {
          ...properties,
          vaultUri: vaultUri(pick(vaultSchema, values).vaultName),
          provisioningState: "Succeeded",
        },
      };
    },
    retire: ({ values }, { vaults }) => {
      vaults.remove(pick(vaultSchema, values).vaultName);
      return Promise.resolve();
    },
  },
  "keyvault:Secret": {
    outputs: ({ id, values }) => {
      const { vaultName, secretName, properties } = pick(secretSchema, values);
      const uri = `${vaultUri(vaultName)}secrets/${secretName}`;
      const version = guidOf(`${id} ${properties.value}`).replaceAll("-", "");
      // The value is never given back: ARM only ever writes it.
      return { properties: { secretUri: uri, secretUriWithVersion: `${uri}/${version}` } };
    },
  },
};
