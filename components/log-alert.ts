import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

/** What a query's rows must come to for the alert to be raised. */
export interface LogCondition {
  readonly query: string;
  /** Of the column `value`; Count is of the rows. */
  readonly aggregation: "Minimum" | "Maximum" | "Count";
  readonly operator: "LessThan" | "GreaterThan";
  readonly threshold: number;
  /** ISO 8601 durations that Azure knows; the window at least as long as the frequency. */
  readonly window: string;
  readonly every: string;
}

export interface LogAlertArgs extends Place, LogCondition {
  readonly ruleName: pulumi.Input<string>;
  readonly workspaceId: pulumi.Input<string>;
  readonly actionGroupId: pulumi.Input<string>;
  /** What has happened and what to do: the reader was asleep a minute ago. */
  readonly description: string;
  /** 0 wakes someone up, 4 is for the record. */
  readonly severity: 0 | 1 | 2 | 3 | 4;
}

/** Calls people when what the logs hold is out of bounds, and takes the call back once it is not any more. */
export class LogAlert extends pulumi.ComponentResource {
  constructor(name: string, args: LogAlertArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("LogAlert"), name, {}, opts);
    new monitor.ScheduledQueryRule(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        ruleName: args.ruleName,
        location: args.location,
        kind: "LogAlert",
        displayName: args.ruleName,
        description: args.description,
        enabled: true,
        severity: args.severity,
        scopes: [args.workspaceId],
        evaluationFrequency: args.every,
        windowSize: args.window,
        criteria: {
          allOf: [
            {
              query: args.query,
              timeAggregation: args.aggregation,
              ...(args.aggregation === "Count" ? {} : { metricMeasureColumn: "value" }),
              operator: args.operator,
              threshold: args.threshold,
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
            },
          ],
        },
        autoMitigate: true,
        // A table is there only once its first row is.
        skipQueryValidation: true,
        actions: { actionGroups: [args.actionGroupId] },
        tags: args.tags,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
