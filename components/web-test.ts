import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface WebTestArgs extends Place {
  readonly testName: pulumi.Input<string>;
  readonly insightsId: pulumi.Input<string>;
  readonly actionGroupId: pulumi.Input<string>;
  readonly url: string;
  readonly description: string;
  /** Whether its certificate must be good for two more weeks; not asked of a host that is reached by another name. */
  readonly checkCertificate: boolean;
  /** 0 wakes someone up, 4 is for the record. */
  readonly severity: 0 | 1 | 2 | 3 | 4;
}

/** Where the tests look from: three continents, Azure's own names for them. */
const places = ["emea-nl-ams-azr", "emea-gb-db3-azr", "us-va-ash-azr", "us-ca-sjc-azr", "apac-sg-sin-azr"];

/** A page fetched every five minutes from several places outside, and the alert when more than one of them cannot. */
export class WebTest extends pulumi.ComponentResource {
  constructor(name: string, args: WebTestArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("WebTest"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const test = new applicationinsights.WebTest(
      name,
      {
        resourceGroupName,
        webTestName: args.testName,
        location,
        syntheticMonitorId: args.testName,
        kind: "standard",
        webTestKind: "standard",
        description: args.description,
        enabled: true,
        frequency: 300,
        timeout: 30,
        retryEnabled: true,
        locations: places.map((place) => ({ location: place })),
        request: {
          requestUrl: args.url,
          httpVerb: "GET",
          followRedirects: true,
          parseDependentRequests: false,
        },
        validationRules: {
          expectedHttpStatusCode: 200,
          ...(args.checkCertificate
            ? { sSLCheck: true, sSLCertRemainingLifetimeCheck: 14 }
            : { sSLCheck: false }),
        },
        // How Azure joins a test to its component.
        tags: pulumi.output(args.insightsId).apply((id) => ({ ...tags, [`hidden-link:${id}`]: "Resource" })),
      },
      { parent: this },
    );
    new monitor.MetricAlert(
      `${name}-alert`,
      {
        resourceGroupName,
        ruleName: args.testName,
        location: "global",
        enabled: true,
        severity: args.severity,
        scopes: [test.id, args.insightsId],
        evaluationFrequency: "PT1M",
        windowSize: "PT5M",
        criteria: {
          odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
          webTestId: test.id,
          componentId: args.insightsId,
          failedLocationCount: 2,
        },
        autoMitigate: true,
        actions: [{ actionGroupId: args.actionGroupId }],
        tags,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
