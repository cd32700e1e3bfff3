import type { Generator } from "../../model";
import type { GeneratorPlan, GeneratorState } from "../../identities";
import { outside } from "../../../fault";
import type { Session } from "./session";
import { literal, name, qualified } from "./sql";

const split = (full: string): [string, string] => {
  const at = full.indexOf(".");
  return [full.slice(0, at), full.slice(at + 1)];
};

const quoted = (full: string): string => qualified(...split(full));

/** The last value a sequence handed out: one step below its start when it never did. */
async function lastValue(session: Session, generator: Generator): Promise<bigint> {
  const [row] = await session.rows(`SELECT last_value, is_called FROM ${quoted(generator.name)}`);
  const [value, called] = row ?? [];
  const last = BigInt(value ?? 0);
  return called === "t" ? last : last - generator.increment;
}

async function maxima(session: Session, generator: Generator): Promise<bigint[]> {
  const found: bigint[] = [];
  for (const use of generator.uses) {
    if (use.typeMax === undefined) {
      found.push(0n);
      continue;
    }
    const [row] = await session.rows(`SELECT max(${name(use.column)}) FROM ${quoted(use.table)}`);
    found.push(BigInt(row?.[0] ?? 0));
  }
  return found;
}

/** Where generators stand in one database: the last value handed out, and the largest in the rows of each use. */
export interface Standing {
  readonly last: bigint;
  readonly maxima: readonly bigint[];
}

export async function readStanding(session: Session, generator: Generator): Promise<Standing> {
  return { last: await lastValue(session, generator), maxima: await maxima(session, generator) };
}

/** Reads both sides of every generator of the source; the schemas are known to agree. */
export async function readStates(
  source: Session,
  target: Session,
  generators: readonly Generator[],
  targets: readonly Generator[],
  recorded: ReadonlyMap<string, { readonly highest: bigint; readonly seed: bigint }>,
): Promise<readonly GeneratorState[]> {
  const states: GeneratorState[] = [];
  for (const generator of generators) {
    const counterpart = counterpartOf(generator, targets);
    const from = await readStanding(source, generator);
    const to = await readStanding(target, counterpart);
    states.push({
      // The target's own limits and cache are what a seed must fit into.
      generator: { ...counterpart, increment: generator.increment, uses: generator.uses },
      from: from.last,
      to: to.last,
      maxFrom: from.maxima,
      maxTo: to.maxima,
      recorded: recorded.get(counterpart.name),
    });
  }
  return states;
}

/** The target's generator behind the same column, or of the same name where no column draws on it. */
export function counterpartOf(generator: Generator, targets: readonly Generator[]): Generator {
  const [use] = generator.uses;
  const found = targets.find((other) =>
    other.uses.some((each) => each.table === use?.table && each.column === use.column),
  );
  if (found === undefined)
    throw outside(
      `the sequence ${generator.name} is missing on the target; bring the schemas together first`,
    );
  return found;
}

/** Raises a generator to a value and reads it back; never lowers it. */
export async function raise(session: Session, generator: string, seed: bigint): Promise<void> {
  const relation = quoted(generator);
  await session.run(
    `SELECT pg_catalog.setval(${literal(relation)}::pg_catalog.regclass, $1::int8) FROM ${relation} 
       WHERE last_value < $1::int8 OR (last_value = $1::int8 AND NOT is_called)`,
    [seed.toString()],
  );
  const [row] = await session.rows(`SELECT last_value FROM ${relation}`);
  if (row === undefined || BigInt(row[0] ?? 0) < seed)
    throw outside(
      `${generator} was set to ${seed} and reads back as ${row?.[0] ?? "nothing"}; is somebody else setting it?`,
    );
}

export async function raiseAll(
  session: Session,
  plans: readonly GeneratorPlan[],
): Promise<readonly GeneratorPlan[]> {
  const done: GeneratorPlan[] = [];
  for (const plan of plans) {
    if (plan.status !== "planned") {
      done.push(plan);
      continue;
    }
    await raise(session, plan.generator.name, plan.seed);
    const status = "raised";
    done.push({ ...plan, status, identities: plan.identities.map((identity) => ({ ...identity, status })) });
  }
  return done;
}

/** Lifts a generator over an id that is about to be written beside it, in whole steps, so that it never hands it out. */
export async function liftOver(session: Session, generator: Generator, id: bigint): Promise<void> {
  const last = await lastValue(session, generator);
  if (last >= id) return;
  const steps = (id - last + generator.increment - 1n) / generator.increment;
  const seed = last + steps * generator.increment;
  await raise(session, generator.name, seed > generator.max ? generator.max : seed);
}
