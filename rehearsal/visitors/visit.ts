import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Site } from "../shop/settings";
import type { Browser, Result } from "./browser";
import type { Ledger } from "./ledger";
import type { HeldAccount, Person } from "./person";
import type { PlannedOrder, PlannedVisit } from "./plan";
import type { Tally } from "./tally";

const signedUpSchema = z.object({ customerId: z.string() });
const designSchema = z.object({ designId: z.number() });
const orderSchema = z.object({
  orderId: z.string(),
  number: z.string(),
  totalCents: z.number(),
  street: z.string(),
});
const closedSchema = z.object({ becomes: z.string().nullable() });
const errorSchema = z.object({ error: z.string() });

/** A new password with each account: who opens a second one must not get into a stale copy of the first. */
function passwordOf(person: Person, generation: number): string {
  return `${person.profile.password}-${String(generation)}`;
}

/** How long someone stays away whom the shop did not know, in milliseconds. */
const comesBackAfter = 6_000;

/** One person at the shop: does what they came for and notes what the shop acknowledged. */
export class Visit {
  /** Designs that the front page showed. */
  private gallery: readonly string[] = [];

  constructor(
    private readonly plan: PlannedVisit,
    private readonly person: Person,
    private readonly browser: Browser,
    private readonly ledger: Ledger,
    private readonly tally: Tally,
  ) {}

  async run(): Promise<void> {
    const front = await this.browser.read("/", this.plan.pictures);
    // Nobody goes on in a shop whose front page does not come up.
    if (front.kind !== "answer") return;
    this.gallery = [...front.body.matchAll(/href="\/designs\/(\d+)"/g)].flatMap(([, id]) => id ?? []);
    await this.think();
    switch (this.plan.purpose) {
      case "browse":
        return this.lookAround();
      case "join":
        await this.signUp(1);
        return;
      case "first-order":
        return this.firstOrder();
      case "order-again":
        return this.withAccount((account) => this.order(account));
      case "look-up":
        return this.withAccount(() => this.lookUp());
      case "move":
        return this.withAccount((account) => this.move(account, front.site));
      case "cancel":
        return this.withAccount((account) => this.cancel(account));
      case "start-over":
        return this.withAccount((account) => this.startOver(account, front.site));
    }
  }

  private async lookAround(): Promise<void> {
    const chosen = this.fromGallery();
    if (chosen !== undefined) await this.browser.read(`/designs/${chosen}`, this.plan.pictures);
  }

  private fromGallery(): string | undefined {
    return this.gallery[Math.floor(this.plan.who * this.gallery.length)];
  }

  private async firstOrder(): Promise<void> {
    const account = await this.signUp(1);
    if (account !== undefined) await this.order(account);
  }

  /** Opens an account; undefined where the shop has not said that there is one. */
  private async signUp(generation: number): Promise<HeldAccount | undefined> {
    const { profile } = this.person;
    const { email, index } = profile;
    const password = passwordOf(this.person, generation);
    const name = generation === 1 ? `Visitor ${String(index)}` : `Visitor ${String(index)}, once more`;
    const street = `${String(index)} Elm Street, flat ${String(generation)}`;
    const account: HeldAccount = {
      id: `${String(index)}/${String(generation)}`,
      name,
      generation,
      sites: new Set(),
      orders: [],
      designed: false,
      ordered: false,
      movedOn: undefined,
      moves: 0,
    };
    const address = { street, postcode: "10001", city: "New York", country: "US" };
    let result = await this.browser.post("/sign-up", { email, name, password, ...address }, "repeatable");
    // The first try may have arrived although its answer did not.
    if (isError(result, "email-taken"))
      result = await this.browser.post("/login", { email, password }, "repeatable");
    const noted = { type: "sign-up", account: account.id, email, name, street } as const;
    if (isDone(result)) {
      const { customerId } = signedUpSchema.parse(JSON.parse(result.body));
      this.ledger.write({ ...noted, known: true, site: result.site, customerId });
      account.sites.add(result.site);
      this.person.account = account;
      return account;
    }
    if (result.kind === "unknown")
      this.ledger.write({ ...noted, known: false, site: null, customerId: null });
    return undefined;
  }

  private async order(account: HeldAccount): Promise<void> {
    for (const planned of this.plan.orders) {
      await this.think();
      if (!(await this.placeOne(account, planned))) return;
    }
  }

