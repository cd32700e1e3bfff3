import { compress, type Encoding } from "./compression";

/** An answer as headers on their way to a client: lower-case names. */
export type HeaderMap = Record<string, string | string[]>;

/** Bytes beyond which one answer is not kept, and beyond which the oldest ones make room. */
export const largestEntry = 16 * 1024 * 1024;
const capacity = 256 * 1024 * 1024;

/** One kept answer: always a 200, always plain; its compressed forms are made when first asked for. */
export class CacheEntry {
  private readonly encoded = new Map<Encoding, Promise<Buffer>>();

  /** @param storedAt and `expires`: milliseconds since the epoch. */
  constructor(
    readonly headers: HeaderMap,
    readonly body: Buffer,
    readonly storedAt: number,
    readonly expires: number,
    readonly compressible: boolean,
  ) {}

  encodedAs(encoding: Encoding): Promise<Buffer> {
    const running = this.encoded.get(encoding) ?? compress(this.body, encoding);
    this.encoded.set(encoding, running);
    return running;
  }
}

/** Kept answers; the least recently used go first when the space is used up. */
export class Cache {
  private readonly entries = new Map<string, CacheEntry>();
  private bytes = 0;

  get(key: string, now: number): CacheEntry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    if (entry.expires <= now) {
      this.bytes -= entry.body.length;
      return undefined;
    }
    this.entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: CacheEntry): void {
    this.bytes += entry.body.length - (this.entries.get(key)?.body.length ?? 0);
    this.entries.delete(key);
    this.entries.set(key, entry);
    for (const [oldest, { body }] of this.entries) {
      if (this.bytes <= capacity) return;
      this.entries.delete(oldest);
      this.bytes -= body.length;
    }
  }
}
