/**
 * The joints of the local cloud: what its control plane (`control/`: the providers and their rules) asks of the
 * parts that realise a declaration on 127.0.0.1 (`dns/`, `authority/`, `edge/`, `blobs/`, `database/`, `mail/`,
 * `apps/`). Each part knows nothing of Pulumi or of the others beyond these types.
 */

/** A DNS record as it was declared. Names are FQDNs without a trailing dot, lower case. */
export interface DeclaredRecord {
  readonly id: string;
  readonly name: string;
  readonly type: "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "NS" | "TXT";
  /** As the DNS API takes it: an address, a target, or the text without its quotes. */
  readonly content: string;
  /** Seconds, as served. */
  readonly ttl: number;
  /** MX only. */
  readonly priority?: number;
}

/** An authoritative server (UDP and TCP on one port of 127.0.0.1) for everything the rehearsal names. */
export interface NameServer {
  readonly port: number;
  /** Adds a record, or replaces the one with the same id, in one step. */
  put(record: DeclaredRecord): void;
  remove(id: string): void;
  stop(): Promise<void>;
}

/** Cloudflare's proxy (HTTP and TLS on one port of 127.0.0.1) for the names whose records are proxied. */
export interface ZoneProxy {
  /** What the name server answers for a proxied name. */
  readonly address: string;
  readonly port: number;
  /** The proxied names, and what the record of each holds: all of them, from the next request on. */
  configure(targets: ReadonlyMap<string, string>): void;
  stop(): Promise<void>;
}

export interface IssuedCertificate {
  /** PEM: the leaf, then the authority. */
  readonly chain: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly expires: Date;
}

/** States of a Front Door custom domain's validation, spelled as Azure does. */
export type DomainValidationState =
  | "Submitting"
  | "Pending"
  | "TimedOut"
  | "PendingRevalidation"
  | "RefreshingValidationToken"
  | "Approved"
  | "Rejected"
  | "InternalError";

/** One host name on its way to a certificate: issued only once TXT `_dnsauth.<host>` can be resolved by packets. */
export interface DomainValidation {
  readonly hostName: string;
  readonly token: string;
  readonly tokenExpires: Date;
  readonly state: DomainValidationState;
  readonly certificate: IssuedCertificate | undefined;
  /** As long as a new token is being made: RefreshingValidationToken. */
  beginRefresh(): void;
  /** A new token; the state goes back to Pending. */
  refresh(): void;
  /** As 45 days before expiry with the name pointing elsewhere: PendingRevalidation, the old token no longer counts. */
  demandRevalidation(): void;
  stop(): void;
}

export interface CertificateAuthority {
  /** The root, PEM. */
  readonly root: string;
  /** Issues at once, for the rehearsal's own platform names (`*.azurefd.net`, the primary's host, …). */
  issue(names: readonly string[], keyType?: "ec" | "rsa"): Promise<IssuedCertificate>;
  /** Starts to look for the TXT record and calls back when a certificate has been issued. */
  validate(hostName: string, onIssued: (certificate: IssuedCertificate) => void): DomainValidation;
  stop(): Promise<void>;
}

/** An origin as the edge reaches it: by host name, through the rehearsal's routes. */
export interface EdgeOrigin {
  readonly hostName: string;
  readonly httpsPort: number;
  /** The Host header sent to it; the visitor's own where it is missing. */
  readonly hostHeader?: string;
  readonly enabled: boolean;
  readonly priority: number;
  readonly weight: number;
}

/** A rule of a route: headers that it overwrites in answers to requests that meet all of its conditions. */
export interface EdgeRule {
  /** On the requested file's name, by regular expression. */
  readonly fileNames: readonly { readonly pattern: string; readonly negate: boolean }[];
  readonly responseHeaders: Readonly<Record<string, string>>;
}

export interface EdgeRoute {
  readonly id: string;
  /** The endpoint's own name (where linked to the default domain) and the custom domains. */
  readonly hosts: readonly string[];
  /** Front Door's patterns: `/*`, `/images/*`, `/exact`. The most specific one wins. */
  readonly patterns: readonly string[];
  readonly origins: readonly EdgeOrigin[];
  /** Replaces the matched part of the path, where set. */
  readonly originPath?: string;
  readonly httpsRedirect: boolean;
  readonly enabled: boolean;
  /** Missing: nothing is cached. */
  readonly cache?: {
    readonly queryStringCachingBehavior: string;
    /** Comma-separated names, for the two behaviours that specify them. */
    readonly queryParameters?: string;
    readonly compress: boolean;
    readonly contentTypesToCompress: readonly string[];
  };
  /** In the order in which they are carried out. */
  readonly rules: readonly EdgeRule[];
}

