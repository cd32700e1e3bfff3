import fc from "fast-check";
import { databaseSku, instances, planSku, rowsPerHour, type Forecast } from "../../settings/derive";

const forecast: Forecast = { visitorsPerHour: 10_000, ordersPerHour: 300 };
const anyForecast = fc.record({
  visitorsPerHour: fc.double({ min: 0, max: 1e8, noNaN: true }),
  ordersPerHour: fc.double({ min: 0, max: 1e8, noNaN: true }),
});

test("rows an hour: the busier of order lines and sessions, unless given", () => {
  expect(rowsPerHour(forecast)).toBe(10_000);
  expect(rowsPerHour({ ...forecast, ordersPerHour: 5_000 })).toBe(25_000);
  expect(rowsPerHour({ visitorsPerHour: 0, ordersPerHour: 0 })).toBe(1);
  expect(rowsPerHour(forecast, 42)).toBe(42);
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
