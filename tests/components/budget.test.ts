import { Budget, firstOfMonth } from "../../components/budget";
import { declared, runMocked } from "./mocked";

const told = (thresholdType: string, threshold: number) => ({
  enabled: true,
  operator: "GreaterThanOrEqualTo",
  threshold,
  thresholdType,
  contactEmails: ["owner@blanklabel.example"],
  contactGroups: ["/id/people"],
});

test("people are told at half, at four fifths, at the end, and when the end is foreseen", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new Budget("budget", {
        budgetName: "shop-budget",
        groupId: "/id/group",
        amount: 467,
        startDate: "2026-11-01T00:00:00Z",
        email: "owner@blanklabel.example",
        actionGroupId: "/id/people",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:consumption:Budget budget": {
      scope: "/id/group",
      budgetName: "shop-budget",
      category: "Cost",
      amount: 467,
      timeGrain: "Monthly",
      timePeriod: { startDate: "2026-11-01T00:00:00Z" },
      notifications: {
        actual50: told("Actual", 50),
        actual80: told("Actual", 80),
        actual100: told("Actual", 100),
        forecast100: told("Forecasted", 100),
      },
    },
  });
});

test.each([
  ["2026-11-25T16:00:00Z", "2026-11-01T00:00:00Z"],
  ["2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z"],
  ["2027-01-31T23:59:59Z", "2027-01-01T00:00:00Z"],
])("the month of %s begins at %s", (day, first) => {
  expect(firstOfMonth(new Date(day))).toBe(first);
});
