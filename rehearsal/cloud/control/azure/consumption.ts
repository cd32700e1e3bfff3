import { z } from "zod";
import { badRequest } from "../fault";
import type { Failure } from "../package";
import { lastOf, pick, type RuleBook } from "./rules";

const notification = z.object({
  threshold: z.number(),
  contactEmails: z.array(z.string()),
  contactGroups: z.array(z.string()).default([]),
});
const budget = z.object({
  amount: z.number(),
  timePeriod: z.object({ startDate: z.string(), endDate: z.string().optional() }),
  notifications: z.record(z.string(), notification).default({}),
});
type Budget = z.infer<typeof budget>;

const mostNotifications = 5;
const monthsAhead = 12;
const monthOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();

/** What Azure says of a budget's own inputs (azure-native's typings of BudgetArgs and NotificationArgs). */
function faultsOf({ amount, notifications }: Budget): readonly Failure[] {
  const faults: Failure[] = [];
  if (amount <= 0) faults.push({ property: "amount", reason: `is ${amount}; more than 0 is wanted` });
  const named = Object.entries(notifications);
  if (named.length > mostNotifications)
    faults.push({
      property: "notifications",
      reason: `are ${named.length}; a budget has at most ${mostNotifications}`,
    });
  for (const [name, { threshold, contactEmails, contactGroups }] of named) {
    if (threshold < 0 || threshold > 1000)
      faults.push({
        property: `notifications.${name}.threshold`,
        reason: `is ${threshold}; a percentage from 0 to 1000 is wanted`,
      });
    if (contactEmails.length + contactGroups.length === 0)
      faults.push({
        property: `notifications.${name}`,
        reason: "reaches nobody; at least one contact e-mail or contact group is wanted",
      });
  }
  return faults;
}

export const consumptionRules: RuleBook = {
  "consumption:Budget": {
    check: (values) => faultsOf(pick(budget, values)),
    admit: ({ id, values, before }, { world }) => {
      const { timePeriod, notifications } = pick(budget, values);
      const { startDate } = timePeriod;
      if (before !== undefined) {
        if (pick(budget, before.values).timePeriod.startDate !== startDate)
          throw badRequest(
            "400",
            "Start date of budgets cannot be updated. Please delete and create a new budget.",
          );
      } else admitStart(startDate, new Date());
      for (const { contactGroups } of Object.values(notifications))
        for (const group of contactGroups)
          if (world.get(group) === undefined)
            throw badRequest(
              "400",
              `Budget ${lastOf(id)}: the action group ${group} of a notification does not exist.`,
            );
    },
  },
};

/**
 * The start of a monthly budget: the first of a month, from the current one to a year ahead
 * (https://learn.microsoft.com/javascript/api/@azure/arm-costmanagement/budgettimeperiod).
 */
function admitStart(startDate: string, now: Date): void {
  const start = new Date(startDate);
  if (Number.isNaN(start.getTime()) || start.getUTCDate() !== 1)
    throw badRequest("400", `Start date ${startDate} is not the first of a month.`);
  const ahead = monthOf(start) - monthOf(now);
  if (ahead < 0) throw badRequest("400", `Start date ${startDate} is before the current month.`);
  if (ahead > monthsAhead)
    throw badRequest("400", `Start date ${startDate} is more than twelve months in the future.`);
}
