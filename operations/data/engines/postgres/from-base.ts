import type { PostgresConnection } from "../../../connection";
import type { IdentityOutlook } from "../../engine";
import { overflows, planGenerator, wantedOffset, type GeneratorPlan } from "../../identities";
import type { Generator, GeneratorUse } from "../../model";
import type { OffsetPolicy } from "../../policy";
import { readStanding } from "./generators";
import { introspect } from "./introspect";
import { withSession, type Session } from "./session";
import { readBase, readPolicy, readSeeds } from "./store";

interface FromBase {
  readonly plan: GeneratorPlan;
  /** The last id that the standby's own generator handed out. */
  readonly stands: bigint;
}

/** Plans, from what the last sync recorded of the primary, every generator that it knew of. */
export async function planFromBase(
  target: Session,
  generators: readonly Generator[],
  policy: OffsetPolicy,
): Promise<readonly FromBase[]> {
  const seeds = await readSeeds(target);
  const planned: FromBase[] = [];
  for (const generator of generators) {
    const recorded = seeds.get(generator.name);
    if (recorded === undefined) continue;
    const standing = await readStanding(target, generator);
    const state = {
      generator,
      from: recorded.highest,
      to: standing.last,
      maxFrom: generator.uses.map(() => recorded.highest),
      maxTo: standing.maxima,
      recorded,
    };
    planned.push({ plan: planGenerator(state, { kind: "forecast", policy }), stands: standing.last });
  }
  return planned;
}

/** `schema.table.column`, or the sequence itself where no column draws on it. */
const nameOf = ({ table, column }: GeneratorUse): string => (column === "" ? table : `${table}.${column}`);

const samePolicy = (one: OffsetPolicy | undefined, other: OffsetPolicy): boolean =>
  one?.rowsPerHour === other.rowsPerHour &&
  one.tailHours === other.tailHours &&
  one.syncAgeHours === other.syncAgeHours &&
  one.safety === other.safety;

/** What a policy would come to on a standby. Writes nothing, in a transaction that could not. */
export function foresee(
  to: PostgresConnection,
  policy: OffsetPolicy,
  milliseconds: number,
): Promise<IdentityOutlook> {
  const look = async (target: Session): Promise<IdentityOutlook> => {
    await target.run(`SET statement_timeout = ${milliseconds}`);
    await target.run("BEGIN READ ONLY");
    const { generators } = await introspect(target);
    const base = (await readBase(target)) !== undefined;
    const planned = base ? await planFromBase(target, generators, policy) : [];
    const known = new Set(planned.map(({ plan }) => plan.generator.name));
    return {
      recorded: samePolicy(await readPolicy(target), policy),
      base,
      offsets: new Map(
        generators.flatMap(({ uses, increment, cache }) => {
          const offset = wantedOffset({ kind: "forecast", policy }, increment, cache);
          return uses.map((use) => [nameOf(use), offset] as const);
        }),
      ),
      moves: planned
        .filter(({ plan }) => plan.status === "planned")
        .flatMap(({ plan, stands }) =>
          plan.generator.uses.map((use) => ({ identity: nameOf(use), stands, seed: plan.seed })),
        ),
      unsynced: generators.filter(({ name }) => !known.has(name)).flatMap(({ uses }) => uses.map(nameOf)),
      full: overflows(planned.map(({ plan }) => plan)),
    };
  };
  return withSession(to, "identities", look, milliseconds);
}
