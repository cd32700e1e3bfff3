import type { DrillReport, ReportedFate, ReportedFinding } from "../types";
import { count } from "../words";
import { html, nothing, type Html } from "./html";

/** What became of every order and account, by the visitors' own ledger. */
export function ledger(report: DrillReport): Html {
  const { changes } = report;
  return html`<section aria-labelledby="ledger">
    <h2 id="ledger">The ledger</h2>
    <p class="about">
      Kept by the visitors themselves, apart from the shop's databases, and compared with the surviving one at
      the end of the day.
    </p>
    <table class="numbers ledger">
      <thead>
        <tr>
          <th scope="col"><span class="hidden">What became of them</span></th>
          <th scope="col">Orders</th>
          <th scope="col">Accounts</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map((line) => row(line, report.orders, report.users))}
      </tbody>
    </table>
    ${
      changes === undefined
        ? nothing
        : html`<p class="about">
            ${count(changes.acknowledged)} changes of address, cancellations and closures:
            ${count(changes.lost)} lost, ${count(changes.held)} held back by a reported conflict.
          </p>`
    }
    ${findings(report.findings ?? [])}
  </section>`;
}

interface Line {
  readonly name: string;
  readonly meaning: string;
  readonly value: (fate: ReportedFate) => number;
  /** Whether anything but zero is a fault. */
  readonly fault?: boolean;
}

const lines: readonly Line[] = [
  { name: "Placed", meaning: "acknowledged by the shop", value: ({ placed }) => placed },
  { name: "On the primary", meaning: "the shared host", value: ({ onPrimary }) => onPrimary },
  { name: "On the standby", meaning: "behind the edge", value: ({ onStandby }) => onStandby },
  {
    name: "Stragglers",
    meaning: "on the primary after the cutover",
    value: ({ stragglers }) => stragglers,
  },
  { name: "Brought", meaning: "stragglers that reconcile brought over", value: ({ brought }) => brought },
  { name: "Held", meaning: "kept back by a conflict it reported", value: ({ held = 0 }) => held },
  { name: "Lost", meaning: "nowhere to be found", value: ({ lost }) => lost, fault: true },
  { name: "Duplicated", meaning: "there more than once", value: ({ duplicated }) => duplicated, fault: true },
  {
    name: "Misattributed",
    meaning: "attached to the wrong person",
    value: ({ misattributed }) => misattributed,
    fault: true,
  },
];

function row({ name, meaning, value, fault = false }: Line, ...fates: readonly ReportedFate[]): Html {
  const state = (figure: number): string => (!fault ? "" : figure === 0 ? "good" : "bad");
  return html`<tr>
    <th scope="row">${name} <span class="meaning">${meaning}</span></th>
    ${fates.map(value).map((figure) => html`<td class="${state(figure)}">${count(figure)}</td>`)}
  </tr>`;
}

/** Findings shown at most; all of them are in report.json. */
const shown = 50;

function findings(all: readonly ReportedFinding[]): Html {
  if (all.length === 0) return nothing;
  return html`<h3>What was found</h3>
    <ul class="findings">
      ${all
        .slice(0, shown)
        .map(
          ({ kind, what, key, detail }) =>
            html`<li><b>${what} ${key}</b> <span class="bad">${kind}</span> ${detail}</li>`,
        )}
    </ul>
    ${all.length > shown ? html`<p class="about">and ${count(all.length - shown)} more in report.json</p>` : nothing}`;
}
