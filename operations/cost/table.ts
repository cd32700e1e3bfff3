import Table from "cli-table3";
import { plainBorders } from "../plain-borders";
import type { Size } from "../../settings/standby/size";
import type { Cost } from "./cost";

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
const amount = (quantity: number, unit: string): string =>
  `${quantity.toLocaleString("en-US", { maximumFractionDigits: 2 })} × ${unit}`;

/** The bill for a person: a line each, the totals, and what they leave out. */
export function costTable(cost: Cost): string {
  const table = new Table({
    chars: plainBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    head: ["STACK", "RESOURCE", "SKU", "QUANTITY", "A MONTH"],
    colAligns: ["left", "left", "left", "left", "right"],
  });
  for (const { stack, resource, sku, quantity, unit, monthly } of cost.items)
    table.push([
      stack,
      resource,
      sku,
      amount(quantity, unit),
      monthly === null ? "unknown" : dollars(monthly),
    ]);
  const other: Size = cost.size === "warm" ? "surge" : "warm";
  return [
    ...table
      .toString()
      .split("\n")
      .map((line) => line.trimEnd()),
    "",
    total(cost, cost.size),
    total(cost, other),
    `budget  ${String(cost.monthlyBudget)} a month, in the billing account's currency`,
    "",
    `Prices as of ${cost.pricesAsOf}, in US dollars without tax, pay as you go; where each is from: prices/azure.ts.`,
    foreign(cost),
  ].join("\n");
}

function total({ sizes, assumptions }: Cost, size: Size): string {
  const { monthly, unknown } = sizes[size];
  const without = unknown.length === 0 ? "" : `, without ${unknown.join(", ")}: price unknown`;
  return `${size.padEnd(6)}  ${dollars(monthly)} a month${without}\n        with ${assumptions[size]}`;
}

/** Prices differ between regions: which regions these are of. */
function foreign({ items, location }: Cost): string {
  const regions = new Set(
    items.flatMap(({ region, monthly }) => (monthly === null ? [] : [region ?? "a region not stated"])),
  );
  const others = [...regions].filter((region) => !["every region", "zone 1", location].includes(region));
  return others.length === 0
    ? `They are ${location}'s own.`
    : `They are of ${others.join(", ")}: those of ${location} may differ.`;
}
