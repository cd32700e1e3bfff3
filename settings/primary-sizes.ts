import type { DatabaseEngine } from "./standby/database";

/**
 * The cheapest plan that is paid for and has all that a shop needs: host names of one's own with TLS, Always On, a
 * managed certificate and a network of its own begin with Basic. Free and Shared have no TLS for one's own names and
 * stop an idle app; P0v3, the smallest of Premium v3, costs several times as much (prices/azure.ts) for slots and
 * autoscale, which are the standby's. (learn.microsoft.com, azure-subscription-service-limits: App Service)
 */
export const primaryPlanSku = { name: "B1", tier: "Basic" } as const;

/**
 * The smallest database that never pauses and can be restored to any moment of two weeks. Of Azure SQL that is S0: the
 * Basic tier keeps one week and 2 GB (learn.microsoft.com, azure-sql: Service tiers in the DTU-based purchase model).
 */
export const primaryDatabaseSku = (
  engine: DatabaseEngine,
): { readonly name: string; readonly tier: string } =>
  engine === "sqlserver" ? { name: "S0", tier: "Standard" } : { name: "Standard_B1ms", tier: "Burstable" };
