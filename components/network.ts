import * as network from "@pulumi/azure-native/network";
import * as privatedns from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface PrivateNetworkArgs extends Place {
  readonly networkName: pulumi.Input<string>;
  /** Name of the private zone in which private endpoints are found, e.g. privatelink.database.windows.net. */
  readonly privateZoneName: pulumi.Input<string>;
}

/** A site's own network: a subnet a plan for its apps' outgoing calls, one for private endpoints, a private zone. */
export class PrivateNetwork extends pulumi.ComponentResource {
  readonly appSubnetId: pulumi.Output<string>;
  readonly endpointSubnetId: pulumi.Output<string>;
  readonly privateZoneId: pulumi.Output<string>;
  private readonly addSubnet: (subnetName: string, addressPrefix: string) => pulumi.Output<string>;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("PrivateNetwork"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const parent = { parent: this };

    const whole = new network.VirtualNetwork(
      name,
      {
        resourceGroupName,
        virtualNetworkName: args.networkName,
        location,
        addressSpace: { addressPrefixes: ["10.20.0.0/16"] },
        tags,
      },
      parent,
    );
    const forApps = (subnetName: string, addressPrefix: string, dependsOn: pulumi.Resource[]) =>
      new network.Subnet(
        `${name}-${subnetName}`,
        {
          resourceGroupName,
          virtualNetworkName: whole.name,
          subnetName,
          addressPrefix,
          delegations: [{ name: "app-service", serviceName: "Microsoft.Web/serverFarms" }],
        },
        // A network takes one change at a time.
        { parent: this, dependsOn },
      );
    const app = forApps("app", "10.20.1.0/26", []);
    const endpoints = new network.Subnet(
      `${name}-endpoints`,
      {
        resourceGroupName,
        virtualNetworkName: whole.name,
        subnetName: "endpoints",
        addressPrefix: "10.20.2.0/27",
        privateEndpointNetworkPolicies: "Disabled",
      },
      { parent: this, dependsOn: [app] },
    );
    const zone = new privatedns.PrivateZone(
      `${name}-zone`,
      { resourceGroupName, privateZoneName: args.privateZoneName, location: "global", tags },
      parent,
    );
    new privatedns.VirtualNetworkLink(
      `${name}-zone-link`,
      {
        resourceGroupName,
        privateZoneName: zone.name,
        // Of whichever site; another name would make the link anew.
        virtualNetworkLinkName: "standby",
        location: "global",
        registrationEnabled: false,
        virtualNetwork: { id: whole.id },
        tags,
      },
      parent,
    );

    this.appSubnetId = app.id;
    this.endpointSubnetId = endpoints.id;
    this.privateZoneId = zone.id;
    this.registerOutputs({
      appSubnetId: this.appSubnetId,
      endpointSubnetId: this.endpointSubnetId,
    });
    this.addSubnet = (subnetName, addressPrefix) => forApps(subnetName, addressPrefix, [endpoints]).id;
  }

  /** For the apps of a side plan, since a delegated subnet belongs to one plan: the id of a subnet of its own. */
  withSideSubnet(): pulumi.Output<string> {
    // The smallest that App Service takes: one instance, and its successor while it is exchanged.
    return this.addSubnet("side", "10.20.3.0/28");
  }
}