export interface EdgeCounts {
  readonly requests: number;
  readonly fromCache: number;
  readonly failed: number;
}

/** Front Door: one TLS listener on 127.0.0.1, routes by SNI/Host and path, caches where the route says so. */
export interface Edge {
  readonly port: number;
  /** The id that it sends to origins as `X-Azure-FDID`. */
  configure(routes: readonly EdgeRoute[], frontDoorId: string): void;
  setCertificate(hostName: string, certificate: IssuedCertificate | undefined): void;
  /** Requests by host name since the start. */
  counts(): Readonly<Record<string, EdgeCounts>>;
  stop(): Promise<void>;
}

/** A blob service: the REST API of `<account>.blob.core.windows.net` for the calls that its official SDK makes. */
export interface BlobService {
  readonly port: number;
  addAccount(account: BlobAccount): void;
  removeAccount(name: string): void;
  addContainer(account: string, container: string, publicAccess: "Blob" | "Container" | "None"): void;
  removeContainer(account: string, container: string): void;
  /** Blobs in a container. */
  count(account: string, container: string): number;
  /** What a blob holds, for a platform that reads it by an identity of its own; undefined where there is none. */
  read(account: string, container: string, blob: string): Buffer | undefined;
  stop(): Promise<void>;
}

export interface BlobAccount {
  readonly name: string;
  readonly allowBlobPublicAccess: boolean;
  readonly accessOf: (request: BlobRequest) => BlobAccess;
}

/** A request to a container that came with a bearer token. */
export interface BlobRequest {
  readonly token: string;
  readonly container: string;
  readonly wants: "read" | "write";
}

/** `no-token`: it is none of this cloud's for storage; `no-role`: its principal lacks the role for it. */
export type BlobAccess = "granted" | "no-token" | "no-role";

export interface DatabaseServerSettings {
  readonly name: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  /** The server's TLS certificate; clear-text connections are refused. */
  readonly certificate: IssuedCertificate;
  /** Server parameters as declared. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A PostgreSQL server of its own on 127.0.0.1, gone without a trace when it is stopped. */
export interface DatabaseServer {
  readonly port: number;
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface MailSettings {
  /** SMTP AUTH users; the password is looked up by the Entra application's secret. */
  readonly users: readonly { readonly username: string; readonly password: string }[];
  /** Domains that may send: linked to the service and verified; with their sender user names. */
  readonly domains: readonly { readonly name: string; readonly senders: readonly string[] }[];
  readonly limits: { readonly perMinute: number; readonly perHour: number };
}

export interface DeliveredMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}

/** The SMTP side of Communication Services: STARTTLS, AUTH, limits answered with 4xx as Azure words it. */
export interface MailServer {
  readonly port: number;
  configure(settings: MailSettings): void;
  /** Takes a message from the HTTP side, whose sender was checked there; the limits are the same for both. */
  submit(message: Omit<DeliveredMail, "at">): "accepted" | "throttled";
  counts(): { readonly accepted: number; readonly deferred: number; readonly rejected: number };
  delivered(): readonly DeliveredMail[];
  stop(): Promise<void>;
}

export interface WebAppSettings {
  readonly name: string;
  /** `<name>.azurewebsites.net` and the bound custom host names. */
  readonly hostNames: readonly string[];
  /** App settings and connection strings as the process sees them, Key Vault references resolved. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path of the folder that the package was unzipped into. */
  readonly folder: string;
  /** The command line that starts it there, as a shell reads it. */
  readonly command: string;
  readonly instances: number;
  /** Front Door's id, where access restrictions admit only it; undefined: everyone is admitted. */
  readonly onlyFrontDoor?: string;
  /** Nobody outside of its own network is admitted. */
  readonly closed?: true;
  readonly httpsOnly: boolean;
  /** By bound host name, where a certificate is bound to it. */
  readonly certificates?: Readonly<Record<string, IssuedCertificate>>;
}

/** App Service: the app's processes and the front end before them (TLS, access restrictions, several instances). */
export interface WebApp {
  /** The front end's TLS port on 127.0.0.1. */
  readonly port: number;
  /** Restarts the processes where their environment changed, as App Service does. */
  configure(settings: WebAppSettings): Promise<void>;
  stop(): Promise<void>;
}
