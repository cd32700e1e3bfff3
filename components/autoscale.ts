import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { autoscaleProfiles, type InstanceRange, type ScheduledMinimum } from "./autoscale-profiles";
import { componentType, type Place } from "./place";

export interface AutoscaleArgs extends Place {
  readonly settingName: pulumi.Input<string>;
  readonly planId: pulumi.Input<string>;
  readonly range: InstanceRange;
  /** Times at which more have to be there than the load asks for. */
  readonly schedule: readonly ScheduledMinimum[];
}

/** Adds instances fast when the plan is busy, takes them away slowly, and has more there when it is known that they are needed. */
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
    const change = (direction: "Increase" | "Decrease", value: string, minutes: number) =>
      ({ direction, type: "ChangeCount", value, cooldown: `PT${String(minutes)}M` }) as const;
    const rules = [
      { metricTrigger: cpu("GreaterThan", 65, 5), scaleAction: change("Increase", "2", 3) },
      { metricTrigger: cpu("LessThan", 30, 15), scaleAction: change("Decrease", "1", 10) },
    ];
    new monitor.AutoscaleSetting(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        autoscaleSettingName: args.settingName,
        name: args.settingName,
        location: args.location,
        enabled: true,
        targetResourceUri: args.planId,
        profiles: autoscaleProfiles(args.range, args.schedule).map((profile) => ({ ...profile, rules })),
        tags: args.tags,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
