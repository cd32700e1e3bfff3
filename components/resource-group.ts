import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface StandbyGroupArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The resource group that holds everything of a site. */
export class StandbyGroup extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly id: pulumi.Output<string>;
  /** What the other components are placed by. */
  readonly place: Place;

  constructor(name: string, args: StandbyGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("StandbyGroup"), name, {}, opts);
    const group = new resources.ResourceGroup(
      name,
      { resourceGroupName: args.resourceGroupName, location: args.location, tags: args.tags },
      { parent: this },
    );
    this.name = group.name;
    this.id = group.id;
    this.place = { resourceGroupName: group.name, location: args.location, tags: args.tags };
    this.registerOutputs({ name: this.name });
  }
}
