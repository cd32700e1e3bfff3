import { EdgeFirewall } from "../../components/edge-firewall";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("a limit for each address, on every public name", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new EdgeFirewall("edge-firewall", {
        resourceGroupName: place.resourceGroupName,
        tags: place.tags,
        profileName: "shop-edge",
        policyName: "shopfirewall",
        domainIds: ["/id/www", "/id/standby"],
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:cdn:SecurityPolicy edge-firewall-hosts": {
      parameters: {
        associations: [{ domains: [{ id: "/id/www" }, { id: "/id/standby" }], patternsToMatch: ["/*"] }],
        type: "WebApplicationFirewall",
        wafPolicy: { id: "/id/Policy/edge-firewall" },
      },
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      securityPolicyName: "hosts",
    },
    "azure-native:frontdoor:Policy edge-firewall": {
      customRules: {
        rules: [
          {
            action: "Block",
            enabledState: "Enabled",
            matchConditions: [
              { matchValue: ["0.0.0.0/0", "::/0"], matchVariable: "SocketAddr", operator: "IPMatch" },
            ],
            name: "FloodFromOneAddress",
            priority: 100,
            rateLimitDurationInMinutes: 5,
            rateLimitThreshold: 6000,
            ruleType: "RateLimitRule",
          },
        ],
      },
      location: "Global",
      policyName: "shopfirewall",
      policySettings: { customBlockResponseStatusCode: 429, enabledState: "Enabled", mode: "Prevention" },
      resourceGroupName: "shop-standby-rg",
      sku: { name: "Standard_AzureFrontDoor" },
      tags: { site: "standby" },
    },
  });
});
