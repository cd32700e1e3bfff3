/**
 * What the standby's own job measures: the one place that the job, the alerts, the workbook and the tests share. Each
 * is one line of JSON on the job's stdout, `{"metric":"standby.ready","value":1,"at":"<ISO 8601>"}`, which App Service
 * hands on to the table AppServiceConsoleLogs.
 */
export interface MetricAbout {
  /** As the lines, the alerts and the workbook spell it. */
  readonly name: `standby.${string}`;
  readonly unit: "0 or 1" | "percent" | "hours" | "days" | "seconds" | "checks" | "orders";
  /** What the value says, for the workbook's reader. */
  readonly about: string;
}

export const metrics = {
  heartbeat: {
    name: "standby.heartbeat",
    unit: "0 or 1",
    about: "A run of the checks has come to its end, well or not: the job lives and nothing holds it up.",
  },
  failedRun: {
    name: "standby.failed-run",
    unit: "0 or 1",
    about: "Whether a run of the job (its `task`) failed.",
  },
  live: { name: "standby.live", unit: "0 or 1", about: "Whether the public name leads to the standby." },
  dnsAsDeclared: {
    name: "standby.dns-as-declared",
    unit: "0 or 1",
    about: "Whether every name server of the zone sends the public name to one of the two sites.",
  },
  ready: {
    name: "standby.ready",
    unit: "0 or 1",
    about: "Whether nothing keeps the standby from taking over.",
  },
  checkFailures: {
    name: "standby.check-failures",
    unit: "checks",
    about: "Checks that failed, or that could not look.",
  },
  idHeadroom: {
    name: "standby.id-headroom",
    unit: "percent",
    about: "What is left of the ids between the two sites, in the table that has least.",
  },
  baseAge: {
    name: "standby.base-age",
    unit: "hours",
    about: "Time since the last sync; not told once live.",
  },
  certificateDays: {
    name: "standby.certificate-days",
    unit: "days",
    about: "Days until the first certificate of the edge expires; 0 where one is not valid.",
  },
  imagesAtEdge: {
    name: "standby.images-at-edge",
    unit: "0 or 1",
    about: "Whether the front page's images come from the edge.",
  },
  mailReady: {
    name: "standby.mail-ready",
    unit: "0 or 1",
    about: "Whether mail is verified, in DNS, lets the shop sign in and has limits for the forecast.",
  },
  ordersPrimary: {
    name: "standby.orders-primary",
    unit: "orders",
    about: "Orders in the primary's database.",
  },
  ordersStandby: {
    name: "standby.orders-standby",
    unit: "orders",
    about: "Orders in the standby's database.",
  },
  synced: { name: "standby.synced", unit: "0 or 1", about: "Whether the nightly sync was done." },
  syncSeconds: { name: "standby.sync-seconds", unit: "seconds", about: "How long the nightly sync took." },
} as const satisfies Readonly<Record<string, MetricAbout>>;

export type Metric = keyof typeof metrics;

/** Values by metric, as far as they are known. */
export type Figures = Readonly<Partial<Record<Metric, number>>>;
