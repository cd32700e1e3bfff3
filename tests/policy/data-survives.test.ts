import { dataSurvives } from "../../policy/data-survives";
import { types, type ResourceType } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const server = (type: ResourceType, over: Partial<Declared> = {}): Declared => ({
  type,
  name: "server",
  inputs: { backup: { backupRetentionDays: 14 } },
  protect: true,
  ...over,
});
const lock = (level = "CanNotDelete"): Declared => ({
  type: types.lock,
  name: "lock",
  inputs: { level },
  from: { scope: ["server"] },
});
const database: Declared = { type: types.sqlDatabase, name: "shop", protect: true };
const backups = (retentionDays: unknown): Declared => ({
  type: types.sqlBackups,
  name: "backups",
  inputs: { retentionDays },
  from: { databaseName: ["shop"] },
});
const vault = (enablePurgeProtection?: unknown): Declared => ({
  type: types.vault,
  name: "vault",
  inputs: { properties: { enablePurgeProtection } },
});

test("takes what is protected, locked and backed up", () => {
  for (const type of [types.postgresServer, types.mysqlServer])
    expect(judge(dataSurvives, [server(type), lock(), vault(true)])).toEqual(good);
  expect(judge(dataSurvives, [server(types.sqlServer), lock(), database, backups(7)])).toEqual(good);
});

test("refuses a server that a slip takes away", () => {
  expect(judge(dataSurvives, [server(types.postgresServer, { protect: false })]).wrong).toEqual([
    [
      "server",
      "server is not protected; wanted: protect, since a changed name or administrator replaces it and the data with " +
        "it. Fix: give it the option protect: true.",
    ],
    [
      "server",
      "server has no lock; wanted: a ManagementLockByScope that keeps everyone from deleting it, the portal included. " +
        "Fix: pulumi config set deletionLock true.",
    ],
  ]);
  expect(judge(dataSurvives, [server(types.mysqlServer), lock("NotSpecified")]).wrong).toEqual([
    ["lock", 'level of lock is "NotSpecified"; wanted: CanNotDelete. Fix: set level to CanNotDelete.'],
  ]);
});

test("refuses backups that are too short or left to a default, and a vault that forgets", () => {
  const short = server(types.postgresServer, { inputs: { backup: { backupRetentionDays: 6 } } });
  expect(judge(dataSurvives, [short, lock()]).wrong).toEqual([
    [
      "server",
      "backup.backupRetentionDays of server is 6; wanted: at least 7 days. Fix: set it to 7 or more.",
    ],
  ]);
  expect(judge(dataSurvives, [database]).wrong).toEqual([
    [
      "shop",
      "shop has no BackupShortTermRetentionPolicy; wanted: at least 7 days, held to by the program and not left to a " +
        "default. Fix: declare it beside the database.",
    ],
  ]);
  expect(judge(dataSurvives, [database, backups(1)]).wrong).toEqual([
    ["backups", "retentionDays of backups is 1; wanted: at least 7 days. Fix: set it to 7 or more."],
  ]);
  expect(judge(dataSurvives, [vault()]).wrong).toEqual([
    [
      "vault",
      "properties.enablePurgeProtection of vault is not set; wanted: true, since what a vault holds cannot be made " +
        "anew. Fix: set properties.enablePurgeProtection to true.",
    ],
  ]);
});

test("the days and the lock are for the config to say", () => {
  const declared = [server(types.postgresServer)];
  expect(judge(dataSurvives, declared, { lock: false })).toEqual(good);
  expect(judge(dataSurvives, declared, { lock: false, backupDays: 30 }).wrong).toHaveLength(1);
});

test("leaves open what is not known", () => {
  const unsaid = server(types.postgresServer, { inputs: { backup: unknownText } });
  expect(judge(dataSurvives, [unsaid, lock(unknownText), database, backups(unknownText)])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: level of lock, backup.backupRetentionDays of server, retentionDays of backups",
  });
});
