import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import { imageCacheControl } from "../settings/image-cache";
import type { EdgeProfile } from "./edge";
import { edgeOrigin } from "./edge-origin";
import { componentType } from "./place";

export interface EdgeImagesArgs extends EdgeProfile {
  readonly endpointName: pulumi.Input<string>;
  /** Host of the storage account's blobs. */
  readonly storageHost: pulumi.Input<string>;
  readonly container: pulumi.Input<string>;
  readonly domainId: pulumi.Input<string>;
}

/** Images at the edge: from storage, cached, in use from the first day. */
export class EdgeImages extends pulumi.ComponentResource {
  readonly routeId: pulumi.Output<string>;

  constructor(name: string, args: EdgeImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EdgeImages"), name, {}, opts);
    const { resourceGroupName, profileName } = args;
    const { group, origin } = edgeOrigin(
      name,
      {
        resourceGroupName,
        profileName,
        groupName: "images",
        originName: "storage",
        host: args.storageHost,
        hostHeader: args.storageHost,
      },
      this,
    );
    const rules = new cdn.RuleSet(
      `${name}-rules`,
      { resourceGroupName, profileName, ruleSetName: "images" },
      { parent: this },
    );
    const caching = new cdn.Rule(
      `${name}-cache-control`,
      {
        resourceGroupName,
        profileName,
        ruleSetName: rules.name,
        ruleName: "cachecontrol",
        order: 1,
        matchProcessingBehavior: "Continue",
        actions: [
          {
            name: "ModifyResponseHeader",
            parameters: {
              typeName: "DeliveryRuleHeaderActionParameters",
              headerAction: "Overwrite",
              headerName: "Cache-Control",
              value: imageCacheControl,
            },
          },
        ],
      },
      { parent: this },
    );
    const route = new cdn.Route(
      `${name}-route`,
      {
        resourceGroupName,
        profileName,
        endpointName: args.endpointName,
        routeName: "images",
        originGroup: { id: group.id },
        originPath: pulumi.interpolate`/${args.container}`,
        customDomains: [{ id: args.domainId }],
        ruleSets: [{ id: rules.id }],
        patternsToMatch: ["/*"],
        supportedProtocols: ["Http", "Https"],
        httpsRedirect: "Enabled",
        forwardingProtocol: "HttpsOnly",
        linkToDefaultDomain: "Disabled",
        cacheConfiguration: {
          // A made-up query must not reach storage.
          queryStringCachingBehavior: "IgnoreQueryString",
          compressionSettings: {
            isCompressionEnabled: true,
            contentTypesToCompress: ["image/svg+xml", "text/plain"],
          },
        },
        enabledState: "Enabled",
      },
      { parent: this, dependsOn: [origin, caching] },
    );
    this.routeId = route.id;
    this.registerOutputs({ routeId: this.routeId });
  }
}
