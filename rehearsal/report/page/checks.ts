import type { ReportedCheck } from "../types";
import { count } from "../words";
import { html, nothing, type Html } from "./html";

const signs = { pass: "pass", warn: "warning", fail: "fail", unknown: "unknown" } as const;
const states = { pass: "good", warn: "warn", fail: "bad", unknown: "warn" } as const;

/** What `standby check` found before the cutover. */
export function checks(all: readonly ReportedCheck[]): Html {
  if (all.length === 0) return nothing;
  const passed = all.filter(({ status }) => status === "pass").length;
  return html`<section aria-labelledby="checks">
    <h2 id="checks">Checks before the cutover</h2>
    <p class="about">${count(passed)} of ${count(all.length)} passed.</p>
    <ul class="checks">
      ${all.map(check)}
    </ul>
  </section>`;
}

function check({ id, status, found, wanted, fix }: ReportedCheck): Html {
  return html`<li>
    <span class="badge ${states[status]}">${signs[status]}</span>
    <div>
      <b>${id}</b>
      <p>${found}</p>
      ${status === "pass" ? nothing : html`<p class="fix">Wanted: ${wanted}. ${fix}</p>`}
    </div>
  </li>`;
}
