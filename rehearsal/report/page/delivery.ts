import type { DrillReport } from "../types";
import { count, seconds } from "../words";
import { html, nothing, type Html } from "./html";

type Line = readonly [name: string, value: string, state?: "good" | "bad"];

/** Mail, images, the cutover and the pauses, as short lists. */
export function delivery(report: DrillReport): Html {
  const { cutover, images, mail, pauses } = report;
  const zeroIsGood = (value: number): "good" | "bad" => (value === 0 ? "good" : "bad");
  return html`<section class="cards">
    ${[
      card("Mail", [
        ["Accepted", count(mail.accepted)],
        ["Deferred at the limit", count(mail.deferred)],
        ["Delivered", count(mail.delivered)],
        ["Lost", count(mail.lost), zeroIsGood(mail.lost)],
      ]),
      card("Images", [
        ["Requests", count(images.requests)],
        ["From the edge's cache", count(images.fromEdge)],
        ["From storage", count(Math.max(0, images.requests - images.fromEdge - images.failed))],
        ["Failed", count(images.failed), zeroIsGood(images.failed)],
      ]),
      card("Cutover", [
        ["Records changed", count(cutover.recordsChanged), cutover.recordsChanged === 1 ? "good" : "bad"],
        ["First visit on the standby after", seconds(cutover.secondsToFirstStandbyVisit)],
        ["Last visit on the primary after", seconds(cutover.lastPrimaryVisitSeconds)],
      ]),
      pauses.length === 0
        ? nothing
        : card(
            "Pauses",
            pauses.map((pause): Line => [`Closed at ${pause.storyTime}, for`, seconds(pause.seconds)]),
          ),
    ]}
  </section>`;
}

function card(title: string, lines: readonly Line[]): Html {
  return html`<div class="card">
    <h2>${title}</h2>
    <dl>
      ${lines.map(
        ([name, value, state]) =>
          html`<div>
            <dt>${name}</dt>
            <dd class="${state ?? ""}">${value}</dd>
          </div>`,
      )}
    </dl>
  </div>`;
}
