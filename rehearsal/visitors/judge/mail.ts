import type { EventOf } from "../ledger";
import type { Account } from "./accounts";
import type { JudgedOrders } from "./orders";
import { groupBy } from "./group";
import type { Finding, MailFate } from "./verdict";

/** A mail that reached its reader, from whichever site it came. */
export interface Delivered {
  /** The order's public number, from the header `X-Order`. */
  readonly order: string;
  readonly to: readonly string[];
}

/** Every order that was acknowledged, or is there, has one confirmation, to the one who placed it. */
export function judgeMail(
  events: readonly EventOf<"order">[],
  present: JudgedOrders["present"],
  accounts: ReadonlyMap<string, Account>,
  delivered: readonly Delivered[],
): { readonly fate: MailFate; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const counts = { expected: 0, delivered: 0, lost: 0, duplicated: 0, misdirected: 0 };
  const byOrder = groupBy(delivered, ({ order }) => order);
  const rows = new Map(present.map(({ event, row }) => [event.key, row]));
  for (const event of events) {
    const number = event.number ?? rows.get(event.key)?.number;
    const reader = accounts.get(event.account)?.signUp.email;
    if (number === undefined || reader === undefined) continue;
    counts.expected++;
    const mails = byOrder.get(number) ?? [];
    const [first] = mails;
    if (first === undefined) {
      counts.lost++;
      findings.push({ kind: "mail-lost", what: "mail", key: number, detail: `never reached ${reader}` });
      continue;
    }
    counts.delivered++;
    if (mails.length > 1) {
      counts.duplicated++;
      findings.push({
        kind: "mail-duplicated",
        what: "mail",
        key: number,
        detail: `came ${String(mails.length)} times`,
      });
    }
    const strangers = mails.flatMap(({ to }) => to).filter((to) => to.toLowerCase() !== reader.toLowerCase());
    if (strangers.length > 0) {
      counts.misdirected++;
      findings.push({
        kind: "mail-misdirected",
        what: "mail",
        key: number,
        detail: `went to ${strangers.join(", ")}`,
      });
    }
  }
  return { fate: counts, findings };
}
