import type { ReportedEvent } from "../types";
import { seconds } from "../words";
import { html, nothing, type Html } from "./html";

/** The day's diary in story time. */
export function timeline(events: readonly ReportedEvent[]): Html {
  if (events.length === 0) return nothing;
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">The day</h2>
    <ol class="timeline">
      ${events.map(
        ({ at, storyTime, event, detail }) =>
          html`<li>
            <time>${storyTime}</time>
            <div>
              <b>${event}</b>
              <span class="at">${seconds(at)}</span>
              <p>${detail}</p>
            </div>
          </li>`,
      )}
    </ol>
  </section>`;
}
