/**
 * What a drill found: the shape of `drill-report/report.json`, part of the command line's contract. Names stay as
 * they are; more may come. "Real" seconds are those of the machine's clock, story seconds the compressed day's.
 */
export interface DrillReport {
  /** Nothing lost, duplicated or attached to the wrong person. */
  readonly ok: boolean;
  readonly seed: number;
  /** Story seconds in a real one. */
  readonly speed: number;
  /** Real seconds that the drill took. */
  readonly seconds: number;
  readonly timeline: readonly ReportedEvent[];
  readonly cutover: ReportedCutover;
  readonly orders: ReportedFate;
  readonly users: ReportedFate;
  readonly identities: readonly ReportedIdentity[];
  readonly mail: ReportedMail;
  readonly images: ReportedImages;
  readonly pauses: readonly ReportedPause[];
  readonly checks: readonly ReportedCheck[];
  readonly engine: ReportedEngine;
  /** What the visitors' ledger found wrong, one by one. */
  readonly findings?: readonly ReportedFinding[];
  /** Changes of address, cancellations and closures. */
  readonly changes?: { readonly acknowledged: number; readonly held: number; readonly lost: number };
  readonly series?: ReportedSeries;
}

export interface ReportedEvent {
  /** Real seconds since the drill began. */
  readonly at: number;
  /** Time of day in the story, `HH:MM`. */
  readonly storyTime: string;
  readonly event: string;
  readonly detail: string;
}

/** Seconds are null where there was no such visit. */
export interface ReportedCutover {
  readonly recordsChanged: number;
  /** Real seconds from the flip to the first visit that the standby served under the public name. */
  readonly secondsToFirstStandbyVisit: number | null;
  /** Story seconds from the flip to the last visit that stale DNS sent to the primary. */
  readonly tailSeconds: number | null;
  /** The same in real seconds. */
  readonly lastPrimaryVisitSeconds: number | null;
}

/** Counts: what became of everything of one kind. */
export interface ReportedFate {
  /** Acknowledged by the shop. */
  readonly placed: number;
  readonly onPrimary: number;
  readonly onStandby: number;
  /** Placed on the primary after the flip. */
  readonly stragglers: number;
  /** Stragglers that are in the surviving database. */
  readonly brought: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly misattributed: number;
  /** Kept back by a conflict that reconcile has reported. */
  readonly held?: number;
}

/** An identity's offset and what the day used of it. Numbers are strings where they exceed a double. */
export interface ReportedIdentity {
  readonly table: string;
  readonly column: string;
  readonly offset: number | string;
  readonly used: number | string;
  readonly headroom: number | string;
}

export interface ReportedMail {
  readonly accepted: number;
  /** Answered "later" at the limit; the same mail can be deferred several times. */
  readonly deferred: number;
  readonly delivered: number;
  readonly lost: number;
}

export interface ReportedImages {
  readonly requests: number;
  /** Answered from the edge's cache. */
  readonly fromEdge: number;
  readonly failed: number;
}

/** A time in which the shop was closed with a page that says so. */
export interface ReportedPause {
  /** Real seconds since the drill began. */
  readonly at: number;
  readonly storyTime: string;
  /** Real seconds until it was open again. */
  readonly seconds: number;
}

export interface ReportedCheck {
  readonly id: string;
  readonly status: "pass" | "warn" | "fail" | "unknown";
  readonly found: string;
  readonly wanted: string;
  readonly fix: string;
}

export interface ReportedEngine {
  /** Version of the Pulumi CLI. */
  readonly cli: string;
  /** Where it came from: PATH, the release, or built from its module. */
  readonly source: string;
}

export interface ReportedFinding {
  readonly kind: string;
  readonly what: string;
  readonly key: string;
  readonly detail: string;
}

/** Counts over time, for charts: all lists have one length, each entry covers the time since the one before. */
export interface ReportedSeries {
  /** Real seconds since the drill began, rising. */
  readonly at: readonly number[];
  /** The same moments as times of day in the story. */
  readonly storyTime: readonly string[];
  readonly ordersPrimary: readonly number[];
  readonly ordersStandby: readonly number[];
  readonly requests: readonly number[];
  readonly failures: readonly number[];
  readonly images: readonly number[];
  readonly edgeImages: readonly number[];
  readonly imageFailures: readonly number[];
  /** Moments to mark in the charts, such as the flip. */
  readonly marks?: readonly { readonly at: number; readonly storyTime: string; readonly label: string }[];
}
