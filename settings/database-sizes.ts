import type { DatabaseEngine } from "./standby/database";

/** A size of database as Azure sells it. */
export interface DatabaseSize {
  readonly name: string;
  readonly tier: string;
  /** Cores that it has to itself; of the Standard tier of Azure SQL, its DTUs by Microsoft's measure of 100 a core. */
  readonly vCores: number;
}

type Ladder = readonly [warm: DatabaseSize, ...DatabaseSize[]];

const burstable: DatabaseSize = { name: "Standard_B2s", tier: "Burstable", vCores: 2 };
const general = (name: (vCores: number) => string, sizes: readonly number[]): readonly DatabaseSize[] =>
  sizes.map((vCores) => ({ name: name(vCores), tier: "GeneralPurpose", vCores }));
const standard = (sizes: Readonly<Record<string, number>>): readonly DatabaseSize[] =>
  Object.entries(sizes).map(([name, dtus]) => ({ name, tier: "Standard", vCores: dtus / 100 }));

/**
 * What a database grows along, smallest first and always in place. The lowest is what stands warm: the cheapest that
 * takes over at once, which rules out what pauses, and the one-core sizes whose 50 connections an app, `sync` and an
 * operator share out among them.
 *
 * - PostgreSQL: burstable, then the Ddsv5 series. A change of compute restarts the server and takes 60 to 120 seconds
 *   (learn.microsoft.com, azure/postgresql: Scale operations).
 * - MySQL: burstable, then the Dadsv5 series; the same (azure/mysql/flexible-server: Service tiers).
 * - SQL Server: the DTU model's Standard tier throughout. A change is made online; connections are cut once at its
 *   end, for seconds (azure/azure-sql/database: Scale single database resources; 100 DTUs a core: Migrate from DTU).
 */
export const databaseSizes: Readonly<Record<DatabaseEngine, Ladder>> = {
  postgres: [
    burstable,
    ...general((vCores) => `Standard_D${String(vCores)}ds_v5`, [2, 4, 8, 16, 32, 48, 64, 96]),
  ],
  mysql: [burstable, ...general((vCores) => `Standard_D${String(vCores)}ads_v5`, [2, 4, 8, 16, 32, 48, 64])],
  sqlserver: [
    { name: "S1", tier: "Standard", vCores: 0.2 },
    ...standard({ S2: 50, S3: 100, S4: 200, S6: 400, S7: 800, S9: 1600, S12: 3000 }),
  ],
};

/** Each an hour on one core: careful figures for a shop that is rendered on the server, to be measured. */
const visitorsPerCore = 5000;
const ordersPerCore = 1000;

/** Cores that the forecast's busiest hour keeps busy. */
export function neededCores(forecast: {
  readonly visitorsPerHour: number;
  readonly ordersPerHour: number;
}): number {
  return forecast.visitorsPerHour / visitorsPerCore + forecast.ordersPerHour / ordersPerCore;
}
