import { isOpenHolder, possibleStreets, type Account } from "./accounts";
import { Counter, type Frame } from "./counter";
import type { CustomerRow } from "./database";
import type { Held } from "./held";
import { groupBy } from "./group";
import type { Fate, Finding } from "./verdict";

export interface JudgedUsers {
  readonly fate: Fate;
  readonly findings: readonly Finding[];
}

/**
 * Compares the accounts that visitors opened with the customers that are there: each once, under its own e-mail and
 * name, with an address of its own. Whether a change reached it is judged elsewhere.
 */
export function judgeUsers(
  accounts: ReadonlyMap<string, Account>,
  rows: readonly CustomerRow[],
  held: Held,
  frame: Frame,
): JudgedUsers {
  const counter = new Counter("user", frame);
  const byEmail = groupBy(rows, ({ email }) => email.toLowerCase());
  for (const account of accounts.values()) {
    const { signUp, close } = account;
    counter.placed(signUp);
    const namesakes = byEmail.get(signUp.email.toLowerCase()) ?? [];
    const found = namesakes.filter((row) => isOpenHolder(account, row));
    if (found.length > 1) counter.add("duplicated", signUp.email, `is there ${String(found.length)} times`);
    if (close !== undefined) {
      // Gone, or nameless: as wanted. Still there: a closure that was lost.
      const left = close.becomes === null ? undefined : byEmail.get(close.becomes)?.[0];
      if (close.known && close.becomes !== null && left === undefined && found.length === 0)
        counter.missing(
          signUp,
          signUp.email,
          isHeld(account, held),
          `closed, should be left as ${close.becomes}`,
        );
      else counter.brought(signUp);
      continue;
    }
    const [row] = found;
    if (row === undefined) {
      // An e-mail that stands there under another account's name says who took the place.
      const taken = namesakes.map(({ name }) => name).join(", ");
      if (signUp.known)
        counter.missing(
          signUp,
          signUp.email,
          isHeld(account, held),
          taken === "" ? `${signUp.name} is not there` : `${signUp.name} is not there, ${taken} is`,
        );
    } else if (!row.ownAddress)
      counter.add("misattributed", signUp.email, "has no address, or another customer's");
    else if (signUp.known && row.street !== null && !mayShow(account, row.street))
      counter.add("misattributed", signUp.email, `has the address ${row.street}, which was never theirs`);
    else counter.brought(signUp);
  }
  return { fate: counter.fate(), findings: counter.findings };
}

/** Any address that the account ever had: which of them is the change judge's business. */
function mayShow(account: Account, street: string): boolean {
  return (
    street === account.signUp.street ||
    possibleStreets(account).has(street) ||
    account.moves.some((move) => move.street === street)
  );
}

function isHeld({ signUp }: Account, held: Held): boolean {
  return signUp.customerId !== null && held.customers.has(signUp.customerId);
}
