import path from "node:path";
import { StoryClock } from "../clock";
import { withCleanup, type Scope } from "../processes/cleanup";
import { consoleTable, prepareReport, writeReport, type DrillReport } from "../report";
import { heldBy, judge } from "../visitors/judge";
import { databasesOf, outboxesEmpty } from "./databases";
import { toReport } from "./outcome";
import { defaultSeed, defaultSpeed } from "./plan";
import { Day, type Played } from "./story";
import { Timeline } from "./timeline";
import { openWorld, type World } from "./world";

export interface DrillOptions {
  /** Whose visits, orders and people (default: the story's). */
  readonly seed?: number | undefined;
  /** Story seconds in a real one. */
  readonly speed?: number | undefined;
  /** Leaves the run's folder in place. */
  readonly keep: boolean;
  /** Gets each line of the day as it happens. */
  readonly say: (line: string) => void;
}

/** Where the report goes, in the folder that the command is run in. */
export const reportFolder = "drill-report";

/**
 * Plays the day and judges it. Whatever happens, nothing of it is left running, and nothing lies about but the report.
 *
 * @throws Fault where a step of the day refuses or fails
 */
export async function drill(options: DrillOptions): Promise<DrillReport> {
  const folder = path.resolve(reportFolder);
  prepareReport(folder);
  const report = await withCleanup((scope) => play(scope, options, path.join(folder, "logs")));
  writeReport(folder, report);
  return report;
}

/** The outcome as a person reads it. */
export function outcome(report: DrillReport): string {
  return `${consoleTable(report)}\nThe whole day: ${path.join(reportFolder, "index.html")}`;
}

async function play(
  scope: Scope,
  { seed = defaultSeed, speed = defaultSpeed, keep, say }: DrillOptions,
  logsTo: string,
) {
  // The story begins once both sites stand; until then its clock says "before".
  const clock = {
    current: new StoryClock({ startedAt: Date.now() + 3_600_000, speed }),
    begin: () => {
      clock.current = new StoryClock({ startedAt: Date.now(), speed });
    },
  };
  const timeline = new Timeline(() => clock.current, say);
  const world = await openWorld(scope, { seed, clock: clock.current.settings, keep, say, logsTo });
  timeline.add("the world is open", `pulumi ${world.engine.version} (${world.engine.source})`);
  const played = await new Day(world, timeline, clock).play();
  const verdict = await judged(world, played);
  const mail = await mailOf(world);
  timeline.add("the judge", verdict.ok ? "everything is where its owner left it" : "not all is well");
  return toReport({
    seed,
    clock: clock.current,
    engine: world.engine,
    timeline,
    played,
    verdict,
    mail,
  });
}

/** Both sites' mail servers: the shared host's relay has no limit. */
async function mailOf({ cloud, primary }: World) {
  const { accepted, deferred } = await cloud.control.call("mailCounts", {});
  return { accepted: accepted + (await primary.delivered()).length, deferred };
}

async function judged(world: World, played: Played) {
  const databases = await databasesOf(world);
  await outboxesEmpty(databases, world.signal);
  const fromStandby = await world.cloud.control.call("deliveredMail", {});
  const fromPrimary = await world.primary.delivered();
  return judge({
    ledger: played.ledger,
    database: databases.standby,
    delivered: [
      ...fromPrimary,
      ...fromStandby.map(({ to, headers }) => ({ to, order: headers["x-order"] ?? "" })),
    ],
    flippedAt: played.flippedAt,
    held: heldBy(played.reconcile.conflicts),
  });
}
