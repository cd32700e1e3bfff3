import type { ClientConfig } from "pg";
import type { Site } from "../../shop/settings";
import { readLedger, type EventOf, type LedgerEvent } from "../ledger";
import { collectAccounts } from "./accounts";
import { judgeChanges } from "./changes";
import { readSurvivors, type Survivors } from "./database";
import type { Held } from "./held";
import { judgeMail, type Delivered } from "./mail";
import { judgeOrders } from "./orders";
import { judgeUsers } from "./users";
import type { CutoverTimes, SeriesPoint, Verdict } from "./verdict";

export { unsentMails } from "./database";
export { heldBy, type Held, type ReportedConflict } from "./held";
export type { Delivered } from "./mail";
export type * from "./verdict";

/** What a verdict is given on. */
export interface Case {
  /** File of the visitors' ledger. */
  readonly ledger: string;
  /** The database that survives the day. */
  readonly database: ClientConfig;
  /** The site that it belongs to (default: standby). */
  readonly survivor?: Site;
  /** Mails delivered by both sites. Judge only once no outbox has any left (see `unsentMails`). */
  readonly delivered: readonly Delivered[];
  /** When the cutover record was changed, in milliseconds since the epoch. */
  readonly flippedAt?: number;
  /** What the last reconcile reported as held back. */
  readonly held?: Held;
}

/** Judges the day: what the visitors know against what the surviving database says. Changes neither. */
export async function judge(given: Case): Promise<Verdict> {
  return judgeEvents(readLedger(given.ledger), await readSurvivors(given.database), given);
}

/** As {@link judge}, on a ledger and a database that have been read. */
export function judgeEvents(
  events: readonly LedgerEvent[],
  survivors: Survivors,
  given: Pick<Case, "survivor" | "delivered" | "flippedAt" | "held">,
): Verdict {
  const frame = { survivor: given.survivor ?? "standby", flippedAt: given.flippedAt };
  const held = given.held ?? { orders: new Set<string>(), customers: new Set<string>() };
  const accounts = collectAccounts(events);
  const placed = ofType(events, "order");
  const orders = judgeOrders(placed, accounts, survivors.orders, held, frame);
  const users = judgeUsers(accounts, survivors.customers, held, frame);
  const changes = judgeChanges(
    accounts,
    ofType(events, "cancel"),
    survivors.orders,
    survivors.customers,
    held,
  );
  const mail = judgeMail(placed, orders.present, accounts, given.delivered);
  const seconds = ofType(events, "second");
  const findings = [...orders.findings, ...users.findings, ...changes.findings, ...mail.findings];
  return {
    ok: findings.length === 0,
    orders: orders.fate,
    users: users.fate,
    changes: changes.fate,
    mail: mail.fate,
    images: {
      requests: sum(seconds, "images"),
      fromEdge: sum(seconds, "imagesFromEdge"),
      failed: sum(seconds, "imagesFailed"),
    },
    turnedAway: ofType(events, "turned-away").length,
    cutover: cutoverTimes(seconds, given.flippedAt),
    series: seconds.map(toPoint),
    findings,
  };
}

function ofType<Type extends LedgerEvent["type"]>(
  events: readonly LedgerEvent[],
  type: Type,
): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

function sum(
  seconds: readonly EventOf<"second">[],
  what: "images" | "imagesFromEdge" | "imagesFailed",
): number {
  return seconds.reduce((total, second) => total + second[what], 0);
}

function cutoverTimes(seconds: readonly EventOf<"second">[], flippedAt: number | undefined): CutoverTimes {
  if (flippedAt === undefined) return { firstStandbyVisit: null, lastPrimaryVisit: null };
  const after = (times: readonly number[]): number[] =>
    times.filter((time) => time >= flippedAt).map((time) => time - flippedAt);
  // Answers of the standby before the flip do not count: the first of a second may be one.
  const standby = after(seconds.flatMap((second) => (second.standby === null ? [] : [second.standby.first])));
  const primary = after(seconds.flatMap((second) => (second.primary === null ? [] : [second.primary.last])));
  return { firstStandbyVisit: standby[0] ?? null, lastPrimaryVisit: primary.at(-1) ?? null };
}

function toPoint(second: EventOf<"second">): SeriesPoint {
  const { at, requests, failed, images, imagesFromEdge, imagesFailed, ordersOnPrimary, ordersOnStandby } =
    second;
  return { at, requests, failed, images, imagesFromEdge, imagesFailed, ordersOnPrimary, ordersOnStandby };
}
