import type { EventOf } from "../ledger";
import { isOpenHolder, possibleStreets, type Account } from "./accounts";
import type { CustomerRow, OrderRow } from "./database";
import type { Held } from "./held";
import type { ChangeFate, Finding } from "./verdict";

/**
 * Looks for changes that were acknowledged and are not there: the last address of each account, each cancellation,
 * each closure. What is not there at all counts as lost elsewhere, not here.
 */
export function judgeChanges(
  accounts: ReadonlyMap<string, Account>,
  cancels: readonly EventOf<"cancel">[],
  orders: readonly OrderRow[],
  customers: readonly CustomerRow[],
  held: Held,
): { readonly fate: ChangeFate; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const counts = { acknowledged: 0, held: 0, lost: 0 };
  const judge = (isThere: boolean, isHeld: boolean, finding: Omit<Finding, "kind">): void => {
    counts.acknowledged++;
    if (isThere) return;
    if (isHeld) counts.held++;
    else {
      counts.lost++;
      findings.push({ kind: "change-lost", ...finding });
    }
  };
  for (const account of accounts.values()) {
    const { signUp, close, moves } = account;
    const row = customers.find((customer) => isOpenHolder(account, customer));
    const heldBack = row !== undefined && held.customers.has(row.id);
    if (close?.known === true)
      judge(row === undefined, heldBack, {
        what: "closure",
        key: signUp.email,
        detail: `${signUp.name} is still there`,
      });
    else if (close === undefined && row !== undefined && moves.some(({ known }) => known)) {
      const wanted = possibleStreets(account);
      judge(row.street !== null && wanted.has(row.street), heldBack, {
        what: "address",
        key: signUp.email,
        detail: `is ${row.street ?? "none"}, not ${[...wanted].join(" or ")}`,
      });
    }
  }
  const byNumber = new Map(orders.map((order) => [order.number, order]));
  for (const { known, number } of cancels) {
    const order = byNumber.get(number);
    if (known && order !== undefined)
      judge(order.status === "cancelled", held.orders.has(order.id), {
        what: "cancellation",
        key: number,
        detail: `the order is ${order.status}`,
      });
  }
  return { fate: counts, findings };
}
