import type { Figures } from "../../settings/metrics";
import type { GivenRules } from "../data/engine";
import type { Deployment, Site } from "../deployment";

/** `unknown`: could not be looked at, which is not the same as well. */
export type Status = "pass" | "warn" | "fail" | "unknown";

/** What a look at reality found. `fix` overrides the check's usual advice. */
export interface Look {
  readonly status: Status;
  readonly found: string;
  readonly fix?: string;
  /** What it measured on the way, for the job's metrics. */
  readonly figures?: Figures;
}

/** What a check may use. Nothing that a stack says counts as found: it only says where to look and what is wanted. */
export interface CheckContext {
  readonly deployment: Deployment;
  /** The site that is to take over. */
  readonly target: Site;
  readonly env: NodeJS.ProcessEnv;
  readonly now: Date;
  /** Some checks try for good then: a real message, a test notification. */
  readonly deep?: boolean;
  /** What standby.tables.yaml says, where it lies beside the project; else what the last sync recorded of it holds. */
  readonly tables?: GivenRules | undefined;
  /** Ends the look when its time is up. */
  readonly signal: AbortSignal;
}

export type Wants = Pick<CheckContext, "deployment" | "target">;

/** One thing that must be so before a site takes over. */
export interface Check {
  readonly id: string;
  /** The takeovers that depend on it. */
  readonly before: readonly Site[];
  /** What ought to be found. */
  readonly wanted: (context: Wants) => string;
  /** What to do where it is not. */
  readonly fix: (context: Wants) => string;
  /** Looks. A throw means that looking failed: `unknown`. */
  readonly look: (context: CheckContext) => Promise<Look>;
  /** Seconds before it is given up, where {@link defaultSeconds} is too short. */
  readonly seconds?: number;
  /** Looks by what only an operator has, Pulumi's state, or rights in DNS or over the subscription; the standby's own job leaves it out. */
  readonly operatorOnly?: true;
}

export const defaultSeconds = 10;

/** A check's line in the result: part of the command line's contract. */
export interface Finding {
  readonly id: string;
  readonly status: Status;
  readonly found: string;
  readonly wanted: string;
  /** Empty where nothing needs to be done. */
  readonly fix: string;
  readonly figures?: Figures;
}

export interface CheckResult {
  /** Nothing failed and everything could be looked at. */
  readonly ready: boolean;
  readonly checks: readonly Finding[];
}

export const pass = (found: string): Look => ({ status: "pass", found });
export const warn = (found: string, fix?: string): Look => look("warn", found, fix);
export const fail = (found: string, fix?: string): Look => look("fail", found, fix);
export const unknown = (found: string, fix?: string): Look => look("unknown", found, fix);

const look = (status: Status, found: string, fix: string | undefined): Look => ({
  status,
  found,
  ...(fix === undefined ? {} : { fix }),
});

/** A look with what it measured. */
export const measured = (seen: Look, figures: Figures): Look => ({ ...seen, figures });

/** A failure in one line a person can read: its message, with the network's code spelled out. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  if (typeof error === "string") return spelledOut[error] ?? error;
  if (!(error instanceof Error)) return JSON.stringify(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const plain = code === undefined ? undefined : spelledOut[code];
  return plain ?? (error.message || (code ?? error.name));
}

const spelledOut: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing accepts connections there (ECONNREFUSED)",
  ECONNRESET: "it ended the connection (ECONNRESET)",
  ENOTFOUND: "the name does not exist (ENOTFOUND)",
  ABORT_ERR: "no answer in time",
  ETIMEDOUT: "no answer (ETIMEDOUT)",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is from an authority nobody trusts",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is from an authority nobody trusts",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is from an authority nobody trusts",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};
