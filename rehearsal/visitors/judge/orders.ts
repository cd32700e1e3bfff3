import type { EventOf } from "../ledger";
import { isHolder, type Account } from "./accounts";
import type { OrderRow } from "./database";
import type { Held } from "./held";
import { Counter, type Frame } from "./counter";
import { groupBy } from "./group";
import type { Fate, Finding } from "./verdict";

export interface JudgedOrders {
  readonly fate: Fate;
  readonly findings: readonly Finding[];
  /** Orders that are there, with the number they are known by. */
  readonly present: readonly { readonly event: EventOf<"order">; readonly row: OrderRow }[];
}

/**
 * Compares the orders that visitors placed with those that are there.
 *
 * An order is found by its idempotency key, which the visitor chose, never by its id, which two sites may both have
 * given. One that is there but hangs on another customer, address, shirt or payment is misattributed; a second one
 * with the same content, or one that a visitor's account holds without having asked for it, is a duplicate.
 */
export function judgeOrders(
  events: readonly EventOf<"order">[],
  accounts: ReadonlyMap<string, Account>,
  rows: readonly OrderRow[],
  held: Held,
  frame: Frame,
): JudgedOrders {
  const counter = new Counter("order", frame);
  const byKey = groupBy(rows, ({ key }) => key);
  const present: { event: EventOf<"order">; row: OrderRow }[] = [];
  for (const event of events) {
    const account = accounts.get(event.account);
    if (account === undefined)
      throw new Error(`ledger: order of account ${event.account}, which never signed up`);
    const found = byKey.get(event.key) ?? [];
    const name = event.number ?? event.key;
    counter.placed(event);
    const [row, ...more] = found;
    if (row === undefined) {
      if (event.known)
        counter.missing(event, name, isHeld(event, account, held), `of ${account.signUp.email}`);
      continue;
    }
    present.push({ event, row });
    if (more.length > 0) counter.add("duplicated", name, `is there ${String(found.length)} times`);
    const faults = found.flatMap((one) => faultsOf(event, account, one));
    if (faults.length > 0) counter.add("misattributed", name, faults.join("; "));
    else counter.brought(event);
  }
  const keys = new Set(events.map(({ key }) => key));
  for (const row of rows) {
    if (keys.has(row.key)) continue;
    const owner = [...accounts.values()].find((account) => isHolder(account, row));
    if (owner !== undefined)
      counter.add("duplicated", row.number, `hangs on ${owner.signUp.email}, who never placed it`);
  }
  return { fate: counter.fate(), findings: counter.findings, present };
}

function isHeld(event: EventOf<"order">, { signUp }: Account, held: Held): boolean {
  return (
    (event.orderId !== null && held.orders.has(event.orderId)) ||
    (signUp.customerId !== null && held.customers.has(signUp.customerId))
  );
}

function faultsOf(event: EventOf<"order">, account: Account, row: OrderRow): string[] {
  const faults: string[] = [];
  const expect = (what: string, wanted: unknown, found: unknown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(found))
      faults.push(`${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };
  if (!isHolder(account, row))
    faults.push(
      `belongs to ${row.email} (${row.name}), not to ${account.signUp.email} (${account.signUp.name})`,
    );
  if (!row.ownAddress) faults.push("goes to another customer's address");
  const plain = ({ design, size, quantity }: OrderRow["lines"][number]): unknown => [design, size, quantity];
  expect("content", event.lines.map(plain), row.lines.map(plain));
  expect("payment", [row.totalCents], row.paid);
  if (!event.known) return faults;
  expect("number", event.number, row.number);
  expect("total", event.totalCents, row.totalCents);
  expect("street", event.street, row.street);
  return faults;
}
