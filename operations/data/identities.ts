import type { Generator, GeneratorUse, IdentityKind, TableName } from "./model";
import type { OffsetRule } from "./policy";

/** What PostgreSQL logs ahead of a sequence: after a crash it goes on behind these. */
const loggedAhead = 32n;

/** Where a generator stands on both sides, read before anything is planned. */
export interface GeneratorState {
  readonly generator: Generator;
  /** The last value the source's generator handed out, 0 when none. */
  readonly from: bigint;
  /** The last value the target's generator handed out, 0 when none. */
  readonly to: bigint;
  /** The largest value in the rows, by use, in the order of `generator.uses`; 0 without rows. */
  readonly maxFrom: readonly bigint[];
  readonly maxTo: readonly bigint[];
  /** As recorded when the target's identities were last raised. */
  readonly recorded: { readonly highest: bigint; readonly seed: bigint } | undefined;
}

/**
 * `planned`: would be raised; `raised`: was, and read back; `enough`: already at or above the seed;
 * `overflow`: the type or the sequence ends below the seed.
 */
export type IdentityStatus = "planned" | "raised" | "enough" | "overflow";

/** One identity as the command line prints it. Ids are strings where they exceed a double. */
export interface IdentityPlan {
  readonly table: TableName;
  readonly column: string;
  readonly kind: IdentityKind;
  readonly maxFrom: bigint;
  readonly maxTo: bigint;
  readonly generatorFrom: bigint;
  /** What the target's generator is set to: the next id is one step above. */
  readonly seed: bigint;
  /** `seed` minus the source's highest. */
  readonly offset: bigint;
  /** How far the source has come since the seed was last set. */
  readonly used: bigint;
  /** How many ids the source may still hand out before it reaches the target's range. */
  readonly headroom: bigint;
  readonly typeMax: bigint;
  readonly status: IdentityStatus;
}

export interface GeneratorPlan {
  readonly generator: Generator;
  readonly highest: bigint;
  readonly seed: bigint;
  readonly status: IdentityStatus;
  readonly identities: readonly IdentityPlan[];
  /** Where it stood below the rows of its own tables, one sentence for each side. */
  readonly lag?: readonly string[];
}

const largest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (b > a ? b : a), 0n);

/** Ids to leave free above the source's highest: the forecast, and what a crash may burn, in steps of the sequence. */
export function wantedOffset(
  rule: OffsetRule,
  { increment, cache, burnt }: Pick<Generator, "increment" | "cache" | "burnt">,
): bigint {
  if (rule.kind === "fixed") return rule.ids;
  const { rowsPerHour, tailHours, syncAgeHours, safety } = rule.policy;
  const rows = Math.ceil(rowsPerHour * (syncAgeHours + tailHours) * safety);
  return (BigInt(rows) + (burnt ?? loggedAhead * cache)) * increment;
}

/** Rounds up to a number a person can read: to a whole unit of the offset's own size. */
export function readable(highest: bigint, offset: bigint): bigint {
  let unit = 1n;
  while (unit * 10n <= offset) unit *= 10n;
  const least = highest + offset;
  const rest = least % unit;
  return rest === 0n ? least : least + unit - rest;
}

/** Keeps a sequence that steps by more than one on its own residue, so that sides that share numbers by it still do. */
function aligned(seed: bigint, like: bigint, increment: bigint): bigint {
  const shift = (((like - seed) % increment) + increment) % increment;
  return seed + shift;
}

function lagOf({ generator, from, to, maxFrom, maxTo }: GeneratorState): readonly string[] {
  const { name, row } = generator;
  const what = row === undefined ? "what it hands out next is taken" : "its next numbers are taken";
  const [here, there] = [largest(maxFrom), largest(maxTo)];
  return [
    ...(from < here
      ? [`${name} on the source stands at ${from}, below ${here} in its table: ${what}; set it right there`]
      : []),
    ...(to < there
      ? [`${name} on the target stood at ${to}, below ${there} in its table; it is set right with the offset`]
      : []),
  ];
}

const ceilingOf = (generator: Generator, use: GeneratorUse): bigint =>
  use.typeMax === undefined || generator.max < use.typeMax ? generator.max : use.typeMax;

/**
 * Plans one generator: `highest + offset`, where highest is the larger of the source's rows and the source's own
 * generator. The target's generator never counts into it, or every plan would push it on; it is only never lowered.
 */
export function planGenerator(state: GeneratorState, rule: OffsetRule): GeneratorPlan {
  const { generator } = state;
  const highest = largest([state.from, ...state.maxFrom]);
  const offset = wantedOffset(rule, generator);
  const like = state.from === 0n ? highest : state.from;
  const above = largest(state.maxTo);
  const planned = readable(highest, offset);
  // Below its own rows it would hand them out once more.
  const wanted = aligned(above > planned ? above : planned, like, generator.increment);
  const enough = state.to >= wanted;
  const seed = enough ? state.to : wanted;
  const ceiling = generator.uses.reduce((least, use) => {
    const own = ceilingOf(generator, use);
    return own < least ? own : least;
  }, generator.max);
  const status: IdentityStatus = enough ? "enough" : seed > ceiling ? "overflow" : "planned";
  const start = state.recorded?.seed ?? seed;
  const identities = generator.uses.map((use, at): IdentityPlan => {
    return {
      table: use.table,
      column: use.column,
      kind: use.kind,
      maxFrom: state.maxFrom[at] ?? 0n,
      maxTo: state.maxTo[at] ?? 0n,
      generatorFrom: state.from,
      seed,
      offset: seed - highest,
      used: state.recorded === undefined ? 0n : highest - state.recorded.highest,
      headroom: start - highest,
      typeMax: ceilingOf(generator, use),
      status,
    };
  });
  return { generator, highest, seed, status, identities, lag: lagOf(state) };
}

/** One sentence for each generator that offsets cannot be kept for. */
export const unfitGenerators = (generators: readonly Generator[]): readonly string[] =>
  generators.flatMap(({ name, increment, cycles }) => [
    ...(increment < 0n
      ? [`${name}: it counts down (INCREMENT ${increment}), which offsets cannot follow`]
      : []),
    ...(cycles ? [`${name}: it starts again at its end (CYCLE), so no offset keeps its ids apart`] : []),
  ]);

/** One sentence for each generator that has no room for its offset. */
export function overflows(plans: readonly GeneratorPlan[]): readonly string[] {
  return plans
    .filter((plan) => plan.status === "overflow")
    .flatMap((plan) =>
      plan.identities.map(
        (identity) =>
          `${identity.table}.${identity.column}: ${identity.seed} is beyond ${identity.typeMax}, the most its type or ` +
          `its sequence ${plan.generator.name} allows (highest ${plan.highest}); widen the type or take a smaller offset`,
      ),
    );
}
