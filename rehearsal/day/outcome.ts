import type { StoryClock } from "../clock";
import type { Engine } from "../engine/find";
import type { DrillReport, ReportedFate, ReportedIdentity, ReportedSeries } from "../report";
import type { Fate, Verdict } from "../visitors/judge";
import type { Played } from "./story";
import type { Timeline } from "./timeline";

/** What the report is made of. */
export interface Outcome {
  readonly seed: number;
  readonly clock: StoryClock;
  readonly engine: Engine;
  readonly timeline: Timeline;
  readonly played: Played;
  readonly verdict: Verdict;
  readonly mail: { readonly accepted: number; readonly deferred: number };
}

/** Puts the day and the judge's verdict into the shape of `report.json`. */
export function toReport(outcome: Outcome): DrillReport {
  const { clock, engine, timeline, played, verdict } = outcome;
  const { firstStandbyVisit, lastPrimaryVisit } = verdict.cutover;
  const real = (milliseconds: number | null): number | null =>
    milliseconds === null ? null : Math.round(milliseconds) / 1000;
  return {
    ok: verdict.ok,
    seed: outcome.seed,
    speed: clock.settings.speed,
    seconds: timeline.seconds(),
    timeline: timeline.all(),
    cutover: {
      recordsChanged: played.recordsChanged,
      secondsToFirstStandbyVisit: real(firstStandbyVisit),
      tailSeconds:
        lastPrimaryVisit === null ? null : Math.round((lastPrimaryVisit / 1000) * clock.settings.speed),
      lastPrimaryVisitSeconds: real(lastPrimaryVisit),
    },
    orders: toFate(verdict.orders),
    users: toFate(verdict.users),
    identities: played.reconcile.headroom.map(toIdentity),
    mail: { ...outcome.mail, delivered: verdict.mail.delivered, lost: verdict.mail.lost },
    images: verdict.images,
    pauses: [],
    checks: played.check.checks,
    engine: { cli: engine.version, source: engine.source },
    findings: verdict.findings,
    changes: verdict.changes,
    series: toSeries(outcome),
  };
}

const toFate = (fate: Fate): ReportedFate => ({
  placed: fate.placed,
  onPrimary: fate.onPrimary,
  onStandby: fate.onStandby,
  stragglers: fate.stragglers,
  brought: fate.brought,
  lost: fate.lost,
  duplicated: fate.duplicated,
  misattributed: fate.misattributed,
  held: fate.held,
});

/** What the old site used of each offset since the last plan, and what was left of it when the tail was over. */
const toIdentity = ({
  table,
  column,
  used,
  left,
}: Played["reconcile"]["headroom"][number]): ReportedIdentity => ({
  table,
  column,
  offset: (BigInt(used) + BigInt(left)).toString(),
  used,
  headroom: left,
});

function toSeries({ clock, timeline, played, verdict }: Outcome): ReportedSeries {
  const points = verdict.series;
  const mark = (moment: number, label: string) => ({
    at: timeline.secondsAt(moment),
    storyTime: clock.timeOfDay(clock.elapsed(moment)),
    label,
  });
  const column = <T>(of: (point: (typeof points)[number]) => T): T[] => points.map(of);
  return {
    at: column(({ at }) => timeline.secondsAt(at)),
    storyTime: column(({ at }) => clock.timeOfDay(clock.elapsed(at))),
    ordersPrimary: column(({ ordersOnPrimary }) => ordersOnPrimary),
    ordersStandby: column(({ ordersOnStandby }) => ordersOnStandby),
    requests: column(({ requests }) => requests),
    failures: column(({ failed }) => failed),
    images: column(({ images }) => images),
    edgeImages: column(({ imagesFromEdge }) => imagesFromEdge),
    imageFailures: column(({ imagesFailed }) => imagesFailed),
    marks: [mark(clock.settings.startedAt, "the article"), mark(played.flippedAt, "the flip")],
  };
}
