import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";
import { edgeOrigin } from "./edge-origin";
import { componentType } from "./place";

export interface EdgeSiteArgs extends EdgeProfile {
  readonly endpointName: pulumi.Input<string>;
  /** The app's own host, whose certificate the edge checks. */
  readonly originHost: pulumi.Input<string>;
  /** Ids of the custom domains that lead to the app. */
  readonly domainIds: readonly pulumi.Input<string>[];
}

/** The shop at the edge: everything to the app, nothing cached, the visitor's host passed on. */
export class EdgeSite extends pulumi.ComponentResource {
  readonly routeId: pulumi.Output<string>;

  constructor(name: string, args: EdgeSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EdgeSite"), name, {}, opts);
    const { resourceGroupName, profileName } = args;
    const { group, origin } = edgeOrigin(
      name,
      { resourceGroupName, profileName, groupName: "shop", originName: "app", host: args.originHost },
      this,
    );
    const route = new cdn.Route(
      `${name}-route`,
      {
        resourceGroupName,
        profileName,
        endpointName: args.endpointName,
        routeName: "shop",
        originGroup: { id: group.id },
        customDomains: args.domainIds.map((id) => ({ id })),
        patternsToMatch: ["/*"],
        supportedProtocols: ["Http", "Https"],
        httpsRedirect: "Enabled",
        forwardingProtocol: "HttpsOnly",
        // The app answers to its public names only.
        linkToDefaultDomain: "Disabled",
        enabledState: "Enabled",
      },
      { parent: this, dependsOn: [origin] },
    );
    this.routeId = route.id;
    this.registerOutputs({ routeId: this.routeId });
  }
}
