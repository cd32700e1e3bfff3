import { z } from "zod";
import { pricesAsOf } from "../../prices/azure";
import { defaultBudget, monthlyBill, type Bill } from "../../settings/cost";
import { primaryReference } from "../../settings/primary-reference";
import { databaseSettings } from "../../settings/standby/database";
import { forecastSettings } from "../../settings/standby/forecast";
import { moneySettings } from "../../settings/standby/money";
import { placeSettings } from "../../settings/standby/place";
import { sizeSettings, type Size } from "../../settings/standby/size";
import { monthlyUsage, usageInWords } from "../../settings/usage";
import { checkConfig, type StackSettings } from "../deployment";

/** The settings of stack `standby` that its cost follows from; the others are not looked at. */
const costSchema = z.object({
  ...placeSettings,
  ...sizeSettings,
  ...forecastSettings,
  databaseEngine: databaseSettings.databaseEngine,
  databaseSku: databaseSettings.databaseSku,
  primaryStack: primaryReference.primaryStack,
  ...moneySettings,
});

/** What `standby cost` says: part of the command line's contract. */
export interface Cost {
  readonly currency: "USD";
  /** A month at the declared size. */
  readonly monthly: number;
  readonly items: readonly {
    readonly stack: string;
    readonly resource: string;
    readonly sku: string;
    readonly quantity: number;
    readonly unit: string;
    readonly monthly: number | null;
    readonly price: number | null;
    readonly region: string | null;
    readonly source: string;
    readonly asOf: string | null;
  }[];
  readonly pricesAsOf: string;
  readonly size: Size;
  readonly location: string;
  /** A month at each size, and the resources that are in neither sum because their price was not found. */
  readonly sizes: Readonly<Record<Size, { readonly monthly: number; readonly unknown: readonly string[] }>>;
  /** What the bills rest on, in words. */
  readonly assumptions: Readonly<Record<Size, string>>;
  readonly monthlyBudget: number;
}

/**
 * @param config the standby stack's plain config, by short names
 * @throws Fault (2) naming every setting that is wrong
 */
export function cost(stack: StackSettings, config: Readonly<Record<string, unknown>>): Cost {
  const settings = checkConfig(stack, costSchema, config);
  const bills: Readonly<Record<Size, Bill>> = {
    warm: monthlyBill(settings, "warm"),
    surge: monthlyBill(settings, "surge"),
  };
  const totals = (size: Size) => ({ monthly: bills[size].monthly, unknown: bills[size].unknown });
  const words = (size: Size) => usageInWords(monthlyUsage(settings, size));
  return {
    currency: "USD",
    monthly: bills[settings.size].monthly,
    items: bills[settings.size].items.map(({ price, ...item }) => ({
      ...item,
      price: price.usd,
      region: price.region,
      source: price.source,
      asOf: price.asOf,
    })),
    pricesAsOf,
    size: settings.size,
    location: settings.location,
    sizes: { warm: totals("warm"), surge: totals("surge") },
    assumptions: { warm: words("warm"), surge: words("surge") },
    monthlyBudget: settings.monthlyBudget ?? defaultBudget(settings),
  };
}
