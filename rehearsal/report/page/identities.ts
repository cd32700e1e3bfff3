import type { ReportedIdentity } from "../types";
import { count } from "../words";
import { html, nothing, type Html } from "./html";

/** How much of each identity's offset the day used. */
export function identities(all: readonly ReportedIdentity[]): Html {
  if (all.length === 0) return nothing;
  return html`<section aria-labelledby="identities">
    <h2 id="identities">Headroom of the identities</h2>
    <p class="about">
      Each identity of the standby starts above the primary's, so that ids handed out on both sides never
      meet. A bar shows how much of that distance the primary used.
    </p>
    <div class="wide">
      <table class="numbers bars">
        <thead>
          <tr>
            <th scope="col">Identity</th>
            <th scope="col" class="bar-column"><span class="hidden">Share used</span></th>
            <th scope="col">Used</th>
            <th scope="col">Offset</th>
            <th scope="col">Left</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(identity)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function identity({ table, column, offset, used, headroom }: ReportedIdentity): Html {
  const share = Number(offset) > 0 ? Math.min(Math.max(Number(used) / Number(offset), 0), 1) : 1;
  const state = Number(headroom) <= 0 ? "bad" : share > 0.8 ? "warn" : "good";
  return html`<tr>
    <th scope="row"><span class="name">${table}</span>.<wbr />${column}</th>
    <td class="bar-column">
      <span class="bar ${state}"><span class="share" style="width:${(share * 100).toFixed(1)}%"></span></span>
    </td>
    <td data-name="Used">${count(used)}</td>
    <td data-name="Offset">${count(offset)}</td>
    <td data-name="Left" class="${state}">${count(headroom)}</td>
  </tr>`;
}
