import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface AutoscaleArgs extends Place {
  readonly settingName: pulumi.Input<string>;
  readonly planId: pulumi.Input<string>;
  readonly minimum: number;
  readonly maximum: number;
}

/** Adds instances fast when the plan is busy, takes them away slowly. */
export class Autoscale extends pulumi.ComponentResource {
  constructor(name: string, args: AutoscaleArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Autoscale"), name, {}, opts);
    const cpu = (operator: "GreaterThan" | "LessThan", threshold: number, minutes: number) =>
      ({
        metricName: "CpuPercentage",
        metricResourceUri: args.planId,
        timeGrain: "PT1M",
        statistic: "Average",
        timeWindow: `PT${String(minutes)}M`,
        timeAggregation: "Average",
        operator,
        threshold,
      }) as const;
    new monitor.AutoscaleSetting(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        autoscaleSettingName: args.settingName,
        name: args.settingName,
        location: args.location,
        enabled: true,
        targetResourceUri: args.planId,
        profiles: [
          {
            name: "load",
            capacity: {
              minimum: String(args.minimum),
              maximum: String(args.maximum),
              default: String(args.minimum),
            },
            rules: [
              {
                metricTrigger: cpu("GreaterThan", 65, 5),
                scaleAction: { direction: "Increase", type: "ChangeCount", value: "2", cooldown: "PT3M" },
              },
              {
                metricTrigger: cpu("LessThan", 30, 15),
                scaleAction: { direction: "Decrease", type: "ChangeCount", value: "1", cooldown: "PT10M" },
              },
            ],
          },
        ],
        tags: args.tags,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
