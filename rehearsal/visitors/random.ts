import { createHash } from "node:crypto";

/**
 * Repeatable randomness: the same seed and labels give the same numbers on every machine. Each thing that is
 * decided draws from a stream of its own, so that what one visitor does shifts nothing for the next.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param labels name the stream, as in `("visit", 17)` */
  constructor(seed: number, ...labels: readonly (string | number)[]) {
    const digest = createHash("sha256")
      .update(JSON.stringify([seed, ...labels]))
      .digest();
    this.a = digest.readUInt32LE(0);
    this.b = digest.readUInt32LE(4);
    this.c = digest.readUInt32LE(8);
  }

  /** At least 0, below 1. A small fast counting generator (sfc32, public domain, by Chris Doty-Humphrey). */
  next(): number {
    const sum = (this.a + this.b + this.counter++) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws Error for an empty list */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** A UUID of version 4 in form. */
  uuid(): string {
    const hex = Array.from({ length: 32 }, (_, at) =>
      at === 12 ? "4" : at === 16 ? this.pick(["8", "9", "a", "b"]) : this.between(0, 15).toString(16),
    ).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
}
