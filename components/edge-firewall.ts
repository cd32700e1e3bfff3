import * as cdn from "@pulumi/azure-native/cdn";
import * as frontdoor from "@pulumi/azure-native/frontdoor";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeProfile } from "./edge";
import { componentType } from "./place";

export interface EdgeFirewallArgs extends EdgeProfile {
  readonly policyName: pulumi.Input<string>;
  readonly domainIds: readonly pulumi.Input<string>[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Requests in five minutes from one address: far above a household or an office, far below a flood. */
const requestsPerAddress = 6000;

/** Slows down single addresses that flood the shop. The Standard tier has no managed rules. */
export class EdgeFirewall extends pulumi.ComponentResource {
  constructor(name: string, args: EdgeFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EdgeFirewall"), name, {}, opts);
    const policy = new frontdoor.Policy(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        policyName: args.policyName,
        location: "Global",
        sku: { name: "Standard_AzureFrontDoor" },
        policySettings: { enabledState: "Enabled", mode: "Prevention", customBlockResponseStatusCode: 429 },
        customRules: {
          rules: [
            {
              name: "FloodFromOneAddress",
              enabledState: "Enabled",
              priority: 100,
              ruleType: "RateLimitRule",
              rateLimitDurationInMinutes: 5,
              rateLimitThreshold: requestsPerAddress,
              // Every address counts: all of IPv4 and IPv6.
              matchConditions: [
                { matchVariable: "SocketAddr", operator: "IPMatch", matchValue: ["0.0.0.0/0", "::/0"] },
              ],
              action: "Block",
            },
          ],
        },
        tags: args.tags,
      },
      { parent: this },
    );
    new cdn.SecurityPolicy(
      `${name}-hosts`,
      {
        resourceGroupName: args.resourceGroupName,
        profileName: args.profileName,
        securityPolicyName: "hosts",
        parameters: {
          type: "WebApplicationFirewall",
          wafPolicy: { id: policy.id },
          associations: [{ domains: args.domainIds.map((id) => ({ id })), patternsToMatch: ["/*"] }],
        },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
