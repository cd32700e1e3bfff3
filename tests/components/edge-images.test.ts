import { EdgeImages } from "../../components/edge-images";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

const hourly = (ruleName: string, order: number, fileName: string, negateCondition: boolean) => ({
  actions: [
    {
      name: "ModifyResponseHeader",
      parameters: {
        headerAction: "Overwrite",
        headerName: "Cache-Control",
        typeName: "DeliveryRuleHeaderActionParameters",
        value: "public, max-age=3600",
      },
    },
  ],
  conditions: [
    {
      name: "UrlFileName",
      parameters: {
        matchValues: [fileName],
        negateCondition,
        operator: "RegEx",
        typeName: "DeliveryRuleUrlFilenameConditionParameters",
      },
    },
  ],
  matchProcessingBehavior: "Continue",
  order,
  profileName: "shop-edge",
  resourceGroupName: "shop-standby-rg",
  ruleName,
  ruleSetName: "images",
});

test("from storage, cached: for an hour, or for as long as storage says of a name that carries a hash", async () => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new EdgeImages("edge-images", {
        resourceGroupName: place.resourceGroupName,
        profileName: "shop-edge",
        endpointName: "shop-abc123",
        storageHost: "shopimg.blob.core.windows.net",
        container: "images",
        domainId: "/id/images",
      }),
  );
  expect(declared(registered)).toEqual({
    "azure-native:cdn:AFDOrigin edge-images-origin": {
      enabledState: "Enabled",
      enforceCertificateNameCheck: true,
      hostName: "shopimg.blob.core.windows.net",
      httpPort: 80,
      httpsPort: 443,
      originGroupName: "images",
      originHostHeader: "shopimg.blob.core.windows.net",
      originName: "storage",
      priority: 1,
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      weight: 1000,
    },
    "azure-native:cdn:AFDOriginGroup edge-images-origins": {
      loadBalancingSettings: {
        additionalLatencyInMilliseconds: 50,
        sampleSize: 4,
        successfulSamplesRequired: 3,
      },
      originGroupName: "images",
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      sessionAffinityState: "Disabled",
    },
    "azure-native:cdn:Route edge-images-route": {
      cacheConfiguration: {
        compressionSettings: {
          contentTypesToCompress: [
            "application/json",
            "image/svg+xml",
            "text/css",
            "text/javascript",
            "text/plain",
          ],
          isCompressionEnabled: true,
        },
        queryStringCachingBehavior: "IgnoreQueryString",
      },
      customDomains: [{ id: "/id/images" }],
      enabledState: "Enabled",
      endpointName: "shop-abc123",
      forwardingProtocol: "HttpsOnly",
      httpsRedirect: "Enabled",
      linkToDefaultDomain: "Disabled",
      originGroup: { id: "/id/AFDOriginGroup/edge-images-origins" },
      originPath: "/images",
      patternsToMatch: ["/*"],
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      routeName: "images",
      ruleSets: [{ id: "/id/RuleSet/edge-images-rules" }],
      supportedProtocols: ["Http", "Https"],
    },
    "azure-native:cdn:Rule edge-images-plain": hourly("plain", 1, "\\.[0-9a-f]{8,64}\\.[0-9A-Za-z]+$", true),
    "azure-native:cdn:Rule edge-images-dated": hourly("dated", 2, "\\.[0-9]{8,64}\\.[0-9A-Za-z]+$", false),
    "azure-native:cdn:RuleSet edge-images-rules": {
      profileName: "shop-edge",
      resourceGroupName: "shop-standby-rg",
      ruleSetName: "images",
    },
  });
});
