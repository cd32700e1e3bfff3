import type { DrillReport } from "../types";
import { count, percent, seconds, storyDuration, verdictDetail, verdictTitle } from "../words";
import { html, type Html } from "./html";

/** The ledger's verdict in large type, and the day's few most important figures. */
export function verdict(report: DrillReport): Html {
  const { cutover, images, mail, orders } = report;
  return html`<header class="verdict ${report.ok ? "good" : "bad"}">
    <p class="overline">Warm standby, rehearsed</p>
    <h1>${verdictTitle(report)}</h1>
    <p class="lead">${verdictDetail(report)}</p>
    <dl class="tiles">
      ${[
        tile(
          "Orders placed",
          count(orders.placed),
          `${count(orders.onPrimary)} on the primary, ${count(orders.onStandby)} on the standby`,
        ),
        tile(
          "Late orders brought over",
          `${count(orders.brought)} of ${count(orders.stragglers)}`,
          `after a tail of ${storyDuration(cutover.tailSeconds)}`,
        ),
        tile(
          "Cutover",
          seconds(cutover.secondsToFirstStandbyVisit),
          `to the first visit on the standby, ${records(cutover.recordsChanged)} changed`,
        ),
        tile(
          "Mail delivered",
          percent(mail.delivered, mail.accepted),
          `${count(mail.deferred)} times deferred at the limit`,
        ),
        tile(
          "Images from the edge",
          percent(images.fromEdge, images.requests),
          `${count(images.failed)} of ${count(images.requests)} failed`,
        ),
      ]}
    </dl>
  </header>`;
}

function tile(name: string, figure: string, remark: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd class="figure">${figure}</dd>
    <dd class="remark">${remark}</dd>
  </div>`;
}

function records(changed: number): string {
  return changed === 1 ? "1 record" : `${count(changed)} records`;
}
