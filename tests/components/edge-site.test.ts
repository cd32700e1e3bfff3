import { EdgePause } from "../../components/edge-pause";
import { EdgeSite } from "../../components/edge-site";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

const profile = { resourceGroupName: place.resourceGroupName, profileName: "shop-edge" };
const endpointName = "shop-abc123";

async function site(open: boolean) {
  const { registered } = await runMocked("standby", () => {
    const { destination } = new EdgePause("edge-pause", {
      ...profile,
      endpointName,
      originHost: "shop-pause-abc123.azurewebsites.net",
      domainId: "/id/standby",
    });
    new EdgeSite("edge-shop", {
      ...profile,
      endpointName,
      originHost: "shop-abc123.azurewebsites.net",
      domainIds: ["/id/www", "/id/standby"],
      pause: destination,
      open,
    });
  });
  return declared(registered);
}

const route = (originGroup: string) => ({
  customDomains: [{ id: "/id/www" }, { id: "/id/standby" }],
  enabledState: "Enabled",
  endpointName: "shop-abc123",
  forwardingProtocol: "HttpsOnly",
  httpsRedirect: "Enabled",
  linkToDefaultDomain: "Disabled",
  originGroup: { id: originGroup },
  patternsToMatch: ["/*"],
  profileName: "shop-edge",
  resourceGroupName: "shop-standby-rg",
  routeName: "shop",
  supportedProtocols: ["Http", "Https"],
});

test("everything to the app, uncached, the visitor's host kept", async () => {
  const resources = Object.entries(await site(true)).filter(([name]) => name.includes("edge-shop"));
  expect(Object.fromEntries(resources)).toEqual({
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
    "azure-native:cdn:Route edge-shop-route": route("/id/AFDOriginGroup/edge-shop-origins"),
  });
});

test("closing the shop changes the route's origin group, and nothing else anywhere", async () => {
  const open = await site(true);
  expect(await site(false)).toEqual({
    ...open,
    "azure-native:cdn:Route edge-shop-route": route("/id/AFDOriginGroup/edge-pause-origins"),
  });
});
