import { WebTest } from "../../components/web-test";
import { place } from "./examples";
import { declared, runMocked } from "./mocked";

const declare = async (watched: "close" | "apart") => {
  const { registered } = await runMocked(
    "standby",
    () =>
      new WebTest("test-public", {
        ...place,
        testName: "shop-public",
        insightsId: "/id/insights",
        actionGroupId: "/id/people",
        url: "https://www.blanklabel.example/healthz",
        description: "The shop",
        advice: "Look at it.",
        watched,
        severity: 0,
        checkCertificate: true,
      }),
  );
  return declared(registered);
};

test("a page fetched from several places, and its alert", async () => {
  expect(await declare("close")).toEqual({
    "azure-native:applicationinsights:WebTest test-public": {
      description: "The shop",
      enabled: true,
      frequency: 300,
      kind: "standard",
      location: "westeurope",
      locations: [
        { location: "emea-nl-ams-azr" },
        { location: "us-va-ash-azr" },
        { location: "apac-sg-sin-azr" },
        { location: "emea-gb-db3-azr" },
        { location: "us-ca-sjc-azr" },
      ],
      request: {
        followRedirects: true,
        httpVerb: "GET",
        parseDependentRequests: false,
        requestUrl: "https://www.blanklabel.example/healthz",
      },
      resourceGroupName: "shop-standby-rg",
      retryEnabled: true,
      syntheticMonitorId: "shop-public",
      tags: { "hidden-link:/id/insights": "Resource", site: "standby" },
      timeout: 30,
      validationRules: { expectedHttpStatusCode: 200, sSLCertRemainingLifetimeCheck: 14, sSLCheck: true },
      webTestKind: "standard",
      webTestName: "shop-public",
    },
    "azure-native:monitor:MetricAlert test-public-alert": {
      actions: [{ actionGroupId: "/id/people" }],
      autoMitigate: true,
      criteria: {
        componentId: "/id/insights",
        failedLocationCount: 2,
        odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
        webTestId: "/id/WebTest/test-public",
      },
      description:
        "The shop: more than one place outside cannot get https://www.blanklabel.example/healthz. Look at it.",
      enabled: true,
      evaluationFrequency: "PT1M",
      location: "global",
      resourceGroupName: "shop-standby-rg",
      ruleName: "shop-public",
      scopes: ["/id/WebTest/test-public", "/id/insights"],
      severity: 0,
      tags: { site: "standby" },
      windowSize: "PT5M",
    },
  });
});

test("what need not be seen within minutes is looked at less, since each look costs", async () => {
  const resources = await declare("apart");
  expect(resources["azure-native:applicationinsights:WebTest test-public"]).toMatchObject({
    frequency: 900,
    locations: ["emea-nl-ams-azr", "us-va-ash-azr", "apac-sg-sin-azr"].map((location) => ({ location })),
  });
  expect(resources["azure-native:monitor:MetricAlert test-public-alert"]).toMatchObject({
    windowSize: "PT15M",
  });
});
