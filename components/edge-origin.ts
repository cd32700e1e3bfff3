import * as cdn from "@pulumi/azure-native/cdn";
import type * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";

export interface EdgeOriginArgs extends EdgeProfile {
  readonly groupName: string;
  readonly originName: string;
  /** Whose certificate the edge checks. */
  readonly host: pulumi.Input<string>;
  /** What the origin is asked for; left out, the visitor's own host goes through. */
  readonly hostHeader?: pulumi.Input<string>;
}

export interface EdgeOrigin {
  readonly group: cdn.AFDOriginGroup;
  /** A route must wait for it: Azure refuses one whose group has no origin yet. */
  readonly origin: cdn.AFDOrigin;
}

/**
 * A group of one origin, reached by HTTPS. It is not probed: with one origin nothing could be done about a failed one,
 * and probes come from every edge location.
 */
export function edgeOrigin(name: string, args: EdgeOriginArgs, parent: pulumi.Resource): EdgeOrigin {
  const { resourceGroupName, profileName } = args;
  const group = new cdn.AFDOriginGroup(
    `${name}-origins`,
    {
      resourceGroupName,
      profileName,
      originGroupName: args.groupName,
      loadBalancingSettings: {
        sampleSize: 4,
        successfulSamplesRequired: 3,
        additionalLatencyInMilliseconds: 50,
      },
      sessionAffinityState: "Disabled",
    },
    { parent },
  );
  const origin = new cdn.AFDOrigin(
    `${name}-origin`,
    {
      resourceGroupName,
      profileName,
      originGroupName: group.name,
      originName: args.originName,
      hostName: args.host,
      ...(args.hostHeader === undefined ? {} : { originHostHeader: args.hostHeader }),
      httpPort: 80,
      httpsPort: 443,
      priority: 1,
      weight: 1000,
      enabledState: "Enabled",
      enforceCertificateNameCheck: true,
    },
    { parent },
  );
  return { group, origin };
}
