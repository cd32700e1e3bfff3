import { JobAlerts, jobAlerts } from "../../components/job-alerts";
import { metricQuery } from "../../components/metric-query";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("each alert looks at its metric, hourly values over two hours, and says what to do", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new JobAlerts("alert", {
        ...place,
        baseName: "shop",
        workspaceId: "/id/logs",
        actionGroupId: "/id/people",
        syncAgeHours: 26,
        mailsPerHour: 600,
      }),
  );
  const rules = declared(registered);
  expect(Object.keys(rules)).toEqual(
    ["dns", "id-headroom", "base-age", "certificate", "checks", "failed-run", "silent", "mail"].map(
      (part) => `azure-native:monitor:ScheduledQueryRule alert-${part}`,
    ),
  );
  expect(rules["azure-native:monitor:ScheduledQueryRule alert-base-age"]).toEqual({
    actions: { actionGroups: ["/id/people"] },
    autoMitigate: true,
    criteria: {
      allOf: [
        {
          failingPeriods: { minFailingPeriodsToAlert: 1, numberOfEvaluationPeriods: 1 },
          metricMeasureColumn: "value",
          operator: "GreaterThan",
          query: metricQuery("baseAge"),
          threshold: 26,
          timeAggregation: "Maximum",
        },
      ],
    },
    description:
      "The last sync is more than 26 hours old, longer than the offsets of the ids allow for. Run `standby sync --from " +
      "primary --to standby`; then see in the job's log why the nightly one did not do it (primaryDatabaseUrl has to be " +
      "set, and the primary's database must let the standby in).",
    displayName: "shop-base-age",
    enabled: true,
    evaluationFrequency: "PT30M",
    kind: "LogAlert",
    location: "westeurope",
    resourceGroupName: "shop-standby-rg",
    ruleName: "shop-base-age",
    scopes: ["/id/logs"],
    severity: 2,
    skipQueryValidation: true,
    tags: { site: "standby" },
    windowSize: "PT2H",
  });
  expect(rules["azure-native:monitor:ScheduledQueryRule alert-silent"]).toMatchObject({
    criteria: {
      allOf: [
        {
          failingPeriods: { minFailingPeriodsToAlert: 1, numberOfEvaluationPeriods: 1 },
          operator: "LessThan",
          query: metricQuery("heartbeat"),
          threshold: 1,
          timeAggregation: "Count",
        },
      ],
    },
    windowSize: "PT3H",
  });
});

const limits = { syncAgeHours: 26, mailsPerHour: 600 };

test.each([
  ["dns", "Minimum LessThan 1", 0],
  ["id-headroom", "Minimum LessThan 25", 1],
  ["base-age", "Maximum GreaterThan 26", 2],
  ["certificate", "Minimum LessThan 30", 1],
  ["checks", "Minimum GreaterThan 0", 2],
  ["failed-run", "Maximum GreaterThan 0", 2],
  ["silent", "Count LessThan 1", 1],
  ["mail", "Count GreaterThan 12", 1],
])("%s: %s, severity %i", (part, condition, severity) => {
  const alert = jobAlerts(limits).find((one) => one.part === part);
  expect(`${alert?.aggregation ?? ""} ${alert?.operator ?? ""} ${String(alert?.threshold)}`).toBe(condition);
  expect(alert?.severity).toBe(severity);
});

test("every description names a command or a place to look", () => {
  for (const { part, description } of jobAlerts(limits))
    expect(`${part}: ${description}`).toMatch(/`standby |`pulumi |AppServiceConsoleLogs/);
});

test("mail: who reached nobody, each recipient once; few mails make no share", () => {
  const mail = (mailsPerHour: number) =>
    jobAlerts({ ...limits, mailsPerHour }).find(({ part }) => part === "mail");
  expect(mail(600)?.query).toBe(
    `ACSEmailStatusUpdateOperational
| where isnotempty(RecipientId)
| where DeliveryStatus in~ ("Bounced", "Failed", "FilteredSpam", "Quarantined", "Suppressed")`,
  );
  expect([mail(10)?.threshold, mail(1000)?.threshold]).toEqual([5, 20]);
});
