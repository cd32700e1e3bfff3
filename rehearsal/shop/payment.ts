import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Refusal } from "./refusal";

/** Cards that the gateway of this shop takes, and how long its bank takes to answer, in milliseconds. */
const gateways = { "test-card": 15, "slow-card": 2_500, "declined-card": 15 } as const;

export const cards = Object.keys(gateways) as [Card, ...Card[]];
export type Card = keyof typeof gateways;

/**
 * Asks the card's bank for the money. Called inside the checkout's transaction, as small shops do, so a slow bank
 * keeps the transaction open while later orders commit around it.
 *
 * @returns the bank's reference
 * @throws Refusal 409 `card-declined`
 */
export async function takePayment(card: Card): Promise<string> {
  await delay(gateways[card]);
  if (card === "declined-card") throw new Refusal(409, "card-declined", "The bank declined this card.");
  return `pay_${randomBytes(9).toString("base64url")}`;
}
