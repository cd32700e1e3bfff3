import type { DatabaseEngine } from "./standby/database";

const databaseProviders: Readonly<Record<DatabaseEngine, string>> = {
  postgres: "Microsoft.DBforPostgreSQL",
  sqlserver: "Microsoft.Sql",
  mysql: "Microsoft.DBforMySQL",
};

/**
 * The resource providers that a subscription must be registered with before the standby can be made or grow. Azure
 * registers none by itself for what is made by its REST API; Microsoft.Authorization, Consumption and Resources are
 * registered from the start (https://learn.microsoft.com/azure/azure-resource-manager/management/azure-services-resource-providers).
 */
export const providersOf = (engine: DatabaseEngine): readonly string[] => [
  "Microsoft.Cdn",
  "Microsoft.Communication",
  databaseProviders[engine],
  "Microsoft.Insights",
  "Microsoft.KeyVault",
  "Microsoft.ManagedIdentity",
  "Microsoft.Network",
  "Microsoft.OperationalInsights",
  "Microsoft.Storage",
  "Microsoft.Web",
];
