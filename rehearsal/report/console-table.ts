import Table from "cli-table3";
import type { DrillReport, ReportedFate } from "./types";
import { count, seconds, storyDuration, verdictTitle } from "./words";

/** No colours: the table looks the same on a terminal, in a log and in a file. */
const plain = { head: [], border: [], compact: true };

/** The day's end as text: what became of orders and accounts, what is left of the identities, and the cutover. */
export function consoleTable(report: DrillReport): string {
  const { cutover, identities, images, mail } = report;
  const right = (columns: number): ("left" | "right")[] => ["left", ...Array<"right">(columns).fill("right")];

  const fates = new Table({
    head: [
      "",
      "placed",
      "on primary",
      "on standby",
      "stragglers",
      "brought",
      "held",
      "lost",
      "duplicated",
      "misattributed",
    ],
    colAligns: right(9),
    style: plain,
  });
  fates.push(fateRow("orders", report.orders), fateRow("users", report.users));

  const headroom = new Table({
    head: ["identity", "offset", "used", "headroom"],
    colAligns: right(3),
    style: plain,
  });
  for (const { table, column, offset, used, headroom: left } of identities)
    headroom.push([printable(`${table}.${column}`), count(offset), count(used), count(left)]);

  const day = new Table({ style: plain, colAligns: ["left", "right"] });
  day.push(
    ["DNS records changed", count(cutover.recordsChanged)],
    ["first visit on the standby", `after ${seconds(cutover.secondsToFirstStandbyVisit)}`],
    ["last visit on the primary", `after ${seconds(cutover.lastPrimaryVisitSeconds)}`],
    ["tail in the story", storyDuration(cutover.tailSeconds)],
    ["mail delivered", `${count(mail.delivered)} of ${count(mail.accepted)}`],
    ["mail deferred at the limit", count(mail.deferred)],
    ["images from the edge", `${count(images.fromEdge)} of ${count(images.requests)}`],
    ["images failed", count(images.failed)],
  );

  const tables = identities.length > 0 ? [fates, headroom, day] : [fates, day];
  return [...tables.map(String), verdictTitle(report)].join("\n");
}

function fateRow(name: string, fate: ReportedFate): string[] {
  const {
    placed,
    onPrimary,
    onStandby,
    stragglers,
    brought,
    held = 0,
    lost,
    duplicated,
    misattributed,
  } = fate;
  const counts = [placed, onPrimary, onStandby, stragglers, brought, held, lost, duplicated, misattributed];
  return [name, ...counts.map(count)];
}

/** A name from a database, without characters that a terminal would act on. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, "?");
}
