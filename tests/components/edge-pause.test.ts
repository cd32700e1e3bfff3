import { EdgePause } from "../../components/edge-pause";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

test("ready beside the shop, with one path that always leads there", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new EdgePause("edge-pause", {
        resourceGroupName: place.resourceGroupName,
        profileName: "shop-edge",
        endpointName: "shop-abc123",
        originHost: "shop-pause-abc123.azurewebsites.net",
        domainId: "/id/standby",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:cdn:AFDOrigin edge-pause-origin": {
      enabledState: "Enabled",
      enforceCertificateNameCheck: true,
      hostName: "shop-pause-abc123.azurewebsites.net",
      httpPort: 80,
      httpsPort: 443,
      originGroupName: "pause",
      originHostHeader: "shop-pause-abc123.azurewebsites.net",
      originName: "page",
      priority: 1,
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      weight: 1000,
    },
    "azure-native:cdn:AFDOriginGroup edge-pause-origins": {
      loadBalancingSettings: {
        additionalLatencyInMilliseconds: 50,
        sampleSize: 4,
        successfulSamplesRequired: 3,
      },
      originGroupName: "pause",
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      sessionAffinityState: "Disabled",
    },
    "azure-native:cdn:Route edge-pause-route": {
      customDomains: [{ id: "/id/standby" }],
      enabledState: "Enabled",
      endpointName: "shop-abc123",
      forwardingProtocol: "HttpsOnly",
      httpsRedirect: "Enabled",
      linkToDefaultDomain: "Disabled",
      originGroup: { id: "/id/AFDOriginGroup/edge-pause-origins" },
      patternsToMatch: ["/.well-known/standby-pause"],
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      routeName: "pause",
      supportedProtocols: ["Http", "Https"],
    },
  });
});
