import type { CertificateAuthority, DomainValidation } from "../contracts";
import { DnsClient, normalName } from "../dns";
import { Issuer } from "./issuer";
import { RunningValidation } from "./validation";

export interface AuthorityOptions {
  /** Port of the name server on 127.0.0.1 where validation records are looked for. */
  readonly nameServerPort: number;
  /** Milliseconds since the epoch; this machine's clock where it is missing. */
  readonly now?: () => number;
}

/** Names longer than this get no managed certificate (hashicorp/terraform-provider-azurerm#32349). */
export const longestManagedName = 64;

/** A certificate authority with a fresh root, which issues managed certificates only after validation by DNS. */
export async function createAuthority(options: AuthorityOptions): Promise<CertificateAuthority> {
  const now = options.now ?? Date.now;
  const issuer = await Issuer.create(now);
  const client = new DnsClient({ port: options.nameServerPort, timeoutMilliseconds: 500 });
  const validations = new Set<DomainValidation>();
  return {
    root: issuer.root,
    issue: (names, keyType) => issuer.issue(names, keyType),
    validate: (hostName, onIssued) => {
      if (hostName.length > longestManagedName)
        throw new Error(
          `Host name ${JSON.stringify(hostName)} has ${hostName.length} characters; a managed certificate takes ` +
            `${longestManagedName} at most. Use a shorter name or a certificate of your own.`,
        );
      const tools = { client, issue: (names: readonly string[]) => issuer.issue(names), now };
      const validation = new RunningValidation(normalName(hostName), tools, onIssued);
      validations.add(validation);
      return validation;
    },
    stop: () => {
      for (const validation of validations) validation.stop();
      client.close();
      return Promise.resolve();
    },
  };
}
