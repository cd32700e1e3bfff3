import { outside } from "../../fault";
import type { GeneratorPlan, GeneratorState } from "../identities";
import type { Generator, GeneratorUse } from "../model";
import type { Database, RecordedSeed } from "../port";
import { counterValue, hasCounter, raiseCounter } from "./counters";

/** Where a generator stands in one database: the last value handed out, and the largest in the rows of each use. */
export interface Standing {
  readonly last: bigint;
  readonly maxima: readonly bigint[];
}

/** The last value handed out, by a generator of the database's or a counter in a row. */
export const lastOf = (database: Database, generator: Generator): Promise<bigint> =>
  generator.row === undefined ? database.generators.last(generator) : counterValue(database, generator);

/** The last value of each, in their order. */
export async function lastsOf(
  database: Database,
  generators: readonly Generator[],
): Promise<readonly bigint[]> {
  const own = generators.filter((one) => one.row === undefined);
  const many = [...((await database.generators.lasts?.(own)) ?? [])];
  const lasts: bigint[] = [];
  for (const one of generators)
    lasts.push((one.row === undefined ? many.shift() : undefined) ?? (await lastOf(database, one)));
  return lasts;
}

/**
 * Where each stands, in their order.
 *
 * @param how `one by one` where the time of each question is limited, as the largest value of a column without an index
 *   takes a while
 */
export async function readStandings(
  database: Database,
  generators: readonly Generator[],
  how: "together" | "one by one" = "together",
): Promise<readonly Standing[]> {
  const lasts = await lastsOf(database, generators);
  const uses = generators.flatMap((one) => one.uses.filter(({ typeMax }) => typeMax !== undefined));
  const many = how === "together" ? ((await database.generators.maxima?.(uses)) ?? []) : [];
  const maxima = new Map<GeneratorUse, bigint>();
  for (const [at, use] of uses.entries())
    maxima.set(use, many[at] ?? (await database.generators.maximum(use.table, use.column)));
  return lasts.map((last, at) => ({
    last,
    maxima: (generators[at]?.uses ?? []).map((use) => maxima.get(use) ?? 0n),
  }));
}

/** Reads both sides of every generator of the source; the schemas are known to agree. */
export async function readStates(
  source: Database,
  target: Database,
  generators: readonly Generator[],
  targets: readonly Generator[],
  recorded: ReadonlyMap<string, RecordedSeed>,
): Promise<readonly GeneratorState[]> {
  const counterparts = generators.map((generator) => counterpartOf(generator, targets));
  const [froms, tos] = await Promise.all([
    readStandings(source, generators),
    readStandings(target, counterparts),
  ]);
  return generators.map((generator, at) => {
    const [counterpart, from, to] = [counterparts[at], froms[at], tos[at]];
    if (counterpart === undefined || from === undefined || to === undefined)
      throw new Error(`it is not known where ${generator.name} stands`);
    return {
      // The target's own limits are what a seed must fit into; what a restart burns, the source's may burn as well.
      generator: {
        ...counterpart,
        increment: generator.increment,
        uses: generator.uses,
        ...mostBurnt(generator, counterpart),
      },
      from: from.last,
      to: to.last,
      maxFrom: from.maxima,
      maxTo: to.maxima,
      recorded: recorded.get(counterpart.name),
    };
  });
}

function mostBurnt({ burnt: one }: Generator, { burnt: other }: Generator): Pick<Generator, "burnt"> {
  if (one === undefined || other === undefined) return {};
  return { burnt: one > other ? one : other };
}

/** The target's generator behind the same column, or of the same name where no column draws on it. */
export function counterpartOf(generator: Generator, targets: readonly Generator[]): Generator {
  const [use] = generator.uses;
  const found = targets.find((other) =>
    generator.row === undefined && other.row === undefined
      ? other.uses.some((each) => each.table === use?.table && each.column === use.column)
      : other.name === generator.name,
  );
  if (found === undefined)
    throw outside(
      `the sequence ${generator.name} is missing on the target; bring the schemas together first`,
    );
  return found;
}

/** Raises a generator to a value, reads it back; never lowers it. @throws Fault (3) when it reads back lower */
async function raise(target: Database, generator: Generator, value: bigint): Promise<void> {
  const stands =
    generator.row === undefined
      ? await target.generators.raise(generator, value)
      : await raiseCounter(target, generator, value);
  if (stands < value)
    throw outside(
      `${generator.name} was set to ${value} and reads back as ${stands}; is somebody else setting it?`,
    );
}

export async function raiseAll(
  target: Database,
  plans: readonly GeneratorPlan[],
  isMeant: (plan: GeneratorPlan) => boolean = () => true,
): Promise<readonly GeneratorPlan[]> {
  const done: GeneratorPlan[] = [];
  for (const plan of plans) {
    if (plan.status !== "planned" || !isMeant(plan)) {
      done.push(plan);
      continue;
    }
    await raise(target, plan.generator, plan.seed);
    const status = "raised";
    done.push({ ...plan, status, identities: plan.identities.map((identity) => ({ ...identity, status })) });
  }
  return done;
}

/** Lifts a generator over an id that is about to be written beside it, in whole steps, so that it never hands it out. */
export async function liftOver(target: Database, generator: Generator, id: bigint): Promise<void> {
  const last = await lastOf(target, generator);
  if (last >= id || (generator.row !== undefined && !(await hasCounter(target, generator)))) return;
  const steps = (id - last + generator.increment - 1n) / generator.increment;
  const seed = last + steps * generator.increment;
  await raise(target, generator, seed > generator.max ? generator.max : seed);
}
