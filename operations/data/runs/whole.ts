/** Comparing tables as a whole, before anybody looks at parts of them: most of what a shop holds stays as it is. */
import type { Digested, KeyRange, Total } from "../port";
import { newRows, type Comparison } from "./scan";
import { seconds } from "./sync-run";

/** Two sides of one table, on a connection each. */
type Pair = readonly [left: Digested, right: Digested];

export interface ComparedWhole {
  /**
   * Undefined where that cannot be said of them: they differ within the range of the right one's keys, one of them is
   * empty, or the key does not begin with a whole number.
   */
  readonly comparison: Comparison | undefined;
  /** Rows of the right side, where they were counted. */
  readonly rightRows: number | undefined;
  readonly seconds: number;
}

/** What the left side has within the range of the right one's keys, and what beyond it. */
interface Parted {
  readonly within: Total;
  readonly beyond: { readonly ranges: readonly KeyRange[]; readonly rows: number };
}

/**
 * Compares pairs of sides by one sum of all digests, which takes half as long as one for each group: within the range of
 * the right side's keys, since new rows of the left one lie beyond it. Both sides are read at the same time, each at its
 * own pace.
 *
 * @param onEach called when the left side of a pair has been read; not for those that cannot be compared so
 * @throws what either side throws, once neither is at work any more: what goes on for a while would keep its locks
 */
export async function compareWholes(
  pairs: readonly Pair[],
  onEach: (at: number) => void,
): Promise<readonly ComparedWhole[]> {
  const [here, there] = await bothInTurn(
    pairs,
    ([left]) => left.range(),
    ([, right]) => right.range(),
  );
  const rangesOf = (at: number): readonly [KeyRange, KeyRange] | undefined => {
    const [one, other] = [here[at], there[at]];
    return one && other && [one, other];
  };
  const [lefts, rights] = await bothInTurn(
    pairs,
    async ([left], at) => {
      const started = performance.now();
      const ranges = rangesOf(at);
      if (ranges === undefined) return { parted: undefined, took: 0 };
      const parted = await partedBy(left, ...ranges);
      onEach(at);
      return { parted, took: seconds(started) };
    },
    async ([, right], at) => rangesOf(at) && right.total(),
  );
  return pairs.map(([left], at): ComparedWhole => {
    const { parted, took = 0 } = lefts[at] ?? {};
    const right = rights[at];
    const equal = parted?.within.rows === right?.rows && parted?.within.sum === right?.sum;
    const comparison = parted && equal ? comparisonOf(left, parted) : undefined;
    return { comparison, rightRows: right?.rows, seconds: took };
  });
}

/** Of all rows and of those beyond a range: what is within it takes no condition on each row, which would cost a fifth more. */
async function partedBy(side: Digested, all: KeyRange, within: KeyRange): Promise<Parted> {
  const ranges = [
    { min: all.min, max: within.min - 1n },
    { min: within.max + 1n, max: all.max },
  ].filter(({ min, max }) => min <= max);
  const total = await side.total();
  let [rows, { sum }] = [0, total];
  for (const range of ranges) {
    const beyond = await side.total(range);
    rows += beyond.rows;
    sum -= beyond.sum;
  }
  return { within: { rows: total.rows - rows, sum }, beyond: { ranges, rows } };
}

function comparisonOf(left: Digested, { within, beyond: { ranges, rows } }: Parted): Comparison {
  const spans = {
    first: ranges.map(({ min }) => String(min)),
    last: ranges.map(({ max }) => String(max)),
  };
  const fresh = rows === 0 ? undefined : { rows, spans };
  return {
    rows: within.rows + rows,
    fresh,
    differences: (without) => (without === undefined ? newRows(left, fresh) : []),
  };
}

/** Asks two sides at the same time, each about one after another; none is asked further once the other has failed. */
async function bothInTurn<T, Left, Right>(
  all: readonly T[],
  left: (one: T, at: number) => Promise<Left>,
  right: (one: T, at: number) => Promise<Right>,
): Promise<readonly [readonly Left[], readonly Right[]]> {
  let failed = false;
  const inTurn = async <U>(ask: (one: T, at: number) => Promise<U>): Promise<readonly U[]> => {
    const answers: U[] = [];
    for (const [at, one] of all.entries()) {
      if (failed) break;
      answers.push(await ask(one, at));
    }
    return answers;
  };
  const noted = (error: unknown): never => {
    failed = true;
    throw error;
  };
  const both = [inTurn(left).catch(noted), inTurn(right).catch(noted)] as const;
  await Promise.allSettled(both);
  return Promise.all(both);
}
