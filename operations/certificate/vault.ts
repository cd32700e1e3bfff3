import type { CertificateClient } from "@azure/keyvault-certificates" with { "resolution-mode": "import" };
import type { SecretClient } from "@azure/keyvault-secrets" with { "resolution-mode": "import" };
import { azureCredential } from "../azure-credential";
import { outside, refusal } from "../fault";
import type { HostNames } from "./acme-settings";

/** What an issue does with the certificate's vault. */
export interface CertificateVault {
  /** A secret of the vault's; undefined where there is none. */
  secret(name: string): Promise<string | undefined>;
  setSecret(name: string, value: string): Promise<void>;
  /** When the newest version ends; undefined where none has been issued yet. */
  expires(name: string): Promise<Date | undefined>;
  /** A new key, made in the vault, and the request (PKCS #10, DER) to have it certified. Ends one that was begun before. */
  request(name: string, hostNames: HostNames): Promise<Uint8Array>;
  /** Makes the certificates (DER, the leaf first) the newest version, with the key that they were requested for. */
  complete(name: string, chain: readonly Uint8Array[]): Promise<void>;
}

/** A certificate's key as Front Door takes it: RSA, and a PFX as its secret (learn.microsoft.com/azure/frontdoor/domain). */
const policy = {
  issuerName: "Unknown",
  contentType: "application/x-pkcs12",
  keyType: "RSA",
  keySize: 2048,
  exportable: true,
  reuseKey: false,
} as const;

/** A common name has 64 characters at most (RFC 5280, ub-common-name); alternative names may be longer. */
export const commonName = (hostNames: readonly string[]): string =>
  hostNames.find((name) => name.length <= 64) ?? "warm-standby";

/** The vault over the official SDKs, as whoever runs this is signed in. */
export async function certificateVault(vaultUrl: string): Promise<CertificateVault> {
  // Loaded only here: the SDKs take longer to load than most commands take to run.
  const [{ CertificateClient }, { SecretClient }] = await Promise.all([
    import("@azure/keyvault-certificates"),
    import("@azure/keyvault-secrets"),
  ]);
  const credential = await azureCredential();
  return vaultOver(
    vaultUrl,
    new CertificateClient(vaultUrl, credential),
    new SecretClient(vaultUrl, credential),
  );
}

function vaultOver(
  vaultUrl: string,
  certificates: CertificateClient,
  secrets: SecretClient,
): CertificateVault {
  const worded = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw vaultFault(vaultUrl, error);
    }
  };
  const begin = (name: string, hostNames: HostNames) =>
    certificates.beginCreateCertificate(name, {
      ...policy,
      subject: `CN=${commonName(hostNames)}`,
      subjectAlternativeNames: { dnsNames: [...hostNames] },
    });
  return {
    secret: (name) => worded(orNothing(secrets.getSecret(name).then(({ value }) => value))),
    setSecret: async (name, value) => {
      await worded(secrets.setSecret(name, value));
    },
    expires: (name) =>
      worded(orNothing(certificates.getCertificate(name).then(({ properties }) => properties.expiresOn))),
    request: async (name, hostNames) => {
      const begun = async () => {
        try {
          return await begin(name, hostNames);
        } catch (error) {
          if (statusOf(error) !== 409) throw error;
          await certificates.deleteCertificateOperation(name);
          return begin(name, hostNames);
        }
      };
      await worded(begun());
      const begunOperation = await worded(certificates.getCertificateOperation(name));
      const { certificateOperation } = begunOperation.getOperationState();
      if (certificateOperation?.csr === undefined)
        throw outside(
          `the vault ${vaultUrl} gave no request to have certificate ${name} signed; run this again`,
        );
      return certificateOperation.csr;
    },
    complete: async (name, chain) => {
      await worded(certificates.mergeCertificate(name, [...chain]));
    },
  };
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;

/** Undefined in place of what is not there. */
async function orNothing<T>(call: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

function vaultFault(vaultUrl: string, error: unknown): unknown {
  const said = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  switch (statusOf(error)) {
    case 401:
    case 403:
      return refusal(
        `the vault ${vaultUrl} does not let you at its certificates and secrets (${said}); ask for the roles ` +
          `"Key Vault Certificates Officer" and "Key Vault Secrets Officer" on it (operatorObjectIds in the standby stack's config)`,
        { cause: error },
      );
    case undefined:
      return error instanceof Error && "code" in error
        ? outside(`the vault ${vaultUrl} cannot be reached: ${said}`, { cause: error })
        : error;
    default:
      return outside(`the vault ${vaultUrl} answered: ${said}`, { cause: error });
  }
}
