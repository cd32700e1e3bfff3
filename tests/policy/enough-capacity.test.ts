import { enoughCapacity } from "../../policy/enough-capacity";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const stack = (visitorsPerHour: unknown): Declared => ({
  type: types.stack,
  name: "stack",
  outputs: { forecast: { visitorsPerHour } },
});
const plan = (sku: string): Declared => ({
  type: types.plan,
  name: "plan",
  inputs: { sku: { name: sku } },
});
const app = (site = "standby"): Declared => ({
  type: types.webApp,
  name: "app",
  inputs: { tags: { site } },
  from: { serverFarmId: ["plan"] },
});
const binding: Declared = { type: types.hostNameBinding, name: "binding", from: { name: ["app"] } };
const autoscale = (minimum: string, maximum: string, over: object = {}): Declared => ({
  type: types.autoscale,
  name: "autoscale",
  inputs: { enabled: true, profiles: [{ capacity: { minimum, maximum } }], ...over },
  from: { targetResourceUri: ["plan"] },
});

test("takes a plan that grows to what is expected, and plans that are not the shop's", () => {
  expect(judge(enoughCapacity, [stack(10000), plan("P0v3"), app(), binding, autoscale("1", "2")])).toEqual(
    good,
  );
  expect(judge(enoughCapacity, [plan("P0v3"), app(), binding, autoscale("1", "1")])).toEqual(good);
  expect(judge(enoughCapacity, [stack(10000), plan("B1"), app()])).toEqual(good);
  expect(judge(enoughCapacity, [stack(10000), plan("B1"), app("primary"), binding])).toEqual(good);
});

test("refuses what cannot grow so far, or at all", () => {
  expect(
    judge(enoughCapacity, [stack(10001), plan("P0v3"), app(), binding, autoscale("1", "2")]).wrong,
  ).toEqual([
    [
      "autoscale",
      'profiles.0.capacity.maximum of autoscale is "2"; wanted: at least 3, the instances that the forecast needs. ' +
        "Fix: pulumi config set maximumInstances 3, or lower the forecast if it is wrong.",
    ],
  ]);
  expect(judge(enoughCapacity, [stack(1), plan("B1"), app(), binding]).wrong).toEqual([
    [
      "plan",
      'sku.name of plan is "B1"; wanted: Standard or above, since Basic cannot grow by itself. Fix: choose a larger ' +
        "sku, for instance P0v3.",
    ],
    [
      "plan",
      "no autoscale setting grows plan; wanted: one that reaches what the forecast needs. Fix: declare an " +
        "AutoscaleSetting with the plan as its targetResourceUri.",
    ],
  ]);
  const off = autoscale("1", "3", { enabled: false });
  expect(judge(enoughCapacity, [stack(1), plan("P0v3"), app(), binding, off]).wrong).toEqual([
    ["autoscale", "enabled of autoscale is false; wanted: true. Fix: set enabled to true."],
  ]);
});

test("what an instance carries, and how many stand ready, is for the config to say", () => {
  const declared = [stack(10000), plan("P0v3"), app(), binding, autoscale("1", "3")];
  expect(judge(enoughCapacity, declared, { minimumInstances: 2 }).wrong).toEqual([
    [
      "autoscale",
      'profiles.0.capacity.minimum of autoscale is "1"; wanted: at least 2. Fix: pulumi config set minimumInstances 2.',
    ],
  ]);
  expect(judge(enoughCapacity, declared, { visitorsPerInstance: 1000 }).wrong).toHaveLength(1);
});

test("leaves open what is not known", () => {
  expect(
    judge(enoughCapacity, [
      stack(unknownText),
      plan(unknownText),
      app(),
      binding,
      autoscale("1", unknownText),
    ]),
  ).toEqual({
    wrong: [],
    open:
      "cannot be judged before it exists: forecast.visitorsPerHour of stack, sku.name of plan, " +
      "profiles.0.capacity.maximum of autoscale",
  });
  const open = autoscale("1", "3", { profiles: unknownText });
  expect(judge(enoughCapacity, [stack(1), plan("P0v3"), app(), binding, open]).open).toBe(
    "cannot be judged before it exists: profiles of autoscale",
  );
});
