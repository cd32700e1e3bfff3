import fc from "fast-check";
import {
  databaseSku,
  instances,
  mailHeadroom,
  offsetRows,
  planSku,
  rowsPerHour,
  type Forecast,
} from "../../settings/derive";

const forecast: Forecast = { visitorsPerHour: 10_000, ordersPerHour: 300, mailsPerHour: 600 };
const anyForecast = fc.record({
  visitorsPerHour: fc.double({ min: 0, max: 1e8, noNaN: true }),
  ordersPerHour: fc.double({ min: 0, max: 1e8, noNaN: true }),
  mailsPerHour: fc.double({ min: 0, max: 1e8, noNaN: true }),
});

test("rows an hour: the busier of order lines and sessions, unless given", () => {
  expect(rowsPerHour(forecast)).toBe(10_000);
  expect(rowsPerHour({ ...forecast, ordersPerHour: 5_000 })).toBe(25_000);
  expect(rowsPerHour({ visitorsPerHour: 0, ordersPerHour: 0, mailsPerHour: 0 })).toBe(1);
  expect(rowsPerHour(forecast, 42)).toBe(42);
});

test("the story's day needs far more than its 1,500 ids", () => {
  expect(offsetRows({ rowsPerHour: 1_000, syncAgeHours: 26, tailHours: 24, safety: 2 })).toBe(100_000);
});

test("an offset covers what both sites write meanwhile, and never shrinks when anything grows", () => {
  const hours = fc.double({ min: 0.25, max: 720, noNaN: true });
  const policy = fc.record({
    rowsPerHour: fc.double({ min: 1, max: 1e6, noNaN: true }),
    syncAgeHours: hours,
    tailHours: hours,
    safety: fc.double({ min: 1, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(policy, fc.double({ min: 1, max: 3, noNaN: true }), (given, factor) => {
      const rows = offsetRows(given);
      expect(Number.isSafeInteger(rows)).toBe(true);
      expect(rows).toBeGreaterThanOrEqual(given.rowsPerHour * (given.syncAgeHours + given.tailHours));
      for (const key of ["rowsPerHour", "syncAgeHours", "tailHours", "safety"] as const)
        expect(offsetRows({ ...given, [key]: given[key] * factor })).toBeGreaterThanOrEqual(rows);
    }),
  );
});

test("instances: one while warm, what the forecast needs in a surge, room above both", () => {
  expect(instances("warm", forecast)).toEqual({ minimum: 1, maximum: 4 });
  expect(instances("surge", forecast)).toEqual({ minimum: 2, maximum: 4 });
  expect(instances("surge", { ...forecast, visitorsPerHour: 60_000 })).toEqual({ minimum: 12, maximum: 24 });
  fc.assert(
    fc.property(anyForecast, fc.constantFrom("warm" as const, "surge" as const), (each, size) => {
      const { minimum, maximum } = instances(size, each);
      expect(minimum).toBeGreaterThanOrEqual(1);
      expect(maximum).toBeGreaterThanOrEqual(minimum);
      expect(maximum).toBeLessThanOrEqual(30);
    }),
  );
});

test("sizes as Azure spells them", () => {
  expect(planSku("warm")).toEqual({ name: "P0v3", tier: "Premium0V3" });
  expect(planSku("surge")).toEqual({ name: "P1v3", tier: "PremiumV3" });
  expect(databaseSku("postgres", "warm")).toEqual({ name: "Standard_B2s", tier: "Burstable" });
  expect(databaseSku("postgres", "surge")).toEqual({ name: "Standard_D4ds_v5", tier: "GeneralPurpose" });
  expect(databaseSku("sqlserver", "warm")).toEqual({ name: "S1", tier: "Standard" });
  expect(databaseSku("sqlserver", "surge")).toEqual({ name: "S4", tier: "Standard" });
});

test("mail headroom: the tighter of both limits against the forecast", () => {
  expect(mailHeadroom(forecast, { perMinute: 30, perHour: 100 })).toBe(-500);
  expect(mailHeadroom(forecast, { perMinute: 5, perHour: 5_000 })).toBe(-300);
  expect(mailHeadroom(forecast, { perMinute: 200, perHour: 5_000 })).toBe(4_400);
});
