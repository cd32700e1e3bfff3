import * as pulumi from "@pulumi/pulumi";
import type { AlertArgs } from "../components/alert";
import type { Hosts } from "../components/names";
import type { WebTestArgs } from "../components/web-test";
import type { StandbySettings } from "../settings";
import { healthPath } from "../settings/health";

type Test = Pick<WebTestArgs, "url" | "description" | "advice" | "watched" | "checkCertificate" | "severity">;

interface Seen {
  readonly settings: StandbySettings;
  readonly primaryHost: pulumi.Input<string>;
  readonly hosts: Hosts;
}

/** Both sites and the images, as visitors see them. */
export function webTests({
  settings,
  primaryHost,
  hosts,
}: Seen): readonly (Test & { readonly part: string })[] {
  return [
    {
      part: "public",
      url: `https://${hosts.public}${healthPath}`,
      description: "The shop as its visitors reach it",
      advice:
        "Customers cannot buy, unless the shop is paused on purpose (`standby resume` ends that). Look with `standby " +
        "watch` which site answers; if the primary is down and stays so, run `standby cutover standby`.",
      severity: 0,
      watched: "close",
      checkCertificate: true,
    },
    {
      part: "primary",
      url: pulumi.interpolate`https://${primaryHost}${healthPath}`,
      description: "The primary itself",
      advice:
        "While it serves the shop, run `standby check` and get ready for `standby cutover standby`; after a cutover, its " +
        "late orders cannot be brought over until it answers again.",
      severity: 1,
      watched: "close",
      // By its own name the primary may show another's certificate.
      checkCertificate: false,
    },
    {
      part: "standby",
      url: `https://${hosts.standby}${healthPath}`,
      description: "The standby itself",
      advice: "It could not take over right now: run `standby check`, which names what is wrong and the fix.",
      severity: 1,
      watched: "apart",
      checkCertificate: true,
    },
    {
      part: "images",
      url: `https://${hosts.images}${settings.watchedImage}`,
      description: "Images from the edge",
      advice:
        "Visitors of either site see no images. Run `standby images push FOLDER` if this one was never uploaded; else " +
        "run `standby check` and look at the edge's own health.",
      severity: 1,
      watched: "apart",
      checkCertificate: true,
    },
  ];
}

type LoadAlert = Pick<AlertArgs, "metric" | "aggregation" | "above" | "severity" | "description">;

/** The standby's own load: what to do before visitors leave. */
export const loadAlerts: readonly (LoadAlert & {
  readonly part: string;
  readonly of: "app" | "plan" | "database" | "edge";
})[] = [
  {
    part: "app-errors",
    of: "app",
    metric: "Http5xx",
    aggregation: "Total",
    above: 10,
    severity: 1,
    description:
      "The standby's app has answered more than ten requests in five minutes with an error of its own. Its log stream " +
      "says which; a version that was just deployed is taken back by its slot.",
  },
  {
    part: "app-slow",
    of: "app",
    metric: "HttpResponseTime",
    aggregation: "Average",
    above: 3,
    severity: 2,
    description:
      "The standby's app takes more than three seconds for an answer. If its plan or its database is busy, too, grow " +
      "with `pulumi config set size surge --stack standby` and `pulumi up`, in place; else read its log.",
  },
  {
    part: "app-busy",
    of: "plan",
    metric: "CpuPercentage",
    aggregation: "Average",
    above: 85,
    severity: 2,
    description:
      "The standby's plan computes at more than 85 %. It grows by itself up to its limit; beyond that, `pulumi config " +
      "set size surge --stack standby` and `pulumi up` grow it in place.",
  },
  {
    part: "database-busy",
    of: "database",
    metric: "cpu_percent",
    aggregation: "Average",
    above: 85,
    severity: 2,
    description:
      "The standby's database computes at more than 85 %. Growing it (`pulumi config set size surge --stack standby`, " +
      "`pulumi up`) restarts it for a moment: pause the shop first if orders come in, with `standby pause`.",
  },
  {
    part: "edge-errors",
    of: "edge",
    metric: "Percentage5XX",
    aggregation: "Average",
    above: 5,
    severity: 1,
    description:
      "More than one in twenty answers at the edge is an error. With the shop paused on purpose that is its page; " +
      "otherwise look at the standby's app and its health check.",
  },
];
