import type { DatabaseAdministrator, DatabaseArgs } from "../../../components/database";
import { place } from "../examples";

/** What every engine's component is made of in the tests. */
export const databaseArgs: DatabaseArgs = {
  ...place,
  serverName: "shop-abc123",
  sku: { name: "Standard_B2s", tier: "Burstable" },
  network: { endpointSubnetId: "/id/subnet", privateZoneId: "/id/zone" },
  operatorAddresses: [],
  deletionLock: true,
};

export const administrator: DatabaseAdministrator = {
  objectId: "77777777-8888-4999-8aaa-bbbbbbbbbbbb",
  name: "database-administrators",
  kind: "Group",
  tenantId: "11111111-2222-4333-8444-555555555555",
};

/** The lock on the server, as every engine declares it. */
export const lockOn = (scope: string) => ({
  "azure-native:authorization:ManagementLockByScope database-lock": {
    scope,
    lockName: "keep-the-data",
    level: "CanNotDelete",
    notes: "Holds the shop's data. Taken away by `pulumi config set deletionLock false`, then `pulumi up`.",
  },
});
