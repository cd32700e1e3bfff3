import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../place";
import type { PrincipalKind } from "../roles";

/** Where a database server is joined to the private network. */
export interface PrivateNetworkPlace {
  readonly endpointSubnetId: pulumi.Input<string>;
  readonly privateZoneId: pulumi.Input<string>;
}

/** The Entra principal that administers the server beside the generated password. */
export interface DatabaseAdministrator {
  readonly objectId: string;
  readonly name: string;
  readonly kind: PrincipalKind;
  readonly tenantId: pulumi.Input<string>;
  /** MySQL alone: the user-assigned identity, by ARM id, with which the server looks principals up. */
  readonly identityId?: string | undefined;
}

export interface DatabaseArgs extends Place {
  readonly serverName: pulumi.Input<string>;
  readonly sku: { readonly name: string; readonly tier: string };
  readonly network: PrivateNetworkPlace;
  /** Beside the private network, exactly these IPv4 addresses get in; none closes public access. */
  readonly operatorAddresses: readonly string[];
  readonly administrator?: DatabaseAdministrator | undefined;
  /** Azure refuses to delete the server or anything in it. */
  readonly deletionLock: boolean;
}

/** What the rest of a site needs of a database server, whatever its engine. */
export interface StandbyDatabase extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  /** URL with its password (secret), TLS demanded. */
  readonly url: pulumi.Output<string>;
  /** ARM id of the server, which private endpoints lead to. */
  readonly serverId: pulumi.Output<string>;
  /** The resource whose metric `cpu_percent` says how busy it is. */
  readonly monitoredId: pulumi.Output<string>;
}

export const adminUser = "shopadmin";
export const databaseName = "shop";
/** Days that a point in time can be restored. */
export const backupDays = 14;
