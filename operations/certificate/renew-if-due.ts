import type { StandbyOutputs } from "../deployment";
import { issueAcmeCertificate } from "./acme";
import { certificateVault, type CertificateVault } from "./vault";

const day = 86_400_000;

/** How a certificate stands after a look. */
export interface Due {
  readonly renewed: boolean;
  /** Undefined where it is not kept in a vault of the standby's own. */
  readonly expires: Date | undefined;
}

/**
 * For the job, once a day: has the ACME authority issue the certificate anew where it ends soon. Certificates of other
 * kinds are left alone: Front Door's are renewed by `standby certificate renew`, one's own in their own vault.
 *
 * @param open gives the vault; the real one by default
 * @throws Fault as {@link issueAcmeCertificate} does
 */
export async function renewIfDue(
  certificate: StandbyOutputs["certificate"],
  say: (line: string) => void,
  now = new Date(),
  open: (vaultUrl: string) => Promise<CertificateVault> = certificateVault,
): Promise<Due> {
  if (certificate.kind !== "acme") return { renewed: false, expires: undefined };
  const vault = await open(certificate.vaultUrl);
  const expires = await vault.expires(certificate.certificateName);
  if (expires !== undefined && expires.getTime() - now.getTime() > certificate.renewBeforeDays * day)
    return { renewed: false, expires };
  return { renewed: true, expires: await issueAcmeCertificate(certificate, { vault, say }) };
}
