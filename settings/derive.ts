import { databaseSizes, neededCores } from "./database-sizes";
import type { DatabaseEngine, Size } from "./standby";
import { planSizes, type PlanSize } from "./standby/scale";

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

/** What settings say instead of the forecast. */
export interface GivenInstances {
  readonly minimumInstances?: number | undefined;
  readonly maximumInstances?: number | undefined;
}

/** App Service instances: never below one; surge starts where the forecast is, both may grow beyond it. */
export function instances(
  size: Size,
  { visitorsPerHour, minimumInstances, maximumInstances }: Forecast & GivenInstances,
): { readonly minimum: number; readonly maximum: number } {
  const needed = Math.ceil(visitorsPerHour / visitorsPerInstance);
  const most = maximumInstances ?? Math.max(minimumInstances ?? 0, Math.min(30, Math.max(3, needed * 2)));
  const least = size === "warm" ? 1 : Math.max(2, needed);
  return { minimum: minimumInstances ?? Math.min(most, least), maximum: most };
}

/** One family for both sizes: growing within it never moves the app to other hardware. */
export function planSku(size: Size, given?: PlanSize): { readonly name: PlanSize; readonly tier: string } {
  const name = given ?? (size === "warm" ? "P0v3" : "P1v3");
  return { name, tier: planSizes[name] };
}

/** The version that a package's or an image's own name tells: `1.0.0` of `shop-1.0.0.zip` or of `shop:1.0.0`. */
export function versionNamed(source: string): string | undefined {
  const [, ofPackage] = /[-_]v?(\d[\w.+-]*)\.zip(?:\?.*)?$/.exec(source) ?? [];
  const [, ofImage] = /:([\w.-]+)$/.exec(source) ?? [];
  return ofPackage ?? ofImage;
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
