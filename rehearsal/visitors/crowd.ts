import { Browser } from "./browser";
import type { Internet } from "./internet";
import type { Ledger } from "./ledger";
import { People, type HeldAccount, type Person } from "./person";
import { planVisit, profile, type PlannedVisit } from "./plan";
import { Random } from "./random";
import type { ParsedVisitorSettings, Phase } from "./settings";
import type { Tally, Totals } from "./tally";
import { Visit } from "./visit";

const tickMilliseconds = 50;

export interface CrowdStatus extends Totals {
  readonly phase: Phase;
  readonly coming: boolean;
  readonly visits: number;
  readonly people: number;
  readonly atOnce: number;
  /** Visitors who did not come in because too many were there: the rehearsal's own limit, not the shop's. */
  readonly left: number;
}

/** Has visitors come at the rate of the day's phase, each for what the plan says. */
export class Crowd {
  private readonly people = new People();
  private readonly running = new Set<Promise<void>>();
  private readonly arrivals: Random;
  private readonly patience = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private phase: Phase = "calm";
  private rates: ParsedVisitorSettings["rates"];
  private due = 0;
  private visits = 0;
  private newcomers = 0;
  private left = 0;
  private last = Date.now();

  constructor(
    private readonly settings: ParsedVisitorSettings,
    private readonly parts: { readonly internet: Internet; readonly ledger: Ledger; readonly tally: Tally },
  ) {
    this.arrivals = new Random(settings.seed, "arrivals");
    this.rates = settings.rates;
  }

  /** The phase that the day is in from now on, and whether its rates are others than the settings'. */
  enter(phase: Phase, rate?: number): void {
    this.phase = phase;
    if (rate !== undefined) this.rates = { ...this.rates, [phase]: rate };
    this.parts.ledger.write({ type: "phase", phase });
  }

  /** Visitors come from now on. */
  open(): void {
    if (this.timer !== undefined) return;
    this.last = Date.now();
    this.timer = setInterval(() => this.tick(), tickMilliseconds);
  }

  /** Nobody new comes; those who are there go on. */
  pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Nobody new comes, and everybody has left when this settles. */
  async drain(): Promise<void> {
    this.pause();
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** As {@link drain}, but those who wait for an answer give up at the next chance. */
  abandon(): Promise<void> {
    this.patience.abort();
    return this.drain();
  }

  status(): CrowdStatus {
    return {
      ...this.parts.tally.totals(),
      phase: this.phase,
      coming: this.timer !== undefined,
      visits: this.visits,
      people: this.people.count,
      atOnce: this.running.size,
      left: this.left,
    };
  }

  private tick(): void {
    const now = Date.now();
    this.due += ((now - this.last) / 1000) * this.rates[this.phase] * this.arrivals.next() * 2;
    this.last = now;
    for (; this.due >= 1; this.due--) this.arrive(planVisit(this.settings.seed, this.visits++));
  }

  private arrive(plan: PlannedVisit): void {
    if (this.running.size >= this.settings.atOnce) {
      this.left++;
      return;
    }
    const person = this.whoComes(plan);
    person.busy = true;
    const { internet, ledger, tally } = this.parts;
    const { publicHost, patienceMilliseconds } = this.settings;
    const browser = new Browser(
      { internet, tally, publicHost, patienceMilliseconds, signal: this.patience.signal },
      person.profile.resolver,
      new Random(this.settings.seed, "browser", plan.number),
      person.cookie,
    );
    const visit = new Visit(plan, person, browser, ledger, tally)
      .run()
      .catch((error: unknown) => console.error(`visit ${String(plan.number)}:`, error))
      .finally(() => {
        person.cookie = browser.cookie;
        person.busy = false;
        this.running.delete(visit);
      });
    this.running.add(visit);
  }

  /** Someone who has an account, where the purpose needs one and there is anybody; a newcomer otherwise. */
  private whoComes(plan: PlannedVisit): Person {
    const known = suits[plan.purpose];
    const person = known === undefined ? undefined : this.people.pick(plan.who, known);
    return person ?? this.newcomer();
  }

  private newcomer(): Person {
    const { seed, resolvers } = this.settings;
    return this.people.add(profile(seed, this.newcomers++, resolvers.count));
  }
}

const anybody = (): boolean => true;

/** Who can come for a purpose; missing where only newcomers do. */
const suits: Readonly<Partial<Record<PlannedVisit["purpose"], (account: HeldAccount) => boolean>>> = {
  "order-again": anybody,
  "look-up": anybody,
  move: anybody,
  cancel: (account) => account.orders.length > 0,
  // Once is enough for anybody. Nobody leaves between a design and its order.
  "start-over": ({ generation, ordered, designed }) => generation === 1 && (ordered || !designed),
};
