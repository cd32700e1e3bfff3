import type { Client } from "acme-client";
import { Cloudflare } from "../check/probes/cloudflare";
import { outside, refusal } from "../fault";
import { vaultSecrets, type AcmeSettings } from "./acme-settings";
import { DnsProofs } from "./proof";
import { certificateVault, type CertificateVault } from "./vault";

/** What an issue works with; tests may give their own. */
export interface AcmeTools {
  readonly vault: CertificateVault;
  readonly say: (line: string) => void;
}

/**
 * Has the authority issue the certificate anew, by proofs in DNS, as the newest version of it in the vault. The
 * certificate's key is made there and stays there; the account's key lies there as a secret.
 *
 * @returns when the new certificate ends.
 * @throws Fault (1) where the vault or the authority refuses; (3) where one of them or DNS is not reached
 */
export async function issueAcmeCertificate(settings: AcmeSettings, tools: AcmeTools): Promise<Date> {
  const { certificateName, hostNames, zone, zoneId, directory, email } = settings;
  const { vault, say } = tools;
  const token = await vault.secret(vaultSecrets.cloudflareToken);
  if (token === undefined)
    throw refusal(
      `the vault ${settings.vaultUrl} holds no secret ${vaultSecrets.cloudflareToken}; run \`pulumi up\` on the standby stack`,
    );
  const proofs = new DnsProofs(
    Cloudflare.withToken(token, `the secret ${vaultSecrets.cloudflareToken} of the certificate's vault`),
    zone,
    zoneId,
  );
  const acme = await import("acme-client");
  const accountKey = await ensureAccountKey(vault, () => acme.crypto.createPrivateRsaKey());
  const csr = await vault.request(certificateName, hostNames);
  say(`asking ${new URL(directory).host} for a certificate of ${hostNames.join(", ")}`);
  const chain = await order(new acme.Client({ directoryUrl: directory, accountKey }), {
    csr: pemRequest(csr),
    email,
    termsOfServiceAgreed: true,
    challengePriority: ["dns-01"],
    // Looked for below, at the zone's own name servers.
    skipChallengeVerification: true,
    challengeCreateFn: async ({ identifier }, _challenge, proof) => {
      await proofs.publish(identifier.value, proof);
      say(`${identifier.value}: the proof is in DNS`);
    },
    challengeRemoveFn: ({ identifier }, _challenge, proof) => proofs.withdraw(identifier.value, proof),
  });
  const certificates = acme.crypto.splitPemChain(chain);
  await vault.complete(certificateName, certificates.map(derOf));
  return acme.crypto.readCertificateInfo(chain).notAfter;
}

/** {@link issueAcmeCertificate} with the vault of its settings. */
export const issueIntoVault = async (settings: AcmeSettings, say: AcmeTools["say"]): Promise<Date> =>
  issueAcmeCertificate(settings, { vault: await certificateVault(settings.vaultUrl), say });

async function order(client: Client, options: Parameters<Client["auto"]>[0]): Promise<string> {
  try {
    return await client.auto(options);
  } catch (error) {
    if (error instanceof Error && error.name === "Fault") throw error;
    const said = error instanceof Error ? error.message : String(error);
    const reached = !(error instanceof Error && "code" in error && !("response" in error));
    throw reached
      ? refusal(`the ACME authority refuses the certificate: ${said}`, { cause: error })
      : outside(`the ACME authority cannot be reached: ${said}`, { cause: error });
  }
}

/** The key of the account at the authority: made once, kept in the vault, so that each issue is the same account's. */
async function ensureAccountKey(vault: CertificateVault, make: () => Promise<Buffer>): Promise<string> {
  const kept = await vault.secret(vaultSecrets.accountKey);
  if (kept !== undefined) return kept;
  const made = (await make()).toString();
  await vault.setSecret(vaultSecrets.accountKey, made);
  return made;
}

const pemRequest = (der: Uint8Array): string =>
  [
    "-----BEGIN CERTIFICATE REQUEST-----",
    ...(Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? []),
    "-----END CERTIFICATE REQUEST-----",
    "",
  ].join("\n");

const derOf = (pem: string): Uint8Array => Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
