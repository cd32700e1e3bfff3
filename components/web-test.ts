import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";
import { componentType, type Place } from "./place";

export interface WebTestArgs extends Place {
  readonly testName: pulumi.Input<string>;
  readonly insightsId: pulumi.Input<string>;
  readonly actionGroupId: pulumi.Input<string>;
  readonly url: pulumi.Input<string>;
  readonly description: string;
  /** What its alert tells the reader to do. */
  readonly advice: string;
  /** Each look is paid for, see `standby cost`. `close`: five places every five minutes; `apart`: three every fifteen. */
  readonly watched: keyof typeof rhythms;
  /** Whether its certificate must be good for two more weeks; not asked of a host that is reached by another name. */
  readonly checkCertificate: boolean;
  /** 0 wakes someone up, 4 is for the record. */
  readonly severity: 0 | 1 | 2 | 3 | 4;
}

/** Where the tests look from, Azure's own names for the places: three continents first, then a second one of two. */
const places = ["emea-nl-ams-azr", "us-va-ash-azr", "apac-sg-sin-azr", "emea-gb-db3-azr", "us-ca-sjc-azr"];

/** How many places look how often (in seconds), and the window of the alert, which holds one look of each. */
const rhythms = {
  close: { places: 5, frequency: 300, window: "PT5M" },
  apart: { places: 3, frequency: 900, window: "PT15M" },
} as const;

/** A page fetched again and again from several places outside, and the alert when more than one of them cannot. */
export class WebTest extends pulumi.ComponentResource {
  constructor(name: string, args: WebTestArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("WebTest"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const rhythm = rhythms[args.watched];
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
        frequency: rhythm.frequency,
        timeout: 30,
        retryEnabled: true,
        locations: places.slice(0, rhythm.places).map((place) => ({ location: place })),
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
        description: pulumi.interpolate`${args.description}: more than one place outside cannot get ${args.url}. ${args.advice}`,
        enabled: true,
        severity: args.severity,
        scopes: [test.id, args.insightsId],
        evaluationFrequency: "PT1M",
        windowSize: rhythm.window,
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
