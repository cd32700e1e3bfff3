/** Names of the public hosts of a zone. */
export interface Hosts {
  /** The shop, moved by the cutover record. */
  readonly public: string;
  /** The zone itself, as people type it; it follows the public name. */
  readonly apex: string;
  /** Always the standby. */
  readonly standby: string;
  /** Images, always from the edge. */
  readonly images: string;
  /** What mail is sent from; apart from the zone itself, whose SPF belongs to the primary. */
  readonly mail: string;
  /** The primary, where it is known only by an address. */
  readonly origin: string;
}

export function hostsOf(domain: string): Hosts {
  return {
    public: `www.${domain}`,
    apex: domain,
    standby: `standby.${domain}`,
    images: `images.${domain}`,
    mail: `mail.${domain}`,
    origin: `origin.${domain}`,
  };
}

/** A short word for a zone that every Azure name may start with: 2–11 lower-case letters and digits, a letter first. */
export function wordOf(domain: string): string {
  const first = domain.split(".")[0] ?? "";
  const letters = first.toLowerCase().replace(/[^a-z0-9]/g, "");
  const word = /^[a-z]/.test(letters) ? letters : `s${letters}`;
  return (word.length < 2 ? `${word}shop` : word).slice(0, 11);
}

/** The site that a stack of its own is made for. */
export type OwnSite = "primary" | "standby";

/** Names within the resource group. */
export function localNames(domain: string, site: OwnSite = "standby") {
  const base = `${wordOf(domain)}-${site}`;
  return {
    base,
    resourceGroup: `${base}-rg`,
    network: `${base}-network`,
    identity: `${base}-app-identity`,
    plan: `${base}-plan`,
    sidePlan: `${base}-side-plan`,
    pauseIdentity: `${base}-pause-identity`,
    frontDoor: `${base}-edge`,
    // Letters and digits only.
    firewall: `${wordOf(domain)}standbyfirewall`,
    workspace: `${base}-logs`,
    insights: `${base}-insights`,
    actionGroup: `${base}-people`,
    budget: `${base}-budget`,
    jobIdentity: `${base}-job-identity`,
  };
}

/** Length of the random suffix that {@link globalNames} takes. */
export const suffixLength = 6;

/** Names that are unique in all of Azure: told apart by a random suffix, within each service's own limits. */
export function globalNames(domain: string, suffix: string, site: OwnSite = "standby") {
  const word = wordOf(domain);
  const base = `${word}-${site}-${suffix}`;
  return {
    webApp: base,
    pausePage: `${word}-standby-pause-${suffix}`,
    job: `${base}-job`,
    endpoint: base,
    databaseServer: base,
    emailService: `${base}-email`,
    communication: `${base}-mail`,
    // 3–24 characters.
    vault: `${word}-kv-${suffix}`,
    certificateVault: `${word}-crt-${suffix}`,
    // 3–24 lower-case letters and digits.
    imageStorage: `${word}img${suffix}`,
    fileStorage: `${word}files${suffix}`,
  };
}
