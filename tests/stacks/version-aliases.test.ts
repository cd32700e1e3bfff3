import * as pulumi from "@pulumi/pulumi";
import { withoutVersionAliases } from "../../stacks/version-aliases";

class Thing extends pulumi.ComponentResource {}

const left = (aliases: pulumi.ComponentResourceOptions["aliases"] | undefined) =>
  withoutVersionAliases({
    type: "azure-native:monitor:MetricAlert",
    name: "alert",
    props: { enabled: true },
    opts: { protect: true, ...(aliases === undefined ? {} : { aliases }) },
    resource: Object.create(Thing.prototype) as Thing,
  });

test("an alias that only names an API version goes, one by which a type was renamed stays, and all else with it", () => {
  const kept = [
    { type: "azure-native:insights:MetricAlert" },
    { name: "alert-before" },
    "urn:pulumi:standby::warm-standby::azure-native:insights/v20180301:MetricAlert::alert",
  ];
  const versions = ["monitor/v20180301", "monitor/v20240301preview", "insights/v20180301"].map((module) => ({
    type: `azure-native:${module}:MetricAlert`,
  }));
  expect(left([...versions, ...kept])).toEqual({
    props: { enabled: true },
    opts: { protect: true, aliases: kept },
  });
});

test("a resource without aliases is left as it is", () => {
  expect(left(undefined)).toBeUndefined();
});
