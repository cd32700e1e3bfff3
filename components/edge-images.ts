import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import { datedFileName, hashedFileName, imageCacheControl } from "../settings/image-cache";
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

/** Images at the edge: from storage, cached, in use from the first day; those whose name carries a hash for good. */
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
    // What carries a hash keeps the header that storage has for it: a rule would put it on storage's 404s as well, and a
    // browser that came a moment too early would remember for a year that there is no such image.
    const hourly = (part: string, order: number, fileName: string, negateCondition: boolean) =>
      new cdn.Rule(
        `${name}-${part}`,
        {
          resourceGroupName,
          profileName,
          ruleSetName: rules.name,
          ruleName: part,
          order,
          matchProcessingBehavior: "Continue",
          conditions: [
            {
              name: "UrlFileName",
              parameters: {
                typeName: "DeliveryRuleUrlFilenameConditionParameters",
                operator: "RegEx",
                negateCondition,
                matchValues: [fileName],
              },
            },
          ],
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
    const caching = [hourly("plain", 1, hashedFileName, true), hourly("dated", 2, datedFileName, false)];
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
            // Of those that `standby images push` gives out, what is text.
            contentTypesToCompress: [
              "application/json",
              "image/svg+xml",
              "text/css",
              "text/javascript",
              "text/plain",
            ],
          },
        },
        enabledState: "Enabled",
      },
      { parent: this, dependsOn: [origin, ...caching] },
    );
    this.routeId = route.id;
    this.registerOutputs({ routeId: this.routeId });
  }
}
