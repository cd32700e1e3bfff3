import { moneyIsWatched } from "../../policy/money-is-watched";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const plan = (name: string, site = "standby"): Declared => ({
  type: types.plan,
  name: "plan",
  inputs: { sku: { name }, tags: { site } },
});
const budget = (over: object = {}): Declared => ({
  type: types.budget,
  name: "budget",
  inputs: {
    amount: 250,
    notifications: { all: { enabled: true, contactEmails: ["owner@shop.example"] } },
    ...over,
  },
});

test("takes sizes of the list, and a budget that tells someone; a primary's stack has none", () => {
  const database: Declared = { type: types.sqlDatabase, name: "db", inputs: { sku: { name: "S1" } } };
  expect(judge(moneyIsWatched, [plan("P0v3"), database, budget()])).toEqual(good);
  expect(judge(moneyIsWatched, [plan("B1", "primary")])).toEqual(good);
  const groups = { notifications: { all: { enabled: true, contactEmails: [], contactGroups: ["/id"] } } };
  expect(judge(moneyIsWatched, [plan("B1"), budget(groups)])).toEqual(good);
});

test("refuses sizes that nobody chose", () => {
  expect(judge(moneyIsWatched, [plan("I6v2", "primary")]).wrong).toEqual([
    [
      "plan",
      'sku.name of plan is "I6v2"; wanted: one of B1, P0v3, P1v3, P2v3, P3v3, P1mv3, P2mv3, P3mv3, P4mv3, P5mv3. Fix: ' +
        "choose one of these, or add it to plans in the policies' config.",
    ],
  ]);
  const server: Declared = {
    type: types.postgresServer,
    name: "db",
    inputs: { sku: { name: "Standard_D2ds_v5" } },
  };
  expect(judge(moneyIsWatched, [server], { databases: ["Standard_B2s"] }).wrong).toEqual([
    [
      "db",
      'sku.name of db is "Standard_D2ds_v5"; wanted: one of Standard_B2s. Fix: choose one of these, or add it to ' +
        "databases in the policies' config.",
    ],
  ]);
});

test("refuses a standby without a budget, above the ceiling, or of which nobody hears", () => {
  expect(judge(moneyIsWatched, [plan("P0v3")]).wrong).toEqual([
    [
      undefined,
      "no budget; wanted: one for the standby's resource group, with notifications. Fix: declare a Budget.",
    ],
  ]);
  const fix = "Fix: pulumi config set monthlyBudget, or have the ceiling in the policies' config raised.";
  expect(judge(moneyIsWatched, [budget()], { monthlyCeiling: 200 }).wrong).toEqual([
    ["budget", `amount of budget is 250; wanted: more than 0 and at most 200 a month. ${fix}`],
  ]);
  expect(judge(moneyIsWatched, [budget({ amount: 0 })]).wrong).toEqual([
    ["budget", `amount of budget is 0; wanted: more than 0. ${fix}`],
  ]);
  const silent = { all: { enabled: false, contactEmails: ["owner@shop.example"] } };
  expect(judge(moneyIsWatched, [budget({ notifications: silent })]).wrong).toEqual([
    [
      "budget",
      "budget tells nobody; wanted: a notification that is enabled and has an address. Fix: pulumi config set " +
        "alertEmail.",
    ],
  ]);
});

test("holds what is declared against the ceiling, at list price", () => {
  const server: Declared = {
    type: types.postgresServer,
    name: "db",
    inputs: { sku: { name: "Standard_B2s" }, storage: { storageSizeGB: 32 } },
  };
  const forecast: Declared = {
    type: types.stack,
    name: "stack",
    outputs: { forecast: { visitorsPerHour: 10000, mailsPerHour: 600 } },
  };
  const declared = [plan("P1v3"), server, budget({ amount: 100 })];
  const judged = (stack: readonly Declared[], monthlyCeiling: number) =>
    judge(moneyIsWatched, stack, { monthlyCeiling }).wrong;
  expect(judged(declared, 1000)).toEqual([]);
  expect(judged(declared, 100)).toEqual([
    [
      undefined,
      expect.stringMatching(
        /^what is declared costs about \$\d+\.\d\d a month at list price; wanted: at most 100\. Fix: choose smaller sizes \(standby cost lists each\), or have the ceiling in the policies' config raised\.$/,
      ),
    ],
  ]);
  const amount = (stack: readonly Declared[]): number =>
    Number(/\$([\d.]+)/.exec(judged(stack, 100)[0]?.[1] ?? "")?.[1]);
  expect(amount([...declared, { ...plan("B1"), name: "other" }])).toBeGreaterThan(amount(declared));
  expect(amount([...declared, forecast])).toBeGreaterThan(amount(declared));
  expect(judge(moneyIsWatched, declared).wrong).toEqual([]);
});

test("leaves open what is not known", () => {
  const unsaid = budget({ amount: unknownText, notifications: unknownText });
  expect(judge(moneyIsWatched, [plan(unknownText), unsaid])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: sku.name of plan, amount of budget, notifications of budget",
  });
  const to = { all: { enabled: true, contactEmails: [unknownText] } };
  expect(judge(moneyIsWatched, [budget({ notifications: to })]).open).toBe(
    "cannot be judged before it exists: notifications of budget",
  );
});
