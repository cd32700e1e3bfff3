import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { IssuedCertificate } from "../contracts";

const day = 24 * 3600 * 1000;
/** Days that a certificate is good for: Front Door's managed ones last half a year. */
const leafDays = 180;
const rootDays = 3650;
/** Certificates start a little in the past, so that a clock that is behind does not refuse them. */
const backdated = 3600 * 1000;

const keyAlgorithms = {
  ec: { name: "ECDSA", namedCurve: "P-256" },
  rsa: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
} as const;
export type KeyType = keyof typeof keyAlgorithms;
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };

/** A root of its own and the certificates it signs, for TLS servers only: ECDSA P-256, or RSA where asked for. */
export class Issuer {
  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly certificate: x509.X509Certificate,
    private readonly now: () => number,
  ) {}

  /** @param now milliseconds since the epoch. */
  static async create(now: () => number = Date.now): Promise<Issuer> {
    x509.cryptoProvider.set(webcrypto);
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: "CN=Rehearsal Root, O=Warm Standby Rehearsal",
      notBefore: new Date(now() - backdated),
      notAfter: new Date(now() + rootDays * day),
      signingAlgorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Issuer(keys, certificate, now);
  }

  /** The root, PEM. */
  get root(): string {
    return pem(this.certificate);
  }

  /** A certificate for host names, `*.` wildcards included. */
  async issue(names: readonly string[], keyType: KeyType = "ec"): Promise<IssuedCertificate> {
    if (names.length === 0) throw new Error("A certificate needs at least one host name; none was given.");
    const keys = await newKeys(keyType);
    const expires = new Date(this.now() + leafDays * day);
    // X.509 counts in whole seconds.
    expires.setMilliseconds(0);
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: new x509.Name([{ CN: [commonName(names)] }]),
      issuer: this.certificate.subjectName,
      notBefore: new Date(this.now() - backdated),
      notAfter: expires,
      signingAlgorithm,
      signingKey: this.keys.privateKey,
      publicKey: keys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
        await x509.AuthorityKeyIdentifierExtension.create(this.keys.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { chain: `${pem(leaf)}${this.root}`, key: await privateKeyPem(keys.privateKey), expires };
  }
}

export function newKeys(keyType: KeyType = "ec"): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithms[keyType], true, ["sign", "verify"]);
}

/** Sixteen random bytes, positive and without a leading zero, as public authorities use them. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString("hex");
}

/** A common name holds 64 characters at most; a longer host name stands only among the alternative names. */
function commonName(names: readonly string[]): string {
  return names.find((name) => name.length <= 64) ?? "Rehearsal";
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}

/** PEM, PKCS #8. */
export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  const lines = der.match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
}
