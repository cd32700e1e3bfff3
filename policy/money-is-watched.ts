import { z } from "zod";
import { databaseSizes } from "../settings/database-sizes";
import { primaryDatabaseSku, primaryPlanSku } from "../settings/primary-sizes";
import { planSizes } from "../settings/standby/scale";
import { billOfDeclared } from "./monthly-bill";
import { isPrimarys } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, items, NotKnown } from "./values";

const distinct = (names: readonly string[]): string[] => [...new Set(names)];
const parameters = z.strictObject({
  plans: z
    .array(z.string().min(1))
    .default(distinct([primaryPlanSku.name, ...Object.keys(planSizes)]))
    .describe("Sizes of App Service plans that may be taken."),
  databases: z
    .array(z.string().min(1))
    .default(
      distinct([
        primaryDatabaseSku("postgres").name,
        primaryDatabaseSku("sqlserver").name,
        ...Object.values(databaseSizes).flatMap((ladder) => ladder.map(({ name }) => name)),
      ]),
    )
    .describe("Sizes of databases that may be taken."),
  monthlyCeiling: z
    .number()
    .min(1)
    .optional()
    .describe(
      "The most that a month may cost: the budget, in the billing account's currency, and what is declared, in US dollars " +
        "at list price; none unless it is set.",
    ),
});

export const moneyIsWatched = rule(
  "money-is-watched",
  "A standby is paid for every month and used once. What was rented in the story's panic was whatever the form offered; " +
    "this is chosen beforehand, and someone hears when it costs more.",
  (stack, verdict, { plans, databases, monthlyCeiling }) => {
    judgeSizes(stack.of(types.plan), plans, "plans", verdict);
    judgeSizes(
      stack.of(types.postgresServer, types.mysqlServer, types.sqlDatabase),
      databases,
      "databases",
      verdict,
    );
    const [paid] = stack.of(types.plan).filter((plan) => !isPrimarys(plan));
    const budgets = stack.of(types.budget);
    if (paid !== undefined && budgets.length === 0)
      verdict.wrong(
        undefined,
        "no budget; wanted: one for the standby's resource group, with notifications. Fix: declare a Budget.",
      );
    for (const budget of budgets) {
      verdict.check(
        budget,
        "amount",
        (value) => typeof value === "number" && value > 0 && value <= (monthlyCeiling ?? Infinity),
        monthlyCeiling === undefined
          ? "more than 0"
          : `more than 0 and at most ${String(monthlyCeiling)} a month`,
        "pulumi config set monthlyBudget, or have the ceiling in the policies' config raised",
      );
      judgeNotifications(budget, verdict);
    }
    if (monthlyCeiling !== undefined) judgeBill(stack, monthlyCeiling, verdict);
  },
  parameters,
);

function judgeSizes(
  resources: readonly Resource[],
  allowed: readonly string[],
  parameter: string,
  verdict: Verdict,
): void {
  for (const resource of resources)
    verdict.check(
      resource,
      "sku.name",
      (value) => typeof value === "string" && allowed.includes(value),
      `one of ${allowed.join(", ")}`,
      `choose one of these, or add it to ${parameter} in the policies' config`,
    );
}

/** A budget tells when the money is gone; this tells before. Sizes that are not known yet are open already. */
function judgeBill(stack: Stack, ceiling: number, verdict: Verdict): void {
  const [own] = stack.of(types.stack);
  const { monthly } = billOfDeclared(stack.all, at(own?.outputs, "forecast"));
  if (monthly > ceiling)
    verdict.wrong(
      undefined,
      `what is declared costs about $${monthly.toFixed(2)} a month at list price; wanted: at most ${String(ceiling)}. Fix: ` +
        "choose smaller sizes (standby cost lists each), or have the ceiling in the policies' config raised.",
    );
}

/** Someone hears of it. */
function judgeNotifications(budget: Resource, verdict: Verdict): void {
  const notifications = at(budget.inputs, "notifications");
  if (notifications instanceof NotKnown) {
    verdict.open(budget, "notifications", notifications);
    return;
  }
  const on =
    typeof notifications === "object" && notifications !== null
      ? Object.values(notifications).filter((each) => at(each, "enabled") === true)
      : [];
  const to = on.flatMap((each) =>
    ["contactEmails", "contactGroups"].flatMap((list) => {
      const all = at(each, list);
      return all instanceof NotKnown ? [all] : items(all);
    }),
  );
  if (to.some((contact) => typeof contact === "string" && contact !== "")) return;
  const unknown = to.find((contact) => contact instanceof NotKnown);
  if (unknown !== undefined) verdict.open(budget, "notifications", unknown);
  else
    verdict.wrong(
      budget,
      `${budget.name} tells nobody; wanted: a notification that is enabled and has an address. Fix: pulumi config set ` +
        "alertEmail.",
    );
}
