/** What a person reads: what happened, and of the rest how much it is. */
import type { ReconcileResult, SyncResult } from "../../../operations/data/engine";
import type { IdentityPlan } from "../../../operations/data/identities";
import { reconcileText, syncText } from "../../../operations/data/text";

const identity = (table: string, status: IdentityPlan["status"]): IdentityPlan => ({
  table,
  column: "id",
  kind: "serial",
  maxFrom: 1n,
  maxTo: 1n,
  generatorFrom: 1n,
  seed: 2000n,
  offset: 1500n,
  used: 0n,
  headroom: 1500n,
  typeMax: 2147483647n,
  status,
});
const nothing = { leftOut: [], references: [], numbers: [] };
const idle = { inserted: 0, updated: 0, deleted: 0, seconds: 0.1 };

test("a sync of many tables lists those in which something happened", () => {
  const result: SyncResult = {
    ...nothing,
    tables: [
      { table: "orders", ...idle, inserted: 7, unchanged: 3 },
      { table: "users", ...idle, unchanged: 40 },
      { table: "items", ...idle, unchanged: 2 },
    ],
    base: { at: "2010-05-01T08:00:00.000Z", rows: 52 },
    identities: [identity("orders", "raised"), identity("users", "enough")],
    warnings: [],
  };
  const lines = syncText(result, false).split("\n");
  expect(lines.filter((line) => line.includes("orders"))).toHaveLength(2);
  expect(lines.filter((line) => !/[│┌├└]/.test(line))).toEqual([
    "2 other tables: nothing to do (42 rows)",
    "1 other identity: high enough",
    "Both sides share 52 rows as of 2010-05-01T08:00:00.000Z.",
  ]);
  const quiet = { ...result, tables: result.tables.slice(1), identities: result.identities.slice(1) };
  expect(syncText(quiet, true).split("\n")).toEqual([
    "2 tables: nothing to do (42 rows)",
    "1 identity: high enough",
    "Dry run: nothing was written.",
  ]);
});

test("a conflict says what is taken and what was said; long values are cut, and one is one", () => {
  const result: ReconcileResult = {
    ...nothing,
    inserted: 0,
    updated: 0,
    deleted: 0,
    unchanged: 9,
    remapped: [],
    merged: [],
    left: [],
    conflicts: [
      {
        table: "users",
        key: ["7"],
        keyTypes: ["integer"],
        kind: "unique",
        constraint: "users_email_key",
        reason: "not this one",
        columns: ["bio"],
        source: { bio: "x".repeat(33_000) },
        target: { bio: null },
        held: [],
      },
    ],
    headroom: [{ table: "users", column: "id", used: 0n, left: 1500n }],
    compared: "all",
    verified: true,
    warnings: [],
    dryRun: false,
    seconds: 1,
  };
  expect(reconcileText(result).split("\n")).toEqual([
    "0 inserted, 0 updated, 0 deleted, 9 unchanged (everything compared; 1 s)",
    "1 identity: nothing used of the headroom",
    "unique: users 7 (users_email_key)",
    "    the target refuses it: not this one",
    `    bio: source "${"x".repeat(200)}" and 32800 characters more, target NULL`,
    "1 conflict; the target's rows stand, and what hangs on the source's is held back.",
  ]);
});
