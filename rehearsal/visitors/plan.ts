import { collars, cuffs, fabricKeys, sizes } from "../shop/catalogue";
import { Random } from "./random";

/** Someone who may visit the shop. Everything about them follows from the seed and their number. */
export interface Profile {
  readonly index: number;
  readonly email: string;
  /** What their passwords begin with. */
  readonly password: string;
  /** The resolver that their provider gives them: one for life. */
  readonly resolver: number;
}

/** What a visitor comes for. */
export const purposes = [
  "browse",
  "join",
  "first-order",
  "order-again",
  "look-up",
  "move",
  "cancel",
  "start-over",
] as const;
export type Purpose = (typeof purposes)[number];

/** How often each is, in parts of the whole. */
const shares: Readonly<Record<Purpose, number>> = {
  browse: 0.18,
  join: 0.06,
  "first-order": 0.36,
  "order-again": 0.24,
  "look-up": 0.03,
  move: 0.05,
  cancel: 0.05,
  "start-over": 0.03,
};

export interface PlannedOrder {
  readonly idempotencyKey: string;
  readonly card: "test-card" | "slow-card";
  readonly design: {
    readonly name: string;
    readonly fabric: string;
    readonly collar: string;
    readonly cuff: string;
  };
  readonly startsFromGallery: boolean;
  readonly size: string;
  readonly quantity: number;
}

/** One visit to the shop, before it is known who comes and what the shop answers. */
export interface PlannedVisit {
  readonly number: number;
  readonly purpose: Purpose;
  /** 0–1: which of those who could come for this does. */
  readonly who: number;
  /** Pictures looked at on each page; the browser has the others already. */
  readonly pictures: number;
  readonly logsInAgain: boolean;
  /** Milliseconds between two steps. */
  readonly think: number;
  readonly orders: readonly PlannedOrder[];
}

const slowCardShare = 0.03;
const secondOrderShare = 0.3;
const galleryShare = 0.4;
const loginShare = 0.15;

/** Describes a person. */
export function profile(seed: number, index: number, resolvers: number): Profile {
  const random = new Random(seed, "person", index);
  return {
    index,
    email: `visitor-${String(index)}@example.com`,
    password: `secret-${random.uuid()}`,
    resolver: random.between(0, resolvers - 1),
  };
}

/** Plans the visit of a number. */
export function planVisit(seed: number, number: number): PlannedVisit {
  const random = new Random(seed, "visit", number);
  const purpose = choosePurpose(random.next());
  const orders = purpose === "first-order" || purpose === "order-again" ? 1 : 0;
  const another = orders === 1 && random.chance(secondOrderShare) ? 1 : 0;
  return {
    number,
    purpose,
    who: random.next(),
    pictures: random.between(0, 2),
    logsInAgain: random.chance(loginShare),
    think: random.between(10, 120),
    orders: Array.from({ length: orders + another }, (_, at) =>
      planOrder(random, `${String(number)}-${String(at)}`),
    ),
  };
}

function planOrder(random: Random, label: string): PlannedOrder {
  return {
    idempotencyKey: random.uuid(),
    card: random.chance(slowCardShare) ? "slow-card" : "test-card",
    // Told apart by its name: the judge can see whose shirt an order line is.
    design: {
      name: `Shirt ${label}`,
      fabric: random.pick(fabricKeys),
      collar: random.pick(collars),
      cuff: random.pick(cuffs),
    },
    startsFromGallery: random.chance(galleryShare),
    size: random.pick(sizes),
    quantity: random.between(1, 3),
  };
}

function choosePurpose(at: number): Purpose {
  let passed = 0;
  for (const purpose of purposes) {
    passed += shares[purpose];
    if (at < passed) return purpose;
  }
  return "browse";
}
