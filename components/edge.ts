import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "./place";

export interface EdgeArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly profileName: pulumi.Input<string>;
  readonly endpointName: pulumi.Input<string>;
  /** Gives the profile an identity of its own, by which it reads a certificate in a vault. */
  readonly readsVault: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a part of the edge belongs to. */
export interface EdgeProfile {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly profileName: pulumi.Input<string>;
}

/** Front Door: the profile and the one endpoint that every public name of the standby points at. */
export class Edge extends pulumi.ComponentResource {
  readonly profileName: pulumi.Output<string>;
  readonly profileId: pulumi.Output<string>;
  readonly endpointName: pulumi.Output<string>;
  /** The CNAME target. */
  readonly host: pulumi.Output<string>;
  /** What the edge sends to origins as `X-Azure-FDID`. */
  readonly frontDoorId: pulumi.Output<string>;
  /** Object id of the profile's own identity, where it has one. */
  readonly principalId: pulumi.Output<string> | undefined;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Edge"), name, {}, opts);
    const profile = new cdn.Profile(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        profileName: args.profileName,
        location: "Global",
        sku: { name: "Standard_AzureFrontDoor" },
        originResponseTimeoutSeconds: 60,
        ...(args.readsVault ? { identity: { type: "SystemAssigned" } } : {}),
        tags: args.tags,
      },
      { parent: this },
    );
    const endpoint = new cdn.AFDEndpoint(
      `${name}-endpoint`,
      {
        resourceGroupName: args.resourceGroupName,
        profileName: profile.name,
        endpointName: args.endpointName,
        location: "Global",
        enabledState: "Enabled",
        tags: args.tags,
      },
      { parent: this },
    );
    this.profileName = profile.name;
    this.profileId = profile.id;
    this.endpointName = endpoint.name;
    this.host = endpoint.hostName;
    this.frontDoorId = profile.frontDoorId;
    this.principalId = args.readsVault
      ? profile.identity.apply((identity) => identity?.principalId ?? "")
      : undefined;
    this.registerOutputs({ host: this.host, frontDoorId: this.frontDoorId });
  }
}
