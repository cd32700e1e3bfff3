import { AzureSql } from "../../../components/database/azure-sql";
import { databaseArgs, lockOn } from "./examples";
import { declared, runMocked, secret } from "../mocked";

test("private, TLS only, backed up, never paused", async () => {
  const { registered } = await runMocked(
    "standby",
    () => new AzureSql("database", { ...databaseArgs, sku: { name: "S1", tier: "Standard" } }),
  );
  expect(declared(registered)).toEqual({
    ...lockOn("/id/Server/database"),
    "azure-native:network:PrivateDnsZoneGroup database-private-zone": {
      privateDnsZoneConfigs: [{ name: "private-zone", privateDnsZoneId: "/id/zone" }],
      privateDnsZoneGroupName: "default",
      privateEndpointName: "shop-abc123-private",
      resourceGroupName: "shop-standby-rg",
    },
    "azure-native:network:PrivateEndpoint database-private": {
      location: "westeurope",
      privateEndpointName: "shop-abc123-private",
      privateLinkServiceConnections: [
        { groupIds: ["sqlServer"], name: "sqlServer", privateLinkServiceId: "/id/Server/database" },
      ],
      resourceGroupName: "shop-standby-rg",
      subnet: {
        id: "/id/subnet",
        privateEndpointNetworkPolicies: "Disabled",
        privateLinkServiceNetworkPolicies: "Enabled",
      },
      tags: { site: "standby" },
    },
    "azure-native:sql:BackupShortTermRetentionPolicy database-backups": {
      databaseName: "shop",
      diffBackupIntervalInHours: 24,
      policyName: "default",
      resourceGroupName: "shop-standby-rg",
      retentionDays: 14,
      serverName: "shop-abc123",
    },
    "azure-native:sql:Database database-shop": {
      databaseName: "shop",
      location: "westeurope",
      requestedBackupStorageRedundancy: "Local",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      sku: { name: "S1", tier: "Standard" },
      tags: { site: "standby" },
      zoneRedundant: false,
    },
    "azure-native:sql:Server database": {
      administratorLogin: "shopadmin",
      administratorLoginPassword: secret("Passw0rdOfThirtyTwoCharacters000"),
      location: "westeurope",
      minimalTlsVersion: "1.2",
      publicNetworkAccess: "Disabled",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      tags: { site: "standby" },
      version: "12.0",
    },
    "random:index/randomPassword:RandomPassword database-password": {
      length: 32,
      minLower: 4,
      minNumeric: 4,
      minUpper: 4,
      special: false,
    },
  });
});
