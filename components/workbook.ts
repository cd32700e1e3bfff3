import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { componentType, type Place } from "./place";
import { workbookContent } from "./workbook-content";

export interface WorkbookArgs extends Place {
  readonly displayName: string;
  readonly imageHost: string;
  readonly workspaceId: pulumi.Input<string>;
  /** Id of the resource group, to which its reader is led for the cost. */
  readonly groupId: pulumi.Input<string>;
}

/** The day's questions at a glance, for who was just called. */
export class Workbook extends pulumi.ComponentResource {
  constructor(name: string, args: WorkbookArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Workbook"), name, {}, opts);
    // A workbook's name is a GUID; people see its display name
    // (https://learn.microsoft.com/azure/templates/microsoft.insights/workbooks).
    const id = new random.RandomUuid(`${name}-id`, {}, { parent: this });
    new applicationinsights.Workbook(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        resourceName: id.result,
        location: args.location,
        kind: "shared",
        category: "workbook",
        displayName: args.displayName,
        // Listed under Azure Monitor's own workbooks.
        sourceId: "azure monitor",
        serializedData: pulumi
          .all([args.workspaceId, args.groupId])
          .apply(([workspaceId, groupId]) =>
            workbookContent({ imageHost: args.imageHost, workspaceId, groupId }),
          ),
        tags: args.tags,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
