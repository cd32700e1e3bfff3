import { z } from "zod";

/** All that an issue needs to know; what is secret lies in the vault: the account's key and Cloudflare's token. */
export const acmeSettingsSchema = z.object({
  vaultUrl: z.url(),
  /** Of the certificate, in the vault. */
  certificateName: z.string().min(1),
  /** Names of the certificate; the first is its common name. */
  hostNames: z.tuple([z.string()], z.string()),
  zone: z.string(),
  zoneId: z.string(),
  /** URL of the ACME directory. */
  directory: z.url(),
  email: z.string(),
});

export type HostNames = AcmeSettings["hostNames"];
export type AcmeSettings = Readonly<z.output<typeof acmeSettingsSchema>>;

/** Names of the vault's secrets. */
export const vaultSecrets = { accountKey: "acme-account-key", cloudflareToken: "cloudflare-token" } as const;
