import { MysqlFlexible } from "../../../components/database/mysql-flexible";
import { databaseArgs, lockOn } from "./examples";
import { declared, runMocked, secret } from "../mocked";

test("private, TLS only, backed up", async () => {
  const { registered } = await runMocked("standby", () => new MysqlFlexible("database", { ...databaseArgs }));
  expect(declared(registered)).toEqual({
    ...lockOn("/id/Server/database"),
    "azure-native:dbformysql:Configuration database-require-secure-transport": {
      configurationName: "require_secure_transport",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      source: "user-override",
      value: "ON",
    },
    "azure-native:dbformysql:Configuration database-tls-version": {
      configurationName: "tls_version",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      source: "user-override",
      value: "TLSv1.2",
    },
    "azure-native:dbformysql:Database database-shop": {
      charset: "utf8mb4",
      collation: "utf8mb4_0900_ai_ci",
      databaseName: "shop",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
    },
    "azure-native:dbformysql:Server database": {
      administratorLogin: "shopadmin",
      administratorLoginPassword: secret("Passw0rdOfThirtyTwoCharacters000"),
      backup: { backupRetentionDays: 14, geoRedundantBackup: "Disabled" },
      highAvailability: { mode: "Disabled" },
      location: "westeurope",
      network: { publicNetworkAccess: "Disabled" },
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      sku: { name: "Standard_B2s", tier: "Burstable" },
      storage: {
        autoGrow: "Enabled",
        autoIoScaling: "Enabled",
        logOnDisk: "Disabled",
        storageRedundancy: "LocalRedundancy",
        storageSizeGB: 20,
      },
      tags: { site: "standby" },
      version: "8.0.21",
    },
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
        {
          groupIds: ["mysqlServer"],
          name: "mysqlServer",
          privateLinkServiceId: "/id/Server/database",
        },
      ],
      resourceGroupName: "shop-standby-rg",
      subnet: {
        id: "/id/subnet",
        privateEndpointNetworkPolicies: "Disabled",
        privateLinkServiceNetworkPolicies: "Enabled",
      },
      tags: { site: "standby" },
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
