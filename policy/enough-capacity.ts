import { z } from "zod";
import { isPrimarys } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, items, NotKnown } from "./values";

const parameters = z.strictObject({
  visitorsPerInstance: z
    .number()
    .min(1)
    .default(5000)
    .describe("Visitors an hour that one instance of the app carries; measure it."),
  minimumInstances: z
    .int()
    .min(1)
    .default(1)
    .describe("Instances that stand ready at any time; two or more where one may fail unnoticed."),
});

export const enoughCapacity = rule(
  "enough-capacity",
  "What stands ready grows to what is expected. In the story the new host was over capacity within hours, and the shop " +
    "was shut on the best day it ever had.",
  (stack, verdict, given) => {
    const needed = instancesNeeded(stack, verdict, given);
    for (const plan of shopPlans(stack)) {
      verdict.check(
        plan,
        "sku.name",
        (value) => typeof value === "string" && !/^(F|D|B|Y)\d/i.test(value),
        "Standard or above, since Basic cannot grow by itself",
        "choose a larger sku, for instance P0v3",
      );
      const settings = stack
        .of(types.autoscale)
        .filter((setting) => setting.madeFrom(plan, "targetResourceUri"));
      if (settings.length === 0)
        verdict.wrong(
          plan,
          `no autoscale setting grows ${plan.name}; wanted: one that reaches what the forecast needs. Fix: declare an ` +
            "AutoscaleSetting with the plan as its targetResourceUri.",
        );
      for (const setting of settings) judgeSetting(setting, verdict, needed, given.minimumInstances);
    }
  },
  parameters,
);

/** The plans of the apps that answer to the shop's own names. */
function shopPlans(stack: Stack): readonly Resource[] {
  const bindings = stack.of(types.hostNameBinding);
  const apps = stack
    .of(types.webApp)
    .filter((app) => !isPrimarys(app) && bindings.some((binding) => binding.madeFrom(app, "name")));
  return stack.of(types.plan).filter((plan) => apps.some((app) => app.madeFrom(plan, "serverFarmId")));
}

/** @returns instances that the forecast needs, as far as the stack says one. */
function instancesNeeded(
  stack: Stack,
  verdict: Verdict,
  { visitorsPerInstance, minimumInstances }: z.output<typeof parameters>,
): number {
  const path = "forecast.visitorsPerHour";
  for (const own of stack.of(types.stack)) {
    const visitors = at(own.outputs, path);
    if (visitors instanceof NotKnown) verdict.open(own, path, visitors);
    else if (typeof visitors === "number")
      return Math.max(minimumInstances, Math.ceil(visitors / visitorsPerInstance));
  }
  return minimumInstances;
}

function judgeSetting(setting: Resource, verdict: Verdict, needed: number, minimum: number): void {
  verdict.check(setting, "enabled", (value) => value === true, "true", "set enabled to true");
  const profiles = at(setting.inputs, "profiles");
  if (profiles instanceof NotKnown) {
    verdict.open(setting, "profiles", profiles);
    return;
  }
  items(profiles).forEach((_, index) => {
    const path = `profiles.${String(index)}.capacity`;
    verdict.check(
      setting,
      `${path}.maximum`,
      (value) => Number(value) >= needed,
      `at least ${String(needed)}, the instances that the forecast needs`,
      `pulumi config set maximumInstances ${String(needed)}, or lower the forecast if it is wrong`,
    );
    verdict.check(
      setting,
      `${path}.minimum`,
      (value) => Number(value) >= minimum,
      `at least ${String(minimum)}`,
      `pulumi config set minimumInstances ${String(minimum)}`,
    );
  });
}
