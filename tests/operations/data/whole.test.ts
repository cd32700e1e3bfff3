/** Two sides compared as a whole: what is said to be equal is, and what is new beyond it is told to the row. */
import * as fc from "fast-check";
import type { Digested, KeyRange, Spans } from "../../../operations/data/port";
import { compareWholes } from "../../../operations/data/runs/whole";
import type { Digest } from "../../../operations/data/three-way";

/** Rows by id, each with what its digest is. */
type Rows = ReadonlyMap<number, number>;

/** A side in memory; what a comparison as a whole must not ask for is not there. */
class Side implements Digested {
  private asked = 0;
  constructor(
    private readonly rows: Rows,
    private readonly whole = true,
  ) {}

  /** Only one question at a time may be on a connection. */
  private async alone<T>(answer: () => T): Promise<T> {
    expect(++this.asked).toBe(1);
    await Promise.resolve();
    this.asked--;
    return answer();
  }

  private all = (): readonly (readonly [id: number, digest: number])[] => [...this.rows];

  estimate = (): Promise<number> => Promise.reject(new Error("nobody has to estimate"));
  buckets = (): Promise<never> => Promise.reject(new Error("no groups are asked for"));
  groups = (): never => {
    throw new Error("no groups are asked for");
  };

  range = (): Promise<KeyRange | undefined> =>
    this.alone(() => {
      const ids = [...this.rows.keys()];
      if (!this.whole || ids.length === 0) return undefined;
      return { min: BigInt(Math.min(...ids)), max: BigInt(Math.max(...ids)) };
    });

  total = (range?: KeyRange): Promise<{ rows: number; sum: bigint }> =>
    this.alone(() => {
      const some = this.all().filter(
        ([id]) => range === undefined || (BigInt(id) >= range.min && BigInt(id) <= range.max),
      );
      return { rows: some.length, sum: some.reduce((sum, [, digest]) => sum + BigInt(digest), 0n) };
    });

  async *within({ first, last }: Spans): AsyncGenerator<readonly [string, Digest]> {
    await Promise.resolve();
    for (const [id, digest] of this.all())
      if (first.some((low, at) => id >= Number(low) && id <= Number(last[at])))
        yield [JSON.stringify([String(id)]), String(digest)];
  }
}

const some = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 1 << 30 })), {
    selector: ([id]) => id,
    maxLength: 12,
  })
  .map((rows): Rows => new Map(rows));

/** What one side became of the other: some rows gone, changed or added, most often none but new ones at the end. */
const pair = fc
  .tuple(some, some, fc.constantFrom("beyond", "anywhere", "gone", "changed"), fc.nat())
  .map(([base, more, how, which]): readonly [left: Rows, right: Rows] => {
    const left = new Map(base);
    const ids = [...base.keys()];
    const one = ids[which % Math.max(1, ids.length)];
    if (how === "gone" && one !== undefined) left.delete(one);
    if (how === "changed" && one !== undefined) left.set(one, (base.get(one) ?? 0) + 1);
    for (const [id, digest] of more) {
      const beyond = id < Math.min(...ids) || id > Math.max(...ids);
      if (how === "anywhere" ? !left.has(id) : beyond) left.set(id, digest);
    }
    return [left, base];
  });

test("tables are equal among the rows of the base or are not; what is new beyond them is all there is to look at", async () => {
  const seen = { equal: 0, other: 0, fresh: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 4 }), async (pairs) => {
      const done: number[] = [];
      const compared = await compareWholes(
        pairs.map(([left, right]) => [new Side(left), new Side(right)]),
        (at) => done.push(at),
      );
      const filled = pairs.flatMap(([left, right], at) => (left.size > 0 && right.size > 0 ? [at] : []));
      expect(done).toEqual(filled);
      for (const [at, [left, right]] of pairs.entries()) {
        const comparison = compared[at]?.comparison;
        const added = [...left].filter(([id]) => !right.has(id));
        const [min, max] = [Math.min(...right.keys()), Math.max(...right.keys())];
        const equal =
          left.size > 0 &&
          right.size > 0 &&
          [...right].every(([id, digest]) => left.get(id) === digest) &&
          added.every(([id]) => id < min || id > max);
        expect(comparison !== undefined).toBe(equal);
        seen[equal ? "equal" : "other"]++;
        if (comparison === undefined) continue;
        expect(comparison.rows).toBe(left.size);
        expect(compared[at]?.rightRows).toBe(right.size);
        expect(comparison.fresh?.rows ?? 0).toBe(added.length);
        seen.fresh += added.length;
        const found = new Map<number, Digest>();
        for await (const { key, left: digest, right: there } of comparison.differences()) {
          expect(there).toBeUndefined();
          found.set(Number(key[0]), digest);
        }
        expect(found).toEqual(new Map(added.map(([id, digest]) => [id, String(digest)])));
        // What is brought in sets is within what is said to be fresh, and nothing else is.
        for await (const one of comparison.differences("fresh")) throw new Error(JSON.stringify(one));
        const { first = [], last = [] } = comparison.fresh?.spans ?? {};
        for (let id = -25; id <= 25; id++)
          if (left.has(id))
            expect(first.some((low, n) => id >= Number(low) && id <= Number(last[n]))).toBe(!right.has(id));
      }
    }),
    { numRuns: 500 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});

test("where a key is no whole number, nothing is said", async () => {
  const rows: Rows = new Map([[1, 2]]);
  const [found] = await compareWholes([[new Side(rows, false), new Side(rows, false)]], () => undefined);
  expect(found).toEqual({ comparison: undefined, rightRows: undefined, seconds: 0 });
});

test("a failure of either side is the failure of all, and nothing else is left unheard", async () => {
  const rows: Rows = new Map([[1, 2]]);
  const good = (): Side => new Side(rows);
  const broken = (): Side => {
    const side = new Side(rows);
    side.total = () => Promise.reject(new Error("cut"));
    return side;
  };
  for (const [left, right] of [
    [good, broken],
    [broken, good],
    [broken, broken],
  ] as const) {
    const [one, other] = [left(), right()];
    const pairs = [
      [one, other],
      [one, other],
    ] as const;
    await expect(compareWholes(pairs, () => undefined)).rejects.toThrow("cut");
  }
});
