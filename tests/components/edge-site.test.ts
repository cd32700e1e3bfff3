import { EdgeSite } from "../../components/edge-site";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("everything to the app, uncached, the visitor's host kept", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new EdgeSite("edge-shop", {
        resourceGroupName: place.resourceGroupName,
        profileName: "shop-edge",
        endpointName: "shop-abc123",
        originHost: "shop-abc123.azurewebsites.net",
        domainIds: ["/id/www", "/id/standby"],
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:cdn:AFDOrigin edge-shop-origin": {
      enabledState: "Enabled",
      enforceCertificateNameCheck: true,
      hostName: "shop-abc123.azurewebsites.net",
      httpPort: 80,
      httpsPort: 443,
      originGroupName: "shop",
      originName: "app",
      priority: 1,
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      weight: 1000,
    },
    "azure-native:cdn:AFDOriginGroup edge-shop-origins": {
      loadBalancingSettings: {
        additionalLatencyInMilliseconds: 50,
        sampleSize: 4,
        successfulSamplesRequired: 3,
      },
      originGroupName: "shop",
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      sessionAffinityState: "Disabled",
    },
    "azure-native:cdn:Route edge-shop-route": {
      customDomains: [{ id: "/id/www" }, { id: "/id/standby" }],
      enabledState: "Enabled",
      endpointName: "shop-abc123",
      forwardingProtocol: "HttpsOnly",
      httpsRedirect: "Enabled",
      linkToDefaultDomain: "Disabled",
      originGroup: { id: "/id/AFDOriginGroup/edge-shop-origins" },
      patternsToMatch: ["/*"],
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      routeName: "shop",
      supportedProtocols: ["Http", "Https"],
    },
  });
});
