import type * as pulumi from "@pulumi/pulumi";

/** Where a component's resources are made, and how they are marked. */
export interface Place {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly location: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Type token of a component. */
export const componentType = (name: string): string => `warm-standby:index:${name}`;
