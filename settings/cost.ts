import { azurePrices, type Price } from "../prices/azure";
import { databaseSku, instances, planSku, type Forecast } from "./derive";
import { primaryDatabaseSku, primaryPlanSku } from "./primary-sizes";
import type { DatabaseEngine, Size } from "./standby";
import {
  databaseGigabytes,
  fileGigabytes,
  hoursPerMonth,
  imageGigabytes,
  monthlyUsage,
  vaultOperations,
} from "./usage";

/** What the bill is made out from. */
export interface CostSettings extends Forecast {
  readonly mailsPerHour: number;
  readonly databaseEngine: DatabaseEngine;
  readonly databaseSku?: string | undefined;
  /** The stack of a primary of this project, whose bill is added. */
  readonly primaryStack?: string | undefined;
}

/** A line of the bill. */
export interface CostItem {
  readonly stack: "prod" | "standby" | "primary";
  readonly resource: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unit: string;
  /** US dollars a month, to the cent; null where the price was not found. */
  readonly monthly: number | null;
  readonly price: Price;
}

export interface Bill {
  readonly items: readonly CostItem[];
  /** US dollars, without the items whose price was not found. */
  readonly monthly: number;
  /** The resources whose price was not found. */
  readonly unknown: readonly string[];
}

/** How much of what is watched stands there whatever the size; a test holds these against what the stack declares. */
export const watched = {
  /** The public name, the primary, the standby's own name, an image. */
  webTests: [
    { places: 5, seconds: 300 },
    { places: 5, seconds: 300 },
    { places: 3, seconds: 900 },
    { places: 3, seconds: 900 },
  ],
  metricAlerts: 9,
  logAlerts: 8,
} as const;

/** What is billed: its price by key in the price list, and how much of it a month uses. */
export type BillLine = readonly [resource: string, key: string, quantity: number, stack?: "prod" | "primary"];

/** What a month at one size costs at list price. */
export function monthlyBill(settings: CostSettings, size: Size): Bill {
  const usage = monthlyUsage(settings, size);
  const lines: readonly BillLine[] = [
    ["DNS zone", "dns/zone", 1, "prod"],
    ["shop's plan", `plan/${planSku(size).name}`, instances(size, settings).minimum * hoursPerMonth],
    ["side plan: pause page and job", "plan/B1", hoursPerMonth],
    ...databaseLines(settings, size),
    ["edge", "edge/base", 1],
    ["edge: requests", "edge/requests", usage.requests / 10_000],
    ["edge: traffic", "edge/egress", usage.egressGigabytes],
    ["edge: firewall", "edge/firewall", 1],
    ["images", "storage/hot", imageGigabytes],
    ["packages and uploaded files", "storage/hot", fileGigabytes],
    ["database's private endpoint", "network/endpoint", hoursPerMonth],
    ["private zone", "network/zone", 1],
    ["vault", "vault/operations", vaultOperations / 10_000],
    ["logs", "watch/logs", usage.logGigabytes],
    ["web tests", "watch/tests", webTestsAMonth()],
    ["alerts", "watch/alerts", watched.metricAlerts],
    ["alerts on logs", "watch/queries", watched.logAlerts],
    ["mail", "mail/messages", usage.mails],
    ["mail: traffic", "mail/transfer", usage.mailMegabytes],
    ...(settings.primaryStack === undefined ? [] : primaryLines(settings.databaseEngine)),
  ];
  return billOf(lines);
}

/** Lines at list price, and their sum. */
export function billOf(lines: readonly BillLine[]): Bill {
  const items = lines.map(itemOf);
  return {
    items,
    monthly: cents(items.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0)),
    unknown: items.filter(({ monthly }) => monthly === null).map(({ resource }) => resource),
  };
}

/** A primary of this project, the same whatever the standby's size, and the standby's own way to its database. */
function primaryLines(engine: DatabaseEngine): readonly BillLine[] {
  const lines: readonly (readonly [resource: string, key: string, quantity: number])[] = [
    ["shop's plan", `plan/${primaryPlanSku.name}`, hoursPerMonth],
    ["database", `${engine}/${primaryDatabaseSku(engine).name}`, hoursPerMonth],
    ...(engine === "sqlserver"
      ? []
      : [["database's storage", `${engine}/storage`, databaseGigabytes] as const]),
    ["database's private endpoint", "network/endpoint", hoursPerMonth],
    ["private zone", "network/zone", 1],
    ["packages and uploaded files", "storage/hot", fileGigabytes],
    ["vault", "vault/operations", vaultOperations / 10_000],
  ];
  return [
    ["primary's database, private endpoint", "network/endpoint", hoursPerMonth],
    ...lines.map((line): BillLine => [...line, "primary"]),
  ];
}

/** Compute and storage; Azure SQL's Standard tier includes 250 GB. */
function databaseLines(settings: CostSettings, size: Size): readonly BillLine[] {
  const { databaseEngine } = settings;
  const { name } = databaseSku(databaseEngine, size, settings, settings.databaseSku);
  const [key, each] = databasePrice(databaseEngine, name);
  const compute: BillLine = ["database", key, each * hoursPerMonth];
  return databaseEngine === "sqlserver"
    ? [compute]
    : [compute, ["database's storage", `${databaseEngine}/storage`, databaseGigabytes]];
}

/** Where a size's price is, and how many of it the size is: a series is sold by its cores, all else as it is. */
export function databasePrice(engine: DatabaseEngine, name: string): readonly [key: string, each: number] {
  const [, letter, cores, features, version] = /^Standard_([A-Z])(\d+)([a-z]+)_(v\d)$/.exec(name) ?? [];
  if (letter === undefined || cores === undefined || features === undefined || version === undefined)
    return [`${engine}/${name}`, 1];
  return [`${engine}/${letter}${features}${version}`, Number(cores)];
}

const webTestsAMonth = (): number =>
  watched.webTests.reduce((sum, { places, seconds }) => sum + (places * hoursPerMonth * 3600) / seconds, 0);

const priceList: ReadonlyMap<string, Price> = new Map(Object.entries(azurePrices));

function itemOf([resource, key, quantity, stack]: BillLine): CostItem {
  const price = priceList.get(key) ?? unlisted(key);
  return {
    stack: stack ?? "standby",
    resource,
    sku: price.sku,
    quantity,
    unit: price.unit,
    monthly: price.usd === null ? null : cents(price.usd * quantity),
    price,
  };
}

const unlisted = (key: string): Price => ({
  sku: key,
  unit: "hour",
  usd: null,
  region: null,
  source: "https://azure.microsoft.com/pricing/calculator/",
  asOf: null,
  note: "not in the price list",
});

const cents = (dollars: number): number => Math.round(dollars * 100) / 100;

/**
 * What the budget is set above the bill of a usual month: enough for a busier month and for a dearer region than the
 * price list's, too little for a surge that was left on.
 */
const budgetFactor = 1.5;

/** The budget of a month where none is given, in whole dollars: the warm bill times {@link budgetFactor}, rounded up. */
export function defaultBudget(settings: CostSettings): number {
  // It is of the standby's resource group.
  const own = monthlyBill(settings, "warm").items.filter(({ stack }) => stack !== "primary");
  return Math.ceil(cents(own.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0)) * budgetFactor);
}
