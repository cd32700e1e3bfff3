import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface AlertArgs extends Place {
  readonly ruleName: pulumi.Input<string>;
  readonly actionGroupId: pulumi.Input<string>;
  /** The resource whose metric is looked at. */
  readonly scope: pulumi.Input<string>;
  readonly metricNamespace: string;
  readonly metric: string;
  readonly aggregation: "Average" | "Total" | "Maximum";
  /** In the metric's own unit: percent, seconds, requests in the window. */
  readonly above: number;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  /** What has happened and what to do: the reader was asleep a minute ago. */
  readonly description: string;
}

/** Calls people when a metric has been above a limit for five minutes. */
export class Alert extends pulumi.ComponentResource {
  constructor(name: string, args: AlertArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Alert"), name, {}, opts);
    new monitor.MetricAlert(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        ruleName: args.ruleName,
        location: "global",
        description: args.description,
        enabled: true,
        severity: args.severity,
        scopes: [args.scope],
        evaluationFrequency: "PT1M",
        windowSize: "PT5M",
        criteria: {
          odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
          allOf: [
            {
              criterionType: "StaticThresholdCriterion",
              name: args.metric,
              metricNamespace: args.metricNamespace,
              metricName: args.metric,
              operator: "GreaterThan",
              threshold: args.above,
              timeAggregation: args.aggregation,
            },
          ],
        },
        autoMitigate: true,
        actions: [{ actionGroupId: args.actionGroupId }],
        tags: args.tags,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
