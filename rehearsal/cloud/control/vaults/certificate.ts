import { X509Certificate } from "node:crypto";
import type { VaultCertificate } from "./store";

/** The only form of a secret that Front Door takes a certificate from. */
export const pfx = "application/x-pkcs12";

/** The certificates of a PEM text, in its order. @throws Error where one cannot be read */
export const pemCertificates = (pem: string): readonly X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (text) => new X509Certificate(text),
  );

const issuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/** Whether a chain leads, each by the next, to a root that is trusted; the root itself may be left out. */
function isComplete(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
  const last = chain.at(-1);
  if (last === undefined) return false;
  const linked = chain.every((certificate, index) => {
    const next = chain[index + 1];
    return next === undefined || issuedBy(certificate, next);
  });
  return linked && roots.some((root) => root.fingerprint256 === last.fingerprint256 || issuedBy(last, root));
}

/**
 * Why Front Door does not take a certificate, by its page of requirements (learn.microsoft.com/azure/frontdoor/domain,
 * "Certificate requirements"); undefined where it does.
 *
 * @param roots PEM, of Microsoft's list of trusted authorities.
 */
export function unfitForEdge(
  { chain, contentType }: VaultCertificate,
  roots: readonly string[],
  now: Date,
): string | undefined {
  if (contentType !== pfx)
    return `its content type is ${contentType}; it has to be imported from a PFX file (${pfx})`;
  const certificates = pemCertificates(chain);
  const [leaf] = certificates;
  if (leaf === undefined) return "it holds no certificate";
  const keyType = leaf.publicKey.asymmetricKeyType ?? "unknown";
  if (keyType !== "rsa") return `its key is ${keyType}; Front Door takes RSA only`;
  if (new Date(leaf.validTo) <= now) return `it has expired: ${leaf.validTo}`;
  if (!isComplete(certificates, roots.flatMap(pemCertificates)))
    return "its chain does not lead to an authority of Microsoft's list: leaf and intermediates have to be there";
  return undefined;
}

/** Whether a certificate is good for a host name, by its alternative names or its common name. */
export const names = ({ chain }: VaultCertificate, hostName: string): boolean =>
  pemCertificates(chain)[0]?.checkHost(hostName) !== undefined;
