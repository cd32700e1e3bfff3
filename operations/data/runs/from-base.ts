import type { Connection } from "../../connection";
import { refusal } from "../../fault";
import type { IdentityOutlook, RaisedFrom } from "../engine";
import { overflows, planGenerator, wantedOffset, type GeneratorPlan, type IdentityPlan } from "../identities";
import type { Generator, GeneratorUse } from "../model";
import type { OffsetPolicy } from "../policy";
import type { Database } from "../port";
import { raiseAll, readStandings } from "./generators";
import { withDatabase } from "./with-database";

interface FromBase {
  readonly plan: GeneratorPlan;
  /** The last id that the standby's own generator handed out. */
  readonly stands: bigint;
}

/** Plans, from what the last sync recorded of the primary, every generator that it knew of. */
async function planFromBase(
  target: Database,
  generators: readonly Generator[],
  policy: OffsetPolicy,
): Promise<readonly FromBase[]> {
  const seeds = await target.store.seeds();
  const planned: FromBase[] = [];
  const known = generators.filter(({ name }) => seeds.has(name));
  const standings = await readStandings(target, known, "one by one");
  for (const [at, generator] of known.entries()) {
    const [recorded, standing] = [seeds.get(generator.name), standings[at]];
    if (recorded === undefined || standing === undefined) continue;
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
  to: Connection,
  policy: OffsetPolicy,
  milliseconds: number,
): Promise<IdentityOutlook> {
  const look = async (target: Database): Promise<IdentityOutlook> => {
    await target.limitStatements(milliseconds);
    await target.begin("snapshot");
    const { generators } = await target.introspect();
    const base = (await target.store.base()) !== undefined;
    const planned = base ? await planFromBase(target, generators, policy) : [];
    const known = new Set(planned.map(({ plan }) => plan.generator.name));
    return {
      recorded: samePolicy(await target.store.policy(), policy),
      base,
      offsets: new Map(
        generators.flatMap((generator) => {
          const offset = wantedOffset({ kind: "forecast", policy }, generator);
          return generator.uses.map((use) => [nameOf(use), offset] as const);
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
  return withDatabase(to, "identities", look, milliseconds);
}

/** Raises a standby's identities without the primary: from what the last sync recorded of it. */
export function raiseFromBase(
  to: Connection,
  policy: OffsetPolicy,
): Promise<{ from: RaisedFrom; identities: readonly IdentityPlan[] }> {
  return withDatabase(to, "identities", async (target) => {
    await target.store.recordPolicy(policy);
    if ((await target.store.base()) === undefined) return { from: "policy-only", identities: [] };
    const { generators } = await target.introspect();
    const plans = (await planFromBase(target, generators, policy)).map(({ plan }) => plan);
    const full = overflows(plans);
    if (full.length > 0)
      throw refusal(`identities without room for their offset; none was raised:\n  ${full.join("\n  ")}`);
    const raised = await raiseAll(target, plans);
    for (const plan of raised)
      await target.store.recordSeed(plan.generator.name, { highest: plan.highest, seed: plan.seed });
    return { from: "base", identities: raised.flatMap((plan) => plan.identities) };
  });
}
