import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";
import { edgeOrigin, type EdgeOrigin } from "./edge-origin";
import { componentType } from "./place";

export interface EdgeSiteArgs extends EdgeProfile {
  readonly endpointName: pulumi.Input<string>;
  /** The app's own host, whose certificate the edge checks. */
  readonly originHost: pulumi.Input<string>;
  /** Ids of the custom domains that lead to the app. */
  readonly domainIds: readonly pulumi.Input<string>[];
  /** Where visitors are led while the shop is closed. */
  readonly pause: EdgeOrigin;
  readonly open: boolean;
}

/** What leads visitors to the shop or to the pause page: ids of one route and of its two possible origin groups. */
export interface ShopSwitch {
  readonly route: pulumi.Output<string>;
  readonly open: pulumi.Output<string>;
  readonly closed: pulumi.Output<string>;
}

/**
 * The shop at the edge: everything to the app, nothing cached, the visitor's host passed on. Opening and closing
 * changes the route's origin group and nothing else: both stand ready.
 */
export class EdgeSite extends pulumi.ComponentResource {
  readonly switch: ShopSwitch;

  constructor(name: string, args: EdgeSiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EdgeSite"), name, {}, opts);
    const { resourceGroupName, profileName, pause } = args;
    const shop = edgeOrigin(
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
        originGroup: { id: (args.open ? shop : pause).group.id },
        customDomains: args.domainIds.map((id) => ({ id })),
        patternsToMatch: ["/*"],
        supportedProtocols: ["Http", "Https"],
        httpsRedirect: "Enabled",
        forwardingProtocol: "HttpsOnly",
        // The app answers to its public names only.
        linkToDefaultDomain: "Disabled",
        enabledState: "Enabled",
      },
      { parent: this, dependsOn: [shop.origin, pause.origin] },
    );
    this.switch = { route: route.id, open: shop.group.id, closed: pause.group.id };
    this.registerOutputs({ switch: this.switch });
  }
}
