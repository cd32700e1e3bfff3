import type { Cloud } from "../cloud";
import { badRequest } from "../fault";
import { pfx } from "./certificate";

/** In place of the URN of a resource that no stack has made. */
export const givenUrn = "given";

const source = /^(\/subscriptions\/.+\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+))\/secrets\/([^/]+)$/i;

/** Puts a certificate into a vault that was there before any stack, as if imported from a PFX file. */
export function giveCertificate(
  cloud: Cloud,
  vaultSecretId: string,
  certificate: { readonly chain: string; readonly key: string },
): void {
  const [, vaultId, vaultName, name] = source.exec(vaultSecretId) ?? [];
  if (vaultId === undefined || vaultName === undefined || name === undefined)
    throw badRequest(
      "BadInput",
      `vaultSecretId is ${JSON.stringify(vaultSecretId)}; <vault>/secrets/<name> is wanted.`,
    );
  if (cloud.world.get(vaultId) === undefined)
    cloud.world.put({
      id: vaultId,
      type: "azure-native:keyvault:Vault",
      urn: givenUrn,
      inputs: { vaultName, properties: { enableRbacAuthorization: true } },
      outputs: { name: vaultName, properties: { vaultUri: `https://${vaultName}.vault.azure.net/` } },
    });
  cloud.vaults.add(vaultName, name, { ...certificate, contentType: pfx });
}