  /** Designs a shirt and orders it; false where the shop did not go along. */
  private async placeOne(account: HeldAccount, planned: PlannedOrder): Promise<boolean> {
    const basedOn = planned.startsFromGallery ? this.fromGallery() : undefined;
    account.designed = true;
    const design = await this.browser.post("/designs", { ...planned.design, basedOn }, "repeatable");
    if (!isDone(design)) return this.refused(account, design);
    account.sites.add(design.site);
    const { designId } = designSchema.parse(JSON.parse(design.body));
    const { size, quantity, idempotencyKey, card } = planned;
    await this.think();
    const result = await this.browser.post(
      "/checkout",
      { idempotencyKey, card, lines: [{ designId, size, quantity }] },
      "repeatable",
    );
    const lines = [{ design: planned.design.name, size, quantity }];
    const noted = { type: "order", account: account.id, key: idempotencyKey, lines } as const;
    if (isDone(result)) {
      const order = orderSchema.parse(JSON.parse(result.body));
      this.ledger.write({ ...noted, known: true, site: result.site, ...order });
      this.tally.order(result.site);
      account.ordered = true;
      account.orders.push({ number: order.number, site: result.site });
      return true;
    }
    if (result.kind === "unknown") {
      const nothing = { site: null, orderId: null, number: null, totalCents: null, street: null };
      this.ledger.write({ ...noted, known: false, ...nothing });
      // The order may be open on the site that did not answer.
      account.sites.add("primary").add("standby");
    }
    return this.refused(account, result);
  }

  private async lookUp(): Promise<void> {
    await this.browser.read("/account", 0);
  }

  /** Changes the address, but not on a second site: nobody tells two shops two addresses on one day. */
  private async move(account: HeldAccount, site: Site): Promise<void> {
    if (account.movedOn !== undefined && account.movedOn !== site) return;
    account.movedOn = site;
    account.moves++;
    const street = `${String(this.person.profile.index)} Oak Avenue, door ${String(account.moves)}`;
    const content = { street, postcode: "94103", city: "San Francisco", country: "US" };
    const result = await this.browser.post("/account/address", content, "repeatable");
    const noted = { type: "move", account: account.id, street } as const;
    if (isDone(result)) {
      account.sites.add(result.site);
      this.ledger.write({ ...noted, known: true, site: result.site });
    } else if (result.kind === "unknown") this.ledger.write({ ...noted, known: false, site: null });
    else this.refused(account, result);
  }

  private async cancel(account: HeldAccount): Promise<void> {
    const order = account.orders.pop();
    if (order === undefined) return;
    const result = await this.browser.post(`/orders/${order.number}/cancel`, {}, "repeatable");
    const noted = { type: "cancel", account: account.id, number: order.number } as const;
    if (isDone(result)) this.ledger.write({ ...noted, known: true, site: result.site });
    else if (result.kind === "unknown") this.ledger.write({ ...noted, known: false, site: null });
    else {
      // Not there yet, or too busy: it can be tried another day.
      account.orders.push(order);
      this.refused(account, result);
    }
  }

  /** Closes the account and opens another with the same e-mail; only where the whole account is on this site. */
  private async startOver(account: HeldAccount, site: Site): Promise<void> {
    if (account.sites.size !== 1 || !account.sites.has(site)) return;
    const password = passwordOf(this.person, account.generation);
    const result = await this.browser.post("/account/close", { password }, "once");
    const noted = { type: "close", account: account.id } as const;
    if (isDone(result)) {
      const { becomes } = closedSchema.parse(JSON.parse(result.body));
      this.ledger.write({ ...noted, known: true, site: result.site, becomes });
      this.person.account = undefined;
      this.browser.cookie = undefined;
      await this.think();
      await this.signUp(account.generation + 1);
    } else if (result.kind === "unknown") {
      this.ledger.write({ ...noted, known: false, site: null, becomes: null });
      this.person.account = undefined;
    } else this.refused(account, result);
  }

  /** Logs in where there is no session, or where the plan says so, and goes on with what they came for. */
  private async withAccount(goOn: (account: HeldAccount) => Promise<void>): Promise<void> {
    const { account } = this.person;
    if (account === undefined) return;
    if (this.browser.cookie === undefined || this.plan.logsInAgain) {
      const { email } = this.person.profile;
      const password = passwordOf(this.person, account.generation);
      const result = await this.browser.post("/login", { email, password }, "repeatable");
      if (!isDone(result)) {
        this.refused(account, result);
        return;
      }
      account.sites.add(result.site);
      await this.think();
    }
    await goOn(account);
  }

  /** Someone whom the shop does not know stays away for a while: their account is on the other site still. */
  private refused(account: HeldAccount, result: Result): false {
    if (result.kind !== "answer") return false;
    const reason = errorSchema.safeParse(safeJson(result.body));
    this.person.staysAwayUntil = Date.now() + comesBackAfter;
    this.ledger.write({
      type: "turned-away",
      account: account.id,
      reason: reason.success ? reason.data.error : `status ${String(result.status)}`,
      site: result.site,
    });
    return false;
  }

  private think(): Promise<void> {
    return delay(this.plan.think);
  }
}

type Done = Extract<Result, { kind: "answer" }>;

function isDone(result: Result): result is Done {
  return result.kind === "answer" && result.status < 300;
}

function isError(result: Result, code: string): boolean {
  if (result.kind !== "answer") return false;
  const parsed = errorSchema.safeParse(safeJson(result.body));
  return parsed.success && parsed.data.error === code;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
