import { randomBytes } from "node:crypto";
import type { DomainValidation, DomainValidationState, IssuedCertificate } from "../contracts";
import { DnsFailure, joinStrings, type DnsClient } from "../dns";
import { admitsManagedAuthority } from "./permission";

/** How long a token counts; without its TXT record by then, the validation has timed out (frontdoor/domain.md). */
const tokenLife = 7 * 24 * 3600 * 1000;
/** Milliseconds between looks at the DNS: the first, and the longest. */
const firstPause = 100;
const longestPause = 1_000;

/** What a validation needs of its authority. */
export interface ValidationTools {
  readonly client: DnsClient;
  readonly issue: (names: readonly string[]) => Promise<IssuedCertificate>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Looks for a domain's TXT record until it holds the token, then has a certificate issued. */
export class RunningValidation implements DomainValidation {
  private currentToken = "";
  private expiry = new Date(0);
  private currentState: DomainValidationState = "Submitting";
  private issued: IssuedCertificate | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Counts the searches: one that was replaced or stopped in the middle of a question must not go on. */
  private search = 0;

  constructor(
    readonly hostName: string,
    private readonly tools: ValidationTools,
    private readonly onIssued: (certificate: IssuedCertificate) => void,
  ) {
    this.refresh();
  }

  get token(): string {
    return this.currentToken;
  }

  get tokenExpires(): Date {
    return this.expiry;
  }

  get state(): DomainValidationState {
    return this.currentState;
  }

  get certificate(): IssuedCertificate | undefined {
    return this.issued;
  }

  /** The record that must hold the token; a wildcard is validated at the name below its star. */
  private get recordName(): string {
    return `_dnsauth.${this.hostName.replace(/^\*\./, "")}`;
  }

  refresh(): void {
    this.stop();
    this.currentToken = `_${randomBytes(16).toString("hex")}`;
    this.expiry = new Date(this.tools.now() + tokenLife);
    this.currentState = "Pending";
    this.schedule(this.search, firstPause);
  }

  beginRefresh(): void {
    this.stop();
    this.currentState = "RefreshingValidationToken";
  }

  demandRevalidation(): void {
    this.stop();
    this.currentState = "PendingRevalidation";
  }

  stop(): void {
    this.search += 1;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private schedule(search: number, pause: number): void {
    this.timer = setTimeout(() => void this.look(search, pause), pause);
  }

  private async look(search: number, pause: number): Promise<void> {
    if (this.tools.now() >= this.expiry.getTime()) {
      this.currentState = "TimedOut";
      return;
    }
    const certificate = await this.certificateOnceProven();
    if (search !== this.search) return;
    if (certificate === undefined) {
      this.schedule(search, Math.min(pause * 1.5, longestPause));
      return;
    }
    this.issued = certificate;
    this.currentState = "Approved";
    this.onIssued(certificate);
  }

  private async certificateOnceProven(): Promise<IssuedCertificate | undefined> {
    try {
      return (await this.isProven()) ? await this.tools.issue([this.hostName]) : undefined;
    } catch (error) {
      // A name server that cannot be asked just now is asked again, as the real authority does.
      if (error instanceof DnsFailure) return undefined;
      throw error;
    }
  }

  private async isProven(): Promise<boolean> {
    const { answers = [] } = await this.tools.client.ask(this.recordName, "TXT");
    const found = answers.some(
      (answer) => answer.type === "TXT" && joinStrings(answer.data) === this.currentToken,
    );
    return found && (await admitsManagedAuthority(this.tools.client, this.hostName));
  }
}
