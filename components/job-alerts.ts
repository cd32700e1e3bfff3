import * as pulumi from "@pulumi/pulumi";
import { LogAlert, type LogAlertArgs, type LogCondition } from "./log-alert";
import { mailQuery, metricQuery, undelivered } from "./metric-query";
import { componentType, type Place } from "./place";

/** What the limits of the alerts follow from. */
export interface AlertLimits {
  /** The oldest that a sync may be, in hours. */
  readonly syncAgeHours: number;
  readonly mailsPerHour: number;
}

export interface JobAlertsArgs extends Place, AlertLimits {
  /** What the rules' names begin with. */
  readonly baseName: string;
  readonly workspaceId: pulumi.Input<string>;
  readonly actionGroupId: pulumi.Input<string>;
}

/** An alert on what the job tells or what a service logs. */
export type JobAlert = Pick<LogAlertArgs, "description" | "severity"> &
  LogCondition & { readonly part: string };

/** The job tells hourly: two hours always hold a value, whatever minute the rule is run at. */
const hourly = { window: "PT2H", every: "PT30M" } as const;

/** Calls people when what the standby's job tells, or its silence, says that the day would go wrong. */
export class JobAlerts extends pulumi.ComponentResource {
  constructor(name: string, args: JobAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("JobAlerts"), name, {}, opts);
    const { resourceGroupName, location, tags, workspaceId, actionGroupId, baseName } = args;
    for (const { part, ...alert } of jobAlerts(args))
      new LogAlert(
        `${name}-${part}`,
        {
          ...alert,
          resourceGroupName,
          location,
          tags,
          ruleName: `${baseName}-${part}`,
          workspaceId,
          actionGroupId,
        },
        { parent: this },
      );
    this.registerOutputs();
  }
}

/** Every alert on logs: what it looks at, and what its description tells the reader to do. */
export function jobAlerts({ syncAgeHours, mailsPerHour }: AlertLimits): readonly JobAlert[] {
  // Support raises no limits above two percent of failures; a handful is no share of anything.
  const failures = Math.max(5, Math.ceil(mailsPerHour * 0.02));
  return [
    {
      part: "dns",
      ...hourly,
      query: metricQuery("dnsAsDeclared"),
      aggregation: "Minimum",
      operator: "LessThan",
      threshold: 1,
      severity: 0,
      description:
        "A name server of the zone sends the shop's name to neither site, or they disagree: visitors may not reach any " +
        "shop. Run `standby check` to see who answers what, and `pulumi up --refresh --stack prod` to put the record " +
        "right; without Pulumi, `standby cutover primary --break-glass`.",
    },
    {
      part: "id-headroom",
      ...hourly,
      query: metricQuery("idHeadroom"),
      aggregation: "Minimum",
      operator: "LessThan",
      threshold: 25,
      severity: 1,
      description:
        "Less than a quarter of the ids between the two sites is left in some table: late orders on the primary could " +
        "soon get ids that the standby has given out. Before a cutover run `standby identities --from primary --to " +
        "standby --apply`; after one, close the primary by its own switch and run `standby reconcile --from primary " +
        "--to standby`.",
    },
    {
      part: "base-age",
      ...hourly,
      query: metricQuery("baseAge"),
      aggregation: "Maximum",
      operator: "GreaterThan",
      threshold: syncAgeHours,
      severity: 2,
      description:
        `The last sync is more than ${String(syncAgeHours)} hours old, longer than the offsets of the ids allow for. ` +
        "Run `standby sync --from primary --to standby`; then see in the job's log why the nightly one did not do it " +
        "(primaryDatabaseUrl has to be set, and the primary's database must let the standby in).",
    },
    {
      part: "certificate",
      ...hourly,
      query: metricQuery("certificateDays"),
      aggregation: "Minimum",
      operator: "LessThan",
      threshold: 30,
      severity: 1,
      description:
        "A certificate of the edge expires in less than 30 days, or is not valid. While its name leads elsewhere it " +
        "does not rotate by itself: see with `standby check` which one it is, and run `standby certificate renew`.",
    },
    {
      part: "checks",
      ...hourly,
      query: metricQuery("checkFailures"),
      // All that were told in the window: one that was just being looked at wakes nobody.
      aggregation: "Minimum",
      operator: "GreaterThan",
      threshold: 0,
      severity: 2,
      description:
        "A check fails or cannot look: the standby could not take over right now. Run `standby check`; it names what " +
        "is wrong and the fix of each.",
    },
    {
      part: "failed-run",
      ...hourly,
      query: metricQuery("failedRun"),
      aggregation: "Maximum",
      operator: "GreaterThan",
      threshold: 0,
      severity: 2,
      description:
        "A run of the standby's job (sync, check or renewal) failed. Its own words are in the workspace: " +
        '`AppServiceConsoleLogs | where ResultDescription contains "failed:"`. A sync that refuses since the standby ' +
        "has rows of its own is right to: find out who wrote them before anything is forced.",
    },
    {
      part: "silent",
      window: "PT3H",
      every: "PT30M",
      query: metricQuery("heartbeat"),
      aggregation: "Count",
      operator: "LessThan",
      threshold: 1,
      severity: 1,
      description:
        "The standby's job has told nothing for three hours, so no other alert about ids, base, certificate or DNS can " +
        "be raised. Look at the job's web app (its log stream, its health check), and restart it; until it speaks " +
        "again, run `standby check` by hand.",
    },
    {
      part: "mail",
      window: "PT1H",
      every: "PT15M",
      query: `${mailQuery}\n| where DeliveryStatus in~ (${undelivered.map((status) => `"${status}"`).join(", ")})`,
      aggregation: "Count",
      operator: "GreaterThan",
      threshold: failures,
      severity: 1,
      description:
        `More than ${String(failures)} mails in an hour reached nobody: customers wait for confirmations. The ` +
        "workbook shows why (bounced, spam, suppressed). Run `standby check` for the mail domain's records and " +
        "verification, and clean the list of addresses before Azure stops the sender.",
    },
  ];
}
