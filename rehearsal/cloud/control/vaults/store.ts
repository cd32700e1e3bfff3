import { randomBytes } from "node:crypto";

/** A version of a certificate in a vault. */
export interface VaultCertificate {
  readonly version: string;
  /** PEM: the leaf, then what it was given with. */
  readonly chain: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly contentType: string;
  readonly created: Date;
}

/** A certificate whose key is made, and that waits to be signed. */
export interface PendingCertificate {
  readonly requestId: string;
  /** PKCS #10, DER in Base64. */
  readonly csr: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly contentType: string;
}

interface VaultSecret {
  readonly version: string;
  readonly value: string;
}

class VaultContent {
  readonly certificates = new Map<string, VaultCertificate[]>();
  readonly pending = new Map<string, PendingCertificate>();
  readonly secrets = new Map<string, VaultSecret[]>();
}

export const newVersion = (): string => randomBytes(16).toString("hex");

/** What lies in vaults beside the secrets that are declared to ARM. Names count without regard to case. */
export class VaultStore {
  private readonly vaults = new Map<string, VaultContent>();

  /** Versions of a certificate, the newest last. */
  certificates(vault: string, name: string): readonly VaultCertificate[] {
    return this.of(vault).certificates.get(name.toLowerCase()) ?? [];
  }

  latest(vault: string, name: string): VaultCertificate | undefined {
    return this.certificates(vault, name).at(-1);
  }

  add(vault: string, name: string, given: Omit<VaultCertificate, "version" | "created">): VaultCertificate {
    const made = { ...given, version: newVersion(), created: new Date() };
    this.of(vault).certificates.set(name.toLowerCase(), [...this.certificates(vault, name), made]);
    return made;
  }

  pending(vault: string, name: string): PendingCertificate | undefined {
    return this.of(vault).pending.get(name.toLowerCase());
  }

  setPending(vault: string, name: string, pending: PendingCertificate | undefined): void {
    if (pending === undefined) this.of(vault).pending.delete(name.toLowerCase());
    else this.of(vault).pending.set(name.toLowerCase(), pending);
  }

  /** The newest version of a secret that was set by the data plane. */
  secret(vault: string, name: string): VaultSecret | undefined {
    return this.of(vault).secrets.get(name.toLowerCase())?.at(-1);
  }

  setSecret(vault: string, name: string, value: string): VaultSecret {
    const made = { version: newVersion(), value };
    const { secrets } = this.of(vault);
    secrets.set(name.toLowerCase(), [...(secrets.get(name.toLowerCase()) ?? []), made]);
    return made;
  }

  /** The vault is gone, and all that lay in it. */
  remove(vault: string): void {
    this.vaults.delete(vault.toLowerCase());
  }

  private of(vault: string): VaultContent {
    const key = vault.toLowerCase();
    const content = this.vaults.get(key) ?? new VaultContent();
    this.vaults.set(key, content);
    return content;
  }
}
