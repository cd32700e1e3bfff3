import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { leaf, optionalLeaf, whole } from "../leaf";
import { namespace } from "../namespace";
import type { RawSettings } from "../parse";
import { setCommand } from "../set-command";

/** Let's Encrypt's production directory (letsencrypt.org/docs/acme-protocol-updates). */
export const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

/** Where the certificate of the names at the edge comes from. */
export type CertificateSettings =
  | { readonly kind: "managed" }
  | { readonly kind: "keyVault"; readonly vaultSecretId: string }
  | {
      readonly kind: "acme";
      readonly directory: string;
      /** Undefined: the address that alerts go to. */
      readonly email: string | undefined;
      readonly cloudflareToken: pulumi.Output<string>;
      readonly renewBeforeDays: number;
    };

const vaultSecretId = {
  allowed: "the ARM id of the certificate's secret: <ARM id of the vault>/secrets/<name of the certificate>",
  example:
    "/subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/certificates/providers/Microsoft.KeyVault/vaults/blanklabel-certs/secrets/shop",
} as const;
const cloudflareToken = {
  allowed: "a secret of at least 8 characters",
  example: "",
  secret: true,
} as const;

/** What each kind cannot do without. */
const needed = {
  keyVault: { key: "vaultSecretId", about: vaultSecretId },
  acme: { key: "cloudflareToken", about: cloudflareToken },
} as const;

const shape = z
  .strictObject({
    kind: leaf<CertificateSettings["kind"]>(
      z.enum(["managed", "keyVault", "acme"]),
      {
        allowed: "managed, keyVault or acme",
        example: "managed",
        why: "Who issues it. managed: Front Door itself. keyVault: you, into a vault of yours. acme: an ACME authority such as Let's Encrypt, by DNS-01.",
      },
      "managed",
    ),
    vaultSecretId: optionalLeaf(
      z
        .string()
        .regex(
          /^\/subscriptions\/[\da-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[A-Za-z][\w-]{1,22}[A-Za-z\d]\/secrets\/[A-Za-z\d-]{1,127}$/i,
        ),
      {
        ...vaultSecretId,
        why: "keyVault: the certificate (RSA, its whole chain, good for the three names), in a vault of the same subscription.",
      },
    ),
    directory: leaf(
      z.url({ protocol: /^https$/ }),
      {
        allowed: "the https address of an ACME directory",
        example: letsEncrypt,
        why: "acme: the authority. Let's Encrypt's production by default.",
      },
      letsEncrypt,
    ),
    email: optionalLeaf(z.email(), {
      allowed: "an e-mail address",
      example: "owner@blanklabel.example",
      why: "acme: whom the authority writes to; `alertEmail` where it is not set.",
    }),
    cloudflareToken: optionalLeaf(z.string().min(8), {
      ...cloudflareToken,
      why: "acme: an API token of Cloudflare that may edit the zone's DNS, for the proofs by DNS of this and each later issue.",
    }),
    renewBeforeDays: leaf(
      whole(1, 60),
      {
        allowed: "a whole number of days from 1 to 60",
        example: "30",
        unit: "days",
        why: "acme: how long before its end it is issued anew; a third of the 90 days that Let's Encrypt gives.",
      },
      30,
    ),
  })
  .superRefine((given, context) => {
    if (given.kind === "managed") return;
    const { key, about } = needed[given.kind];
    if (given[key] !== undefined) return;
    const params = { ...about, value: undefined };
    context.addIssue({ code: "custom", path: [key], message: about.allowed, params });
  })
  .transform(({ kind, vaultSecretId: id, cloudflareToken: token, ...acme }): CertificateSettings => {
    if (kind === "keyVault" && id !== undefined) return { kind, vaultSecretId: id };
    if (kind === "acme" && token !== undefined)
      return { kind, ...acme, cloudflareToken: pulumi.secret(token) };
    return { kind: "managed" };
  });

/** The certificate of the names at the edge. */
export const certificateSettings = { certificate: shape.prefault({}) };

const asked = z.object({
  certificate: z.object({ kind: z.literal("acme") }),
  operatorObjectIds: z.array(z.unknown()).max(0).default([]),
});

/** Issuing writes to the certificate's vault, for which owning the subscription is not enough. */
export function someoneIssues(raw: RawSettings, stack: string): string | undefined {
  if (!asked.safeParse(raw).success) return undefined;
  return `${namespace()}operatorObjectIds is empty, but certificate.kind is 'acme'; allowed: the Entra object id of whoever runs pulumi up, who needs a role on the certificate's vault. Fix: ${setCommand(["operatorObjectIds", 0], stack, "11111111-2222-4333-8444-555555555555")}`;
}
