import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { newKeys, privateKeyPem } from "../../authority/issuer";

/** A certificate's request as a vault makes it: the key stays with the vault. */
export interface SigningRequest {
  /** PKCS #10, DER in Base64. */
  readonly csr: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

/** @param subject such as `CN=www.blanklabel.example`. */
export async function signingRequest(subject: string, hostNames: readonly string[]): Promise<SigningRequest> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await newKeys("rsa");
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys,
    signingAlgorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    extensions: [
      new x509.SubjectAlternativeNameExtension(hostNames.map((value) => ({ type: "dns", value }))),
    ],
  });
  return { csr: Buffer.from(request.rawData).toString("base64"), key: await privateKeyPem(keys.privateKey) };
}
