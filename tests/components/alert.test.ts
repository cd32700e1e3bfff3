import { Alert } from "../../components/alert";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("a metric above its limit calls people", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Alert("alert-app-errors", {
        ...place,
        ruleName: "shop-app-errors",
        actionGroupId: "/id/people",
        scope: "/id/app",
        metricNamespace: "Microsoft.Web/sites",
        metric: "Http5xx",
        aggregation: "Total",
        above: 10,
        severity: 1,
        description: "The app fails: read its log.",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:monitor:MetricAlert alert-app-errors": {
      actions: [{ actionGroupId: "/id/people" }],
      autoMitigate: true,
      criteria: {
        allOf: [
          {
            criterionType: "StaticThresholdCriterion",
            metricName: "Http5xx",
            metricNamespace: "Microsoft.Web/sites",
            name: "Http5xx",
            operator: "GreaterThan",
            threshold: 10,
            timeAggregation: "Total",
          },
        ],
        odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
      },
      description: "The app fails: read its log.",
      enabled: true,
      evaluationFrequency: "PT1M",
      location: "global",
      resourceGroupName: "shop-standby-rg",
      ruleName: "shop-app-errors",
      scopes: ["/id/app"],
      severity: 1,
      tags: { site: "standby" },
      windowSize: "PT5M",
    },
  });
});
