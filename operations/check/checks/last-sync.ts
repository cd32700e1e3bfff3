import { parseDatabaseUrl } from "../../connection";
import { withDatabase } from "../../data/runs/with-database";
import { fail, measured, pass, type Check, type Look } from "../check";

const hour = 3_600_000;

/** The standby's data is no older than the offsets of the new ids allow for. */
export const lastSync: Check = {
  id: "last-sync",
  before: ["standby"],
  wanted: ({ deployment }) =>
    `the last sync is at most ${deployment.standby.outputs.offsets.syncAgeHours} hours old`,
  fix: () => "run `standby sync --from primary --to standby`",
  look: async ({ deployment: { standby }, now }) => {
    const connection = parseDatabaseUrl("the standby's databaseUrl", standby.outputs.databaseUrl);
    const base = await withDatabase(connection, "check", (database) => database.store.base());
    return judgeSync(base?.at, standby.outputs.offsets.syncAgeHours, now);
  },
};

export function judgeSync(at: string | undefined, syncAgeHours: number, now: Date): Look {
  if (at === undefined) return fail("nothing was ever synced to it");
  const hours = (now.getTime() - new Date(at).getTime()) / hour;
  const found = `last synced ${at.slice(0, 16)}Z, ${hours.toFixed(1)} hours ago`;
  return measured(hours <= syncAgeHours ? pass(found) : fail(found), { baseAge: hours });
}
