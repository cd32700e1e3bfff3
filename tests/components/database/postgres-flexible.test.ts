import { PostgresFlexible } from "../../../components/database/postgres-flexible";
import { databaseArgs, lockOn } from "./examples";
import { declared, runMocked, secret } from "../mocked";

test("private, TLS only, backed up", async () => {
  const { registered } = await runMocked(
    "standby",
    () => new PostgresFlexible("database", { ...databaseArgs }),
  );
  expect(declared(registered)).toEqual({
    ...lockOn("/id/Server/database"),
    "azure-native:dbforpostgresql:Configuration database-require-secure-transport": {
      configurationName: "require_secure_transport",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      source: "user-override",
      value: "on",
    },
    "azure-native:dbforpostgresql:Configuration database-ssl-min-protocol-version": {
      configurationName: "ssl_min_protocol_version",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      source: "user-override",
      value: "TLSv1.2",
    },
    "azure-native:dbforpostgresql:Database database-shop": {
      charset: "UTF8",
      collation: "en_US.utf8",
      databaseName: "shop",
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
    },
    "azure-native:dbforpostgresql:Server database": {
      administratorLogin: "shopadmin",
      administratorLoginPassword: secret("Passw0rdOfThirtyTwoCharacters000"),
      authConfig: { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled", tenantId: "" },
      availabilityZone: "",
      backup: { backupRetentionDays: 14, geoRedundantBackup: "Disabled" },
      highAvailability: { mode: "Disabled", standbyAvailabilityZone: "" },
      location: "westeurope",
      network: { publicNetworkAccess: "Disabled" },
      resourceGroupName: "shop-standby-rg",
      serverName: "shop-abc123",
      sku: { name: "Standard_B2s", tier: "Burstable" },
      storage: { autoGrow: "Enabled", storageSizeGB: 32 },
      tags: { site: "standby" },
      version: "17",
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
          groupIds: ["postgresqlServer"],
          name: "postgresqlServer",
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
