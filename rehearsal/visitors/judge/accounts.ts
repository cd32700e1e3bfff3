import type { EventOf, LedgerEvent } from "../ledger";

/** One account with all that its holder knows of it. */
export interface Account {
  readonly id: string;
  readonly signUp: EventOf<"sign-up">;
  readonly close: EventOf<"close"> | undefined;
  /** Changes of address in order. */
  readonly moves: readonly EventOf<"move">[];
}

/** Collects the accounts of a ledger by their number. */
export function collectAccounts(events: readonly LedgerEvent[]): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>();
  for (const event of events) {
    if (event.type === "sign-up") {
      accounts.set(event.account, { id: event.account, signUp: event, close: undefined, moves: [] });
      continue;
    }
    if (event.type !== "close" && event.type !== "move") continue;
    const account = accounts.get(event.account);
    if (account === undefined)
      throw new Error(`ledger: ${event.type} of account ${event.account}, which never signed up`);
    accounts.set(
      event.account,
      event.type === "close"
        ? { ...account, close: event }
        : { ...account, moves: [...account.moves, event] },
    );
  }
  return accounts;
}

const closedEmail = /^closed-[0-9a-f]+@closed\.invalid$/;

/** Whether a customer row is this account, open or closed. */
export function isHolder(account: Account, row: { readonly email: string; readonly name: string }): boolean {
  const { signUp, close } = account;
  if (isOpenHolder(account, row)) return true;
  if (close === undefined) return false;
  // Whether an unacknowledged closing happened is open, and so is which e-mail it left.
  return close.known ? row.email === close.becomes : closedEmail.test(row.email) && row.name !== signUp.name;
}

/** Whether a customer row is this account under its own e-mail and name. */
export function isOpenHolder(
  { signUp }: Account,
  row: { readonly email: string; readonly name: string },
): boolean {
  return row.email.toLowerCase() === signUp.email.toLowerCase() && row.name === signUp.name;
}

/** The streets that the account's default address may show: the last one acknowledged, or a later one that is open. */
export function possibleStreets({ signUp, moves }: Account): ReadonlySet<string> {
  const last = moves.findLastIndex(({ known }) => known);
  const settled = last < 0 ? signUp.street : (moves[last]?.street ?? signUp.street);
  const streets = new Set([settled, ...moves.slice(last + 1).map(({ street }) => street)]);
  // Changed on both sides: which one stays is a conflict's to settle.
  const sites = new Set(moves.map(({ site }) => site).filter((site) => site !== null));
  return sites.size > 1 ? new Set([...streets, ...moves.map(({ street }) => street)]) : streets;
}
