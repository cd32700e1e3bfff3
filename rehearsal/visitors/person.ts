import type { Site } from "../shop/settings";
import type { Profile } from "./plan";

/** An order as the one who placed it remembers it. */
export interface KnownOrder {
  readonly number: string;
  readonly site: Site;
}

/** An account that someone holds; another one for the same e-mail after the first was closed. */
export interface HeldAccount {
  /** The visitors' own number for it. */
  readonly id: string;
  readonly name: string;
  /** 1 for a person's first account. */
  readonly generation: number;
  /** Sites on which anything was done with it. */
  readonly sites: Set<Site>;
  /** Orders that can still be cancelled. */
  readonly orders: KnownOrder[];
  designed: boolean;
  ordered: boolean;
  /** The site on which its address was changed. */
  movedOn: Site | undefined;
  moves: number;
}

/** Someone who has been here before. */
export interface Person {
  readonly profile: Profile;
  /** Undefined while they have none, and for ever once they cannot know whether they have. */
  account: HeldAccount | undefined;
  cookie: string | undefined;
  /** At the shop right now: nobody is in two places. */
  busy: boolean;
  /** Milliseconds since the epoch before which they do not come back. */
  staysAwayUntil: number;
}

/** Everybody who has ever come, and who of them could come for what. */
export class People {
  private readonly all: Person[] = [];

  get count(): number {
    return this.all.length;
  }

  add(profile: Profile): Person {
    const person: Person = {
      profile,
      account: undefined,
      cookie: undefined,
      busy: false,
      staysAwayUntil: 0,
    };
    this.all.push(person);
    return person;
  }

  /**
   * Picks one of those who are free and have an account that `suits`: the first from a starting point on.
   *
   * @param who 0–1, the starting point among all
   */
  pick(who: number, suits: (account: HeldAccount) => boolean): Person | undefined {
    const now = Date.now();
    const start = Math.floor(who * this.all.length);
    for (let step = 0; step < this.all.length; step++) {
      const person = this.all[(start + step) % this.all.length];
      if (person?.account === undefined || person.busy || person.staysAwayUntil > now) continue;
      if (suits(person.account)) return person;
    }
    return undefined;
  }
}
