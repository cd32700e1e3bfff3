import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface WatchArgs extends Place {
  readonly workspaceName: pulumi.Input<string>;
  readonly insightsName: pulumi.Input<string>;
  readonly actionGroupName: pulumi.Input<string>;
  readonly email: pulumi.Input<string>;
  /** `+<country code> <number>`, for a text message beside the mail. */
  readonly phone?: string | undefined;
  /** https address that gets every alert as JSON in the common alert schema. */
  readonly webhook?: pulumi.Input<string> | undefined;
}

/** Where logs and measurements go, and the people whom an alert reaches. */
export class Watch extends pulumi.ComponentResource {
  readonly workspaceId: pulumi.Output<string>;
  readonly insightsId: pulumi.Output<string>;
  /**
   * No secret to Azure: it lets measurements be written and nothing be read (App Service, Key Vault references). As one,
   * it would hide the app's whole configuration from every preview.
   */
  readonly connectionString: pulumi.Output<string>;
  readonly actionGroupId: pulumi.Output<string>;

  constructor(name: string, args: WatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Watch"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const workspace = new operationalinsights.Workspace(
      `${name}-logs`,
      {
        resourceGroupName,
        workspaceName: args.workspaceName,
        location,
        sku: { name: "PerGB2018" },
        retentionInDays: 30,
        tags,
      },
      { parent: this },
    );
    const insights = new applicationinsights.Component(
      `${name}-insights`,
      {
        resourceGroupName,
        resourceName: args.insightsName,
        location,
        kind: "web",
        applicationType: "web",
        ingestionMode: "LogAnalytics",
        workspaceResourceId: workspace.id,
        tags,
      },
      { parent: this },
    );
    const people = new monitor.ActionGroup(
      `${name}-people`,
      {
        resourceGroupName,
        actionGroupName: args.actionGroupName,
        location: "Global",
        enabled: true,
        // 12 characters at most: what a text message is signed with.
        groupShortName: "standby",
        emailReceivers: [{ name: "mail", emailAddress: args.email, useCommonAlertSchema: true }],
        smsReceivers: args.phone === undefined ? [] : [{ name: "phone", ...splitPhone(args.phone) }],
        webhookReceivers:
          args.webhook === undefined
            ? []
            : [{ name: "webhook", serviceUri: args.webhook, useCommonAlertSchema: true }],
        tags,
      },
      { parent: this },
    );
    this.workspaceId = workspace.id;
    this.insightsId = insights.id;
    this.connectionString = insights.connectionString;
    this.actionGroupId = people.id;
    this.registerOutputs({ actionGroupId: this.actionGroupId });
  }
}

/** `+1 5550100200` in the two parts that Azure wants. */
function splitPhone(phone: string): { countryCode: string; phoneNumber: string } {
  const [countryCode = "", phoneNumber = ""] = phone.replace(/^\+/, "").split(" ");
  return { countryCode, phoneNumber };
}
