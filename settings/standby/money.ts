import { optionalLeaf, whole } from "../leaf";

/** What the standby may cost before someone is told. */
export const moneySettings = {
  monthlyBudget: optionalLeaf(whole(1, 1_000_000), {
    allowed: "a whole number from 1 to 1000000 a month",
    example: "500",
    unit: "a month, in the billing account's currency",
    why: "Who gets the alerts is told at 50, 80 and 100 % of it, and as soon as 100 % is forecast. Half again the warm bill in dollars where it is not set (settings/cost.ts).",
  }),
};
