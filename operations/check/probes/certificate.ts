import { connect } from "node:tls";
import { reason } from "../check";

export interface ServedCertificate {
  /** Host names that it is good for, as it spells them (`*.example.com` among them). */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly expires: Date;
  /** Undefined where it is valid for the name asked for; else why not, in OpenSSL's or Node's word. */
  readonly invalid: string | undefined;
}

/**
 * The certificate that a host shows for a name (SNI), whether it is valid or not.
 *
 * @throws Error where no TLS connection comes about.
 */
export function servedCertificate(
  connectTo: string,
  name: string,
  signal?: AbortSignal,
): Promise<ServedCertificate> {
  return new Promise((resolve, reject) => {
    // Nothing but the handshake happens on this connection: an invalid certificate is a finding here, not a danger.
    const socket = connect({ host: connectTo, port: 443, servername: name, rejectUnauthorized: false });
    const cancelled = (): void => {
      socket.destroy(new Error("cancelled"));
    };
    signal?.addEventListener("abort", cancelled, { once: true });
    const end = (): void => {
      signal?.removeEventListener("abort", cancelled);
      socket.destroy();
    };
    socket.once("error", (error: Error) => {
      end();
      reject(error);
    });
    socket.once("secureConnect", () => {
      const { subjectaltname, issuer, valid_to } = socket.getPeerCertificate();
      // Node's typing says Error; what it holds is the failure's code.
      const problem: unknown = socket.authorized ? undefined : socket.authorizationError;
      end();
      resolve({
        names: (subjectaltname ?? "")
          .split(", ")
          .flatMap((part) => (part.startsWith("DNS:") ? [part.slice(4)] : [])),
        issuer: [issuer.O, issuer.CN].flat().filter(Boolean).join(" "),
        expires: new Date(valid_to),
        invalid: problem === undefined ? undefined : reason(problem),
      });
    });
  });
}
