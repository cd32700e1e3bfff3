import { firstOfMonth } from "../../../../components/budget";
import type { JsonObject } from "../../../../rehearsal/cloud/control/json";
import { TestCloud, subscription } from "./test-cloud";

const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const people = `${group}/providers/Microsoft.Insights/actionGroups/people`;
const thisMonth = new Date(firstOfMonth(new Date()));
const month = (later: number): string => {
  const date = new Date(thisMonth);
  date.setUTCMonth(date.getUTCMonth() + later);
  return firstOfMonth(date);
};

let cloud: TestCloud;
beforeEach(async () => {
  cloud = new TestCloud();
  await cloud.group();
  await cloud.make("monitor:ActionGroup", {
    resourceGroupName: "rg",
    actionGroupName: "people",
    location: "Global",
    enabled: true,
    groupShortName: "standby",
  });
});
afterEach(() => cloud.stop());

const notification = (more: JsonObject = {}): JsonObject => ({
  enabled: true,
  operator: "GreaterThanOrEqualTo",
  threshold: 50,
  contactEmails: ["owner@blanklabel.example"],
  contactGroups: [people],
  ...more,
});
const budget = (more: JsonObject = {}): JsonObject => ({
  scope: group,
  budgetName: "budget",
  category: "Cost",
  amount: 467,
  timeGrain: "Monthly",
  timePeriod: { startDate: month(0) },
  notifications: { actual50: notification() },
  ...more,
});
const make = (more: JsonObject = {}) => cloud.make("consumption:Budget", budget(more));

test("a budget lies on its resource group", async () => {
  const { id } = await make();
  expect(id).toBe(`${group}/providers/Microsoft.Consumption/budgets/budget`);
});

test.each([
  ["2026-11-02T00:00:00Z", "Start date 2026-11-02T00:00:00Z is not the first of a month."],
  ["soon", "Start date soon is not the first of a month."],
  [month(-1), `Start date ${month(-1)} is before the current month.`],
  [month(13), `Start date ${month(13)} is more than twelve months in the future.`],
])("a start at %s is refused", async (startDate, words) => {
  await expect(make({ timePeriod: { startDate } })).rejects.toThrow(words);
});

test("a start a year ahead is taken", async () => {
  await expect(make({ timePeriod: { startDate: month(12) } })).resolves.toBeDefined();
});

test("its amount changes, its start does not", async () => {
  const { id } = await make();
  await expect(cloud.change("consumption:Budget", id, budget({ amount: 500 }))).resolves.toMatchObject({
    amount: 500,
  });
  await expect(
    cloud.change("consumption:Budget", id, budget({ timePeriod: { startDate: month(1) } })),
  ).rejects.toThrow("Start date of budgets cannot be updated. Please delete and create a new budget.");
});

test.each([
  [{ amount: 0 }, "amount is 0; more than 0 is wanted"],
  [
    { notifications: { half: notification({ threshold: 1001 }) } },
    "notifications.half.threshold is 1001; a percentage from 0 to 1000 is wanted",
  ],
  [
    { notifications: { half: notification({ contactEmails: [], contactGroups: [] }) } },
    "notifications.half reaches nobody; at least one contact e-mail or contact group is wanted",
  ],
  [
    { notifications: Object.fromEntries([1, 2, 3, 4, 5, 6].map((each) => [`n${each}`, notification()])) },
    "notifications are 6; a budget has at most 5",
  ],
  [
    { notifications: { half: notification({ contactGroups: [`${people}2`] }) } },
    `Budget budget: the action group ${people}2 of a notification does not exist.`,
  ],
  [{ timeGrain: "Weekly" }, "timeGrain"],
])("refused: %j", async (more: JsonObject, words) => {
  await expect(make(more)).rejects.toThrow(words);
});
