import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "./place";

export interface LogsArgs {
  readonly workspaceId: pulumi.Input<string>;
  readonly resourceUri: pulumi.Input<string>;
  /** Log categories, as the resource's type names them. */
  readonly categories: readonly string[];
}

/** Sends a resource's logs and metrics to the workspace. */
export class Logs extends pulumi.ComponentResource {
  constructor(name: string, args: LogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Logs"), name, {}, opts);
    new monitor.DiagnosticSetting(
      name,
      {
        name: "workspace",
        resourceUri: args.resourceUri,
        workspaceId: args.workspaceId,
        logs: args.categories.map((category) => ({ category, enabled: true })),
        metrics: [{ category: "AllMetrics", enabled: true }],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
