import * as consumption from "@pulumi/azure-native/consumption";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "./place";

export interface BudgetArgs {
  readonly budgetName: pulumi.Input<string>;
  /** Id of the resource group whose cost is watched. */
  readonly groupId: pulumi.Input<string>;
  /** A month's, in the billing account's currency. */
  readonly amount: pulumi.Input<number>;
  /** The first day of the month it begins in, from {@link firstOfMonth}. */
  readonly startDate: string;
  readonly email: pulumi.Input<string>;
  readonly actionGroupId: pulumi.Input<string>;
}

/** Percent of the amount at which people are told. */
const notifications = [
  ["actual50", "Actual", 50],
  ["actual80", "Actual", 80],
  ["actual100", "Actual", 100],
  ["forecast100", "Forecasted", 100],
] as const;

/** Tells people how much of a month's money is gone, and when it will not last. It stops nothing. */
export class Budget extends pulumi.ComponentResource {
  constructor(name: string, args: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Budget"), name, {}, opts);
    new consumption.Budget(
      name,
      {
        scope: args.groupId,
        budgetName: args.budgetName,
        category: "Cost",
        amount: args.amount,
        timeGrain: "Monthly",
        timePeriod: { startDate: args.startDate },
        notifications: Object.fromEntries(
          notifications.map(([key, thresholdType, threshold]) => [
            key,
            {
              enabled: true,
              operator: "GreaterThanOrEqualTo",
              threshold,
              thresholdType,
              contactEmails: [args.email],
              contactGroups: [args.actionGroupId],
            },
          ]),
        ),
      },
      // Azure takes a start in the current month only, and none anew (see firstOfMonth): what it was made with stays.
      { parent: this, ignoreChanges: ["timePeriod"] },
    );
    this.registerOutputs();
  }
}

/**
 * The first of a day's month in UTC, as a budget's start has to be: "first of the month", and a past one "within the
 * timegrain period" (https://learn.microsoft.com/javascript/api/@azure/arm-costmanagement/budgettimeperiod). So a
 * constant would fail a month after it was written, and a date worked out at each run a month after the first:
 * "Start date of budgets cannot be updated" (Azure/CanadaPubSecALZ#317, Azure/azure-quickstart-templates#7095).
 */
export const firstOfMonth = (day: Date): string => `${day.toISOString().slice(0, 7)}-01T00:00:00Z`;
