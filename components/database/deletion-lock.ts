import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Keeps a server from being deleted, in the portal as by any tool. What lies in the server inherits the lock
 * (learn.microsoft.com, azure-resource-manager/management/lock-resources), so it comes after everything in it, and goes
 * before anything of it.
 */
export function lockDeletion(
  name: string,
  serverId: pulumi.Input<string>,
  parent: pulumi.Resource,
  after: readonly pulumi.Resource[],
): authorization.ManagementLockByScope {
  return new authorization.ManagementLockByScope(
    name,
    {
      scope: serverId,
      lockName: "keep-the-data",
      level: "CanNotDelete",
      notes: "Holds the shop's data. Taken away by `pulumi config set deletionLock false`, then `pulumi up`.",
    },
    { parent, dependsOn: [...after] },
  );
}
