import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import { pauseReadyPath } from "../settings/pause-page";
import type { EdgeProfile } from "./edge";
import { edgeOrigin, type EdgeOrigin } from "./edge-origin";
import { componentType } from "./place";

export interface EdgePauseArgs extends EdgeProfile {
  readonly endpointName: pulumi.Input<string>;
  /** The pause page's own host, whose certificate the edge checks. */
  readonly originHost: pulumi.Input<string>;
  /** Id of the custom domain below which the page says that it stands ready. */
  readonly domainId: pulumi.Input<string>;
}

/**
 * The pause page at the edge, ready beside the shop. One path always leads there, so that the way to it can be tried
 * through the edge while the shop is open.
 */
export class EdgePause extends pulumi.ComponentResource {
  /** What the shop's route is led to in order to close it. */
  readonly destination: EdgeOrigin;

  constructor(name: string, args: EdgePauseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EdgePause"), name, {}, opts);
    const { resourceGroupName, profileName } = args;
    this.destination = edgeOrigin(
      name,
      {
        resourceGroupName,
        profileName,
        groupName: "pause",
        originName: "page",
        host: args.originHost,
        // It answers for every public name alike: none is bound to it.
        hostHeader: args.originHost,
      },
      this,
    );
    new cdn.Route(
      `${name}-route`,
      {
        resourceGroupName,
        profileName,
        endpointName: args.endpointName,
        routeName: "pause",
        originGroup: { id: this.destination.group.id },
        customDomains: [{ id: args.domainId }],
        patternsToMatch: [pauseReadyPath],
        supportedProtocols: ["Http", "Https"],
        httpsRedirect: "Enabled",
        forwardingProtocol: "HttpsOnly",
        linkToDefaultDomain: "Disabled",
        enabledState: "Enabled",
      },
      { parent: this, dependsOn: [this.destination.origin] },
    );
    this.registerOutputs();
  }
}
