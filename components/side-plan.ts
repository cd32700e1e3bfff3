import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface SidePlanArgs extends Place {
  readonly planName: pulumi.Input<string>;
}

/**
 * A small plan of its own for what must go on while the shop's own machines are at their limit: the page that closes
 * the shop, and the scheduled job. Basic is the lowest tier with Always On
 * (https://learn.microsoft.com/azure/app-service/overview-hosting-plans). Each app on it brings its own identity.
 */
export class SidePlan extends pulumi.ComponentResource {
  readonly planId: pulumi.Output<string>;

  constructor(name: string, args: SidePlanArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("SidePlan"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const plan = new web.AppServicePlan(
      name,
      {
        resourceGroupName,
        name: args.planName,
        location,
        kind: "linux",
        // Linux.
        reserved: true,
        sku: { name: "B1", tier: "Basic", capacity: 1 },
        tags,
      },
      { parent: this },
    );
    this.planId = plan.id;
    this.registerOutputs({ planId: this.planId });
  }
}
