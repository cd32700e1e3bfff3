/** One thing that is not as the visitors know it. */
export interface Finding {
  readonly kind:
    | "lost"
    | "duplicated"
    | "misattributed"
    | "change-lost"
    | "mail-lost"
    | "mail-duplicated"
    | "mail-misdirected";
  readonly what: "order" | "user" | "address" | "cancellation" | "closure" | "mail";
  /** The order's number (or key, where it has none) or the account's e-mail. */
  readonly key: string;
  readonly detail: string;
}

/** What became of everything of one kind. Counts; `placed` is what the shop had acknowledged. */
export interface Fate {
  readonly placed: number;
  /** Attempts whose answer never came: they may be there or not. */
  readonly unknown: number;
  readonly onPrimary: number;
  readonly onStandby: number;
  /** Placed on the other site after the flip. */
  readonly stragglers: number;
  /** Stragglers that are in the surviving database. */
  readonly brought: number;
  /** Not there, but named in a conflict that reconcile has reported. */
  readonly held: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly misattributed: number;
}

export interface MailFate {
  readonly expected: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly misdirected: number;
}

export interface ChangeFate {
  /** Changes of address, cancellations and closures that count. */
  readonly acknowledged: number;
  /** Of these, on what a reported conflict holds back. */
  readonly held: number;
  readonly lost: number;
}

/** Times of the cutover in real milliseconds after the flip; null where there was no such visit, or no flip. */
export interface CutoverTimes {
  readonly firstStandbyVisit: number | null;
  readonly lastPrimaryVisit: number | null;
}

/** One second of the day, for charts. */
export interface SeriesPoint {
  /** Milliseconds since the epoch at the end of that second. */
  readonly at: number;
  readonly requests: number;
  readonly failed: number;
  readonly images: number;
  readonly imagesFromEdge: number;
  readonly imagesFailed: number;
  readonly ordersOnPrimary: number;
  readonly ordersOnStandby: number;
}

export interface Verdict {
  /** Nothing lost, doubled or attached to the wrong person, no change lost, every mail delivered once. */
  readonly ok: boolean;
  readonly orders: Fate;
  readonly users: Fate;
  readonly changes: ChangeFate;
  readonly mail: MailFate;
  readonly images: { readonly requests: number; readonly fromEdge: number; readonly failed: number };
  readonly turnedAway: number;
  readonly cutover: CutoverTimes;
  readonly series: readonly SeriesPoint[];
  readonly findings: readonly Finding[];
}
