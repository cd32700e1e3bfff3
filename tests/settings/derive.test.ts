import fc from "fast-check";
import { databaseSizes, neededCores } from "../../settings/database-sizes";
import type { DatabaseEngine } from "../../settings/standby";
import {
  databaseSku,
  instances,
  planSku,
  versionNamed,
  rowsPerHour,
  type Forecast,
} from "../../settings/derive";

const forecast: Forecast = { visitorsPerHour: 10_000, ordersPerHour: 300 };
const anyForecast = fc.record({
  visitorsPerHour: fc.double({ min: 0, max: 1e8, noNaN: true }),
  ordersPerHour: fc.double({ min: 0, max: 1e8, noNaN: true }),
});

test("versions are told by the names of packages and images", () => {
  expect(versionNamed("https://downloads.blanklabel.example/shop-1.0.0.zip")).toBe("1.0.0");
  expect(versionNamed("dist/shop_v2.1.0-rc.1.zip")).toBe("2.1.0-rc.1");
  expect(versionNamed("registry.azurecr.io:443/shop:1.2")).toBe("1.2");
  expect(versionNamed("https://downloads.blanklabel.example/shop.zip")).toBeUndefined();
});

test("settings stand in for what is derived", () => {
  const forecast = { visitorsPerHour: 10_000, ordersPerHour: 300 };
  expect(instances("warm", { ...forecast, minimumInstances: 6 })).toEqual({ minimum: 6, maximum: 6 });
  expect(instances("surge", { ...forecast, maximumInstances: 1 })).toEqual({ minimum: 1, maximum: 1 });
  expect(planSku("warm", "P2mv3")).toEqual({ name: "P2mv3", tier: "PremiumMV3" });
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
});

const engines = ["postgres", "sqlserver", "mysql"] as const;

test("a database is small while warm, and as large as the forecast in a surge", () => {
  const sizes = engines.map((engine) => [
    databaseSku(engine, "warm", forecast),
    databaseSku(engine, "surge", forecast),
  ]);
  const burstable = { name: "Standard_B2s", tier: "Burstable" };
  expect(sizes).toEqual([
    [burstable, { name: "Standard_D4ds_v5", tier: "GeneralPurpose" }],
    [
      { name: "S1", tier: "Standard" },
      { name: "S6", tier: "Standard" },
    ],
    [burstable, { name: "Standard_D4ads_v5", tier: "GeneralPurpose" }],
  ]);
});

test("a database's size may be given, for both sizes of the stack", () => {
  for (const size of ["warm", "surge"] as const)
    expect(databaseSku("postgres", size, forecast, "Standard_D16ds_v5")).toEqual({
      name: "Standard_D16ds_v5",
      tier: "GeneralPurpose",
    });
});

const rung = (engine: DatabaseEngine, name: string): number =>
  databaseSizes[engine].findIndex((size) => size.name === name);

test("a larger forecast never brings a smaller database, nor a surge one below warm", () => {
  fc.assert(
    fc.property(fc.constantFrom(...engines), anyForecast, anyForecast, (engine, one, other) => {
      const more = {
        visitorsPerHour: Math.max(one.visitorsPerHour, other.visitorsPerHour),
        ordersPerHour: Math.max(one.ordersPerHour, other.ordersPerHour),
      };
      const surge = rung(engine, databaseSku(engine, "surge", one).name);
      expect(rung(engine, databaseSku(engine, "surge", more).name)).toBeGreaterThanOrEqual(surge);
      expect(surge).toBeGreaterThan(rung(engine, databaseSku(engine, "warm", one).name));
      // Warm depends on no forecast: it is what is paid for all year.
      expect(rung(engine, databaseSku(engine, "warm", more).name)).toBe(0);
    }),
  );
});

test("a surge's database carries the forecast where any does", () => {
  fc.assert(
    fc.property(fc.constantFrom(...engines), anyForecast, (engine, each) => {
      const chosen = databaseSizes[engine][rung(engine, databaseSku(engine, "surge", each).name)];
      const largest = databaseSizes[engine].at(-1);
      expect(chosen === largest || (chosen?.vCores ?? 0) >= neededCores(each)).toBe(true);
    }),
  );
});

test("each ladder rises, and leaves its family only above the burstable size", () => {
  for (const engine of engines) {
    const [warm, ...larger] = databaseSizes[engine];
    for (const [index, size] of larger.entries())
      expect(size.vCores).toBeGreaterThanOrEqual((larger[index - 1] ?? warm).vCores);
    expect(new Set(larger.map(({ tier }) => tier)).size).toBe(1);
    expect(new Set(larger.map(({ name }) => name.replace(/\d+/, "N"))).size).toBe(1);
  }
});
