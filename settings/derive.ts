import { databaseSizes, neededCores } from "./database-sizes";
import type { DatabaseEngine, Size } from "./standby";

/** What the day is expected to bring, each an hour. */
export interface Forecast {
  readonly visitorsPerHour: number;
  readonly ordersPerHour: number;
}

/** Rows in an order's busiest child table: its lines, with a margin. */
const linesPerOrder = 5;

/** Rows an hour of the busiest table: order lines, or the sessions that visitors open. */
export function rowsPerHour(forecast: Forecast, given?: number): number {
  return (
    given ??
    Math.max(1, Math.ceil(forecast.ordersPerHour * linesPerOrder), Math.ceil(forecast.visitorsPerHour))
  );
}

/** Visitors an hour that one instance carries: a careful figure for a rendered shop page, to be measured. */
const visitorsPerInstance = 5000;

/** App Service instances: never below one; surge starts where the forecast is, both may grow beyond it. */
export function instances(
  size: Size,
  forecast: Forecast,
): { readonly minimum: number; readonly maximum: number } {
  const needed = Math.ceil(forecast.visitorsPerHour / visitorsPerInstance);
  const maximum = Math.min(30, Math.max(3, needed * 2));
  return { minimum: size === "warm" ? 1 : Math.min(maximum, Math.max(2, needed)), maximum };
}

/** One family for both sizes: growing within it never moves the app to other hardware. */
export function planSku(size: Size): { readonly name: string; readonly tier: string } {
  return size === "warm" ? { name: "P0v3", tier: "Premium0V3" } : { name: "P1v3", tier: "PremiumV3" };
}

/**
 * Compute of the database; always on in both sizes, changed in place. Surge is the smallest above warm that carries the
 * forecast, or the largest there is.
 * @param given a size of the engine's own, by name, in place of what would be derived
 */
export function databaseSku(
  engine: DatabaseEngine,
  size: Size,
  forecast: Forecast,
  given?: string,
): { readonly name: string; readonly tier: string } {
  const [warm, ...larger] = databaseSizes[engine];
  const needed = neededCores(forecast);
  const surge = larger.find(({ vCores }) => vCores >= needed) ?? larger.at(-1) ?? warm;
  const named = [warm, ...larger].find(({ name }) => name === given);
  const { name, tier } = named ?? (size === "warm" ? warm : surge);
  return { name, tier };
}
