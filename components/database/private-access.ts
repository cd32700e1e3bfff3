import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "../place";
import type { DatabaseEngine } from "../../settings";
import type { PrivateNetworkPlace } from "./database";

/** Private link's name of each engine's server (learn.microsoft.com, private-link/private-endpoint-overview). */
export const privateLinkGroups: Readonly<Record<DatabaseEngine, string>> = {
  postgres: "postgresqlServer",
  sqlserver: "sqlServer",
  mysql: "mysqlServer",
};

export interface PrivateAccessArgs extends Place {
  readonly endpointName: pulumi.Input<string>;
  readonly targetId: pulumi.Input<string>;
  /** Private link's name of what is joined, e.g. sqlServer or postgresqlServer. */
  readonly groupId: string;
  readonly network: PrivateNetworkPlace;
}

/** Joins a service to the private network, and to the private zone so that its usual name leads there. */
export class PrivateAccess extends pulumi.ComponentResource {
  constructor(name: string, args: PrivateAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("PrivateAccess"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const endpoint = new network.PrivateEndpoint(
      name,
      {
        resourceGroupName,
        privateEndpointName: args.endpointName,
        location,
        subnet: { id: args.network.endpointSubnetId },
        privateLinkServiceConnections: [
          { name: args.groupId, privateLinkServiceId: args.targetId, groupIds: [args.groupId] },
        ],
        tags,
      },
      { parent: this },
    );
    new network.PrivateDnsZoneGroup(
      `${name}-zone`,
      {
        resourceGroupName,
        privateEndpointName: endpoint.name,
        privateDnsZoneGroupName: "default",
        privateDnsZoneConfigs: [{ name: "private-zone", privateDnsZoneId: args.network.privateZoneId }],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
