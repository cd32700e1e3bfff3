import { z } from "zod";
import { Autoscale } from "../../components/autoscale";
import { place } from "./examples";
import { declared, one, runMocked } from "./mocked";

test("up fast, down slowly, within the range", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Autoscale("autoscale", {
        ...place,
        settingName: "shop-autoscale",
        planId: "/id/plan",
        range: { minimum: 1, maximum: 4 },
        schedule: [],
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:monitor:AutoscaleSetting autoscale": {
      autoscaleSettingName: "shop-autoscale",
      enabled: true,
      location: "westeurope",
      name: "shop-autoscale",
      profiles: [
        {
          capacity: { default: "1", maximum: "4", minimum: "1" },
          name: "load",
          rules: [
            {
              metricTrigger: {
                metricName: "CpuPercentage",
                metricResourceUri: "/id/plan",
                operator: "GreaterThan",
                statistic: "Average",
                threshold: 65,
                timeAggregation: "Average",
                timeGrain: "PT1M",
                timeWindow: "PT5M",
              },
              scaleAction: { cooldown: "PT3M", direction: "Increase", type: "ChangeCount", value: "2" },
            },
            {
              metricTrigger: {
                metricName: "CpuPercentage",
                metricResourceUri: "/id/plan",
                operator: "LessThan",
                statistic: "Average",
                threshold: 30,
                timeAggregation: "Average",
                timeGrain: "PT1M",
                timeWindow: "PT15M",
              },
              scaleAction: { cooldown: "PT10M", direction: "Decrease", type: "ChangeCount", value: "1" },
            },
          ],
        },
      ],
      resourceGroupName: "shop-standby-rg",
      tags: { site: "standby" },
      targetResourceUri: "/id/plan",
    },
  });
});

test("a schedule's profiles have the same rules", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Autoscale("autoscale", {
        ...place,
        settingName: "shop-autoscale",
        planId: "/id/plan",
        range: { minimum: 1, maximum: 4 },
        schedule: [
          { name: "sale", date: "2026-11-27", from: "08:00", to: "22:00", timeZone: "UTC", minimum: 3 },
        ],
      }),
  );
  const { profiles } = one(registered, "azure-native:monitor:AutoscaleSetting", "autoscale");
  const [sale, load] = z
    .array(z.looseObject({ name: z.string(), rules: z.array(z.unknown()) }))
    .parse(profiles);
  expect([sale?.name, load?.name]).toEqual(["sale", "load"]);
  expect(sale?.rules).toHaveLength(2);
  expect(sale?.rules).toEqual(load?.rules);
});
