import type { RoutingTable } from "../../network/routes";
import type {
  BlobService,
  CertificateAuthority,
  DatabaseServer,
  DatabaseServerSettings,
  DomainValidation,
  Edge,
  IssuedCertificate,
  MailServer,
  NameServer,
  WebApp,
  WebAppSettings,
  ZoneProxy,
} from "../contracts";
import type { SubscriptionLimits } from "./azure/limits";
import type { Directory } from "./directory";
import type { Pace } from "./pace";
import type { CloudSettings } from "./settings";
import type { VaultStore } from "./vaults/store";
import type { World } from "./world";

/** The parts that realise declarations; a test can give doubles. */
export interface Parts {
  readonly nameServer: NameServer;
  readonly proxy: ZoneProxy;
  readonly authority: CertificateAuthority;
  readonly edge: Edge;
  readonly blobs: BlobService;
  readonly mail: MailServer;
  startDatabaseServer(settings: DatabaseServerSettings): Promise<DatabaseServer>;
  startWebApp(settings: WebAppSettings): Promise<WebApp>;
  /** Texts of the records that a DNS question by packets brings; [] where there are none. */
  lookup(name: string, type: "CNAME" | "TXT"): Promise<readonly string[]>;
}

/** What a web app's network reaches, and what everyone else does. */
export interface Networks {
  /** The internet as the operator, the visitors and the edge see it. */
  readonly outside: RoutingTable;
  /** The internet as a web app sees it, with what only its private network reaches. */
  readonly inside: RoutingTable;
}

export interface RunningDatabase {
  readonly server: DatabaseServer;
  readonly host: string;
}

/** All that the rules of the services work on. */
export interface Cloud {
  readonly settings: CloudSettings;
  readonly parts: Parts;
  readonly networks: Networks;
  readonly world: World;
  readonly directory: Directory;
  readonly pace: Pace;
  /** Realised things that outlive one request, by the lower-case id of their resource. */
  readonly databases: Map<string, RunningDatabase>;
  readonly validations: Map<string, DomainValidation>;
  readonly vaults: VaultStore;
  /** App Service's own certificates, by the lower-case id of their resource. */
  readonly appCertificates: Map<string, IssuedCertificate>;
  /** Authorities on Microsoft's list beside the cloud's own, PEM. */
  readonly trustedAuthorities: string[];
  /** Verification of mail domains: state by record, by the lower-case id of the domain. */
  readonly verifications: Map<string, Map<string, VerificationState>>;
  readonly limits: SubscriptionLimits;
  readonly mailLimits: { perMinute: number; perHour: number };
  /** Addresses that a suppression list holds, by the lower-case id of the list. */
  readonly suppressed: Map<string, Map<string, string>>;
  /** The port of 127.0.0.1 that serves ARM and the data planes which speak JSON. */
  readonly apiPort: number;
  /** Brings edge, mail and routes to what is declared now, and starts to bring the web apps there. */
  realise(): Promise<void>;
}

export type VerificationState =
  "NotStarted" | "VerificationRequested" | "VerificationInProgress" | "Verified" | "VerificationFailed";
