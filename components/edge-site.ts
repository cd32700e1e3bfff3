import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";
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
    const group = new cdn.AFDOriginGroup(
      `${name}-origins`,
      {
        resourceGroupName,
        profileName,
        originGroupName: "shop",
        // No probes: with one origin nothing could be done about a failed one, and they come from every edge location.
        loadBalancingSettings: {
          sampleSize: 4,
          successfulSamplesRequired: 3,
          additionalLatencyInMilliseconds: 50,
        },
        sessionAffinityState: "Disabled",
      },
      { parent: this },
    );
    const origin = new cdn.AFDOrigin(
      `${name}-origin`,
      {
        resourceGroupName,
        profileName,
        originGroupName: group.name,
        originName: "app",
        hostName: args.originHost,
        // No originHostHeader: the visitor's own host goes through.
        httpPort: 80,
        httpsPort: 443,
        priority: 1,
        weight: 1000,
        enabledState: "Enabled",
        enforceCertificateNameCheck: true,
      },
      { parent: this },
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
      // Azure refuses a route whose group has no origin yet.
      { parent: this, dependsOn: [origin] },
    );
    this.routeId = route.id;
    this.registerOutputs({ routeId: this.routeId });
  }
}
