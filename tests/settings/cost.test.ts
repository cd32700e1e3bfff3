import fc from "fast-check";
import { azurePrices, pricesAsOf } from "../../prices/azure";
import { defaultBudget, monthlyBill, type Bill, type CostSettings } from "../../settings/cost";
import { monthlyUsage, usageInWords } from "../../settings/usage";

const shop: CostSettings = {
  visitorsPerHour: 10_000,
  ordersPerHour: 300,
  mailsPerHour: 600,
  databaseEngine: "postgres",
};
const lines = ({ items }: Bill) =>
  items.map(({ resource, sku, quantity, monthly }) => [resource, sku, quantity, monthly]);

test("a warm month", () => {
  const bill = monthlyBill(shop, "warm");
  expect(lines(bill)).toEqual([
    ["DNS zone", "Cloudflare DNS, free plan", 1, 0],
    ["shop's plan", "App Service Premium v3 P0v3, Linux", 730, 62.05],
    ["side plan: pause page and job", "App Service Basic B1, Linux", 730, 13.14],
    ["database", "Database for PostgreSQL flexible server B2s", 730, 49.64],
    ["database's storage", "Database for PostgreSQL flexible server storage", 32, 3.68],
    ["edge", "Front Door Standard, base fee", 1, 35],
    ["edge: requests", "Front Door Standard, requests", 240, 2.16],
    ["edge: traffic", "Front Door Standard, data transfer out", 180, 14.85],
    ["edge: firewall", "Front Door Standard, firewall policy", 1, null],
    ["images", "Blob storage Hot LRS", 10, 0.21],
    ["packages and uploaded files", "Blob storage Hot LRS", 5, 0.1],
    ["database's private endpoint", "Private endpoint", 730, 7.3],
    ["private zone", "Private DNS zone", 1, 0.5],
    ["vault", "Key Vault Standard, operations", 1, 0.03],
    ["logs", "Log Analytics, ingestion", 3.4, 7.82],
    ["web tests", "Application Insights standard web test", 105_120, 67.8],
    ["alerts", "Azure Monitor metric alert", 9, 0.9],
    ["alerts on logs", "Azure Monitor log search alert", 8, null],
    ["mail", "Communication Services e-mail, sent", 3_600, 0.9],
    ["mail: traffic", "Communication Services e-mail, transferred", 360, 0.04],
  ]);
  expect(bill.monthly).toBe(266.12);
  expect(bill.unknown).toEqual(["edge: firewall", "alerts on logs"]);
  expect(bill.items.filter(({ stack }) => stack === "prod").map(({ resource }) => resource)).toEqual([
    "DNS zone",
  ]);
});

test("a month of surge: the forecast's size, and its day", () => {
  const bill = monthlyBill(shop, "surge");
  const changed = lines(bill).filter(
    (line, position) => line.join() !== lines(monthlyBill(shop, "warm"))[position]?.join(),
  );
  expect(changed).toEqual([
    ["shop's plan", "App Service Premium v3 P1v3, Linux", 1_460, 226.3],
    ["database", "Database for PostgreSQL flexible server Ddsv5", 2_920, 259.88],
    ["edge: requests", "Front Door Standard, requests", 1_200, 10.8],
    ["edge: traffic", "Front Door Standard, data transfer out", 900, 74.25],
    ["logs", "Log Analytics, ingestion", 13, 29.9],
    ["mail", "Communication Services e-mail, sent", 18_000, 4.5],
    ["mail: traffic", "Communication Services e-mail, transferred", 1_800, 0.22],
  ]);
  expect(bill.monthly).toBe(734.51);
});

test("what has no price is named and left out of the total, never guessed", () => {
  const surge = monthlyBill({ ...shop, databaseEngine: "sqlserver" }, "surge");
  expect(surge.unknown).toEqual(["database", "edge: firewall", "alerts on logs"]);
  const known = surge.items.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0);
  expect(surge.monthly).toBeCloseTo(known, 2);
});

test("the use that a bill rests on, in words", () => {
  expect(usageInWords(monthlyUsage(shop, "warm"))).toBe(
    "60,000 visitors a month of 40 requests and 3 MB each, 3,600 mails, 10 GB of images, " +
      "5 GB of packages and files, a database of 32 GB",
  );
  expect(monthlyUsage(shop, "surge").visitors).toBe(300_000);
});

test("the budget is half again the warm bill, in whole dollars", () => {
  expect(defaultBudget(shop)).toBe(400);
  expect(defaultBudget({ ...shop, databaseEngine: "sqlserver" })).toBe(364);
});

test("surge never costs less than warm, and a total is what its lines add up to", () => {
  const forecasts = fc.record({
    visitorsPerHour: fc.integer({ min: 0, max: 1_000_000 }),
    ordersPerHour: fc.integer({ min: 0, max: 100_000 }),
    mailsPerHour: fc.integer({ min: 0, max: 100_000 }),
  });
  fc.assert(
    fc.property(forecasts, (forecast) => {
      const [warm, surge] = (["warm", "surge"] as const).map((size) =>
        monthlyBill({ ...shop, ...forecast }, size),
      );
      expect(surge?.monthly).toBeGreaterThanOrEqual(warm?.monthly ?? Infinity);
      for (const bill of [warm, surge])
        expect(bill?.monthly).toBeCloseTo(
          bill?.items.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0) ?? 0,
          2,
        );
    }),
  );
});

test("every price names where it was read, and what was not found says so", () => {
  expect(pricesAsOf).toMatch(/^\d{4}-\d\d-\d\d$/);
  for (const [key, price] of Object.entries(azurePrices)) {
    expect([key, price.source]).toEqual([key, expect.stringMatching(/^https:\/\/\S+$/)]);
    if (price.asOf !== null) expect(price.asOf <= pricesAsOf).toBe(true);
    if (price.usd === null)
      expect([key, "note" in price && price.note]).toEqual([key, expect.stringMatching(/^not found/)]);
    else expect(price.usd).toBeGreaterThanOrEqual(0);
  }
});
