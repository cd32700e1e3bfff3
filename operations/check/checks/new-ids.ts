import { setTimeout as sleep } from "node:timers/promises";
import { parseDatabaseUrl } from "../../connection";
import { operations } from "../../data/engine";
import type { RecordedSeed } from "../../data/port";
import { withDatabase } from "../../data/runs/with-database";
import type { Figures } from "../../../settings/metrics";
import type { IdentityPlan } from "../../data/identities";
import { databaseUrl, type StandbyOutputs } from "../../deployment";
import { fail, measured, pass, reason, warn, type Check, type Look } from "../check";

const patience = 12_000;
type Offsets = StandbyOutputs["offsets"];

/** What both sites may hand out while stale DNS still sends visitors to the old one: ids that must not meet. */
const wantedRoom = ({ rowsPerHour, tailHours, safety }: Offsets): bigint =>
  BigInt(Math.ceil(rowsPerHour * tailHours * safety));

/** The standby's new ids start so far above the primary's that late orders keep theirs, in every table. */
export const newIds: Check = {
  id: "new-ids",
  before: ["standby"],
  seconds: 20,
  wanted: ({ deployment }) => {
    const { offsets } = deployment.standby.outputs;
    return (
      `in every table the standby's new ids start at least ${wantedRoom(offsets)} above the primary's ` +
      `(${offsets.tailHours} hours of ${offsets.rowsPerHour} rows, times ${offsets.safety})`
    );
  },
  fix: () => "run `standby identities --from primary --to standby --apply`",
  look: async ({ deployment: { settings, standby }, env }) => {
    const { offsets } = standby.outputs;
    const to = parseDatabaseUrl("the standby's databaseUrl", standby.outputs.databaseUrl);
    const measure = async (): Promise<Look> => {
      const from = parseDatabaseUrl("the primary's database", await databaseUrl("primary", settings, env));
      const request = { rule: { kind: "forecast", policy: offsets }, apply: false } as const;
      const { identities } = await operations.identities(from, to, request, () => undefined);
      return measured(judgeIds(identities, wantedRoom(offsets)), headroomOf(identities));
    };
    // A primary too busy to be asked must not hold up leaving it: then what the last sync wrote down counts.
    const late = new AbortController();
    const tooLate = sleep(patience, undefined, { signal: late.signal }).then(() => {
      throw new Error(`no answer within ${patience / 1_000} s`);
    });
    try {
      return await Promise.race([measure(), tooLate]);
    } catch (error) {
      const seeds = await withDatabase(to, "check", (database) => database.store.seeds());
      return judgeRecorded(seeds, wantedRoom(offsets), reason(error));
    } finally {
      tooLate.catch(() => undefined);
      late.abort();
    }
  },
};

/** How far the standby's generator stands above the primary's highest now; 0 where it was never moved. */
export function room(plan: IdentityPlan): bigint {
  // A plan that would raise shows its own seed; what stands is the recorded one, from which headroom is counted.
  if (plan.status === "enough" || plan.status === "raised") return plan.offset;
  return plan.headroom < plan.offset ? plan.headroom : 0n;
}

/** The least share of its ids, in percent, that an identity has left of what it had when last moved. */
export function headroomOf(plans: readonly IdentityPlan[]): Figures {
  if (plans.length === 0) return {};
  const left = plans.map((plan) => {
    const whole = Number(plan.headroom + plan.used);
    // Never moved: what was planned is not there yet.
    return room(plan) <= 0n || whole <= 0 ? 0 : Math.max(0, (Number(plan.headroom) / whole) * 100);
  });
  return { idHeadroom: Math.floor(Math.min(...left)) };
}

function judgeIds(plans: readonly IdentityPlan[], wanted: bigint): Look {
  if (plans.length === 0) return warn("no table has ids that the database hands out", "nothing to do");
  const short = plans.filter((plan) => room(plan) < wanted);
  if (short.length > 0)
    return fail(
      `too close: ${short.map((plan) => `${plan.table}.${plan.column} has room for ${room(plan)}`).join(", ")}`,
    );
  const least = plans.reduce((least, plan) => (room(plan) < room(least) ? plan : least));
  return pass(`${plans.length} ids, the closest ${least.table}.${least.column} with room for ${room(least)}`);
}

/** Without the primary's database: what the last sync wrote down. */
function judgeRecorded(seeds: ReadonlyMap<string, RecordedSeed>, wanted: bigint, why: string): Look {
  const rooms = [...seeds.values()].map(({ highest, seed }) => seed - highest);
  if (rooms.length === 0)
    return fail(`the primary's database cannot be asked (${why}), and no ids were ever moved`);
  const least = rooms.reduce((a, b) => (b < a ? b : a));
  const found = `the primary's database cannot be asked (${why}); when last moved, the closest ids had room for ${least}`;
  return least < wanted
    ? fail(found)
    : warn(found, "set STANDBY_PRIMARY_DATABASE_URL, so that it can be measured");
}
