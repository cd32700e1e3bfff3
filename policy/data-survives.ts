import { z } from "zod";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";

const parameters = z.strictObject({
  backupDays: z.int().min(1).max(35).default(7).describe("Days back that the database can be restored to."),
  lock: z
    .boolean()
    .default(true)
    .describe("Whether Azure itself must refuse to delete the server; false goes with deletionLock false."),
});

export const dataSurvives = rule(
  "data-survives",
  "No orders are lost to a slip. In the story's night scripts were run on the one live database by people who had been " +
    "up for a day.",
  (stack, verdict, given) => {
    for (const server of stack.of(types.postgresServer, types.mysqlServer, types.sqlServer)) {
      judgeProtection(server, verdict);
      if (given.lock) judgeLock(stack, server, verdict);
    }
    for (const server of stack.of(types.postgresServer, types.mysqlServer))
      verdict.check(server, "backup.backupRetentionDays", ...backups(given.backupDays));
    for (const database of stack.of(types.sqlDatabase)) {
      judgeProtection(database, verdict);
      const policies = stack
        .of(types.sqlBackups)
        .filter((policy) => policy.madeFrom(database, "databaseName"));
      if (policies.length === 0)
        verdict.wrong(
          database,
          `${database.name} has no BackupShortTermRetentionPolicy; wanted: at least ${String(given.backupDays)} days, ` +
            "held to by the program and not left to a default. Fix: declare it beside the database.",
        );
      for (const policy of policies) verdict.check(policy, "retentionDays", ...backups(given.backupDays));
    }
    for (const vault of stack.of(types.vault))
      verdict.check(
        vault,
        "properties.enablePurgeProtection",
        (value) => value === true,
        "true, since what a vault holds cannot be made anew",
        "set properties.enablePurgeProtection to true",
      );
  },
  parameters,
);

const backups = (days: number) =>
  [
    (value: unknown) => typeof value === "number" && value >= days,
    `at least ${String(days)} days`,
    `set it to ${String(days)} or more`,
  ] as const;

function judgeProtection(resource: Resource, verdict: Verdict): void {
  if (!resource.protect)
    verdict.wrong(
      resource,
      `${resource.name} is not protected; wanted: protect, since a changed name or administrator replaces it and the ` +
        "data with it. Fix: give it the option protect: true.",
    );
}

function judgeLock(stack: Stack, server: Resource, verdict: Verdict): void {
  const locks = stack.of(types.lock).filter((lock) => lock.madeFrom(server, "scope"));
  if (locks.length === 0)
    verdict.wrong(
      server,
      `${server.name} has no lock; wanted: a ManagementLockByScope that keeps everyone from deleting it, the portal ` +
        "included. Fix: pulumi config set deletionLock true.",
    );
  for (const lock of locks)
    verdict.check(
      lock,
      "level",
      (value) => value === "CanNotDelete" || value === "ReadOnly",
      "CanNotDelete",
      "set level to CanNotDelete",
    );
}
