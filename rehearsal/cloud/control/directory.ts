import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Application } from "./settings";

/** Who a token speaks for: the service principal of an application or of a managed identity. */
export interface Principal {
  /** Its client id. */
  readonly applicationId: string;
  /** What role assignments name. */
  readonly objectId: string;
}

interface Token {
  readonly audience: string;
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** Seconds that an access token counts, as in Microsoft Entra by default. */
export const tokenSeconds = 3599;

/** Compares without telling by its time where two secrets differ. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Who may sign in, and the access tokens that were handed out. */
export class Directory {
  private readonly tokens = new Map<string, Token>();

  constructor(private readonly applications: readonly Application[]) {}

  application(applicationId: string): Application | undefined {
    return this.applications.find((known) => known.applicationId === applicationId);
  }

  /** @returns an access token for `audience` (such as `https://management.azure.com`), or undefined: wrong secret. */
  signIn(tenantId: string, applicationId: string, given: string, audience: string): string | undefined {
    const application = this.application(applicationId);
    if (application?.tenantId !== tenantId || !sameSecret(application.secret, given)) return undefined;
    return this.issue(application, audience);
  }

  /** An access token for a principal whose identity was proven elsewhere. */
  issue(principal: Principal, audience: string): string {
    const token = randomBytes(32).toString("base64url");
    this.tokens.set(token, { audience, principal, expires: Date.now() + tokenSeconds * 1000 });
    return token;
  }

  /** The principal that a token was handed out to, where it still counts for the audience. */
  holder(token: string, audience: string): Principal | undefined {
    const known = this.tokens.get(token);
    return known !== undefined && known.audience === audience && known.expires > Date.now()
      ? known.principal
      : undefined;
  }
}
