import type { ReportedSeries } from "../types";
import { count } from "../words";
import { html, nothing, type Html } from "./html";

type Column = readonly [name: string, values: readonly number[]];

/** The day in pictures, each with its figures by the hour as a table for those who cannot see it. */
export function charts(series: ReportedSeries | undefined): Html {
  if (series === undefined || series.at.length === 0) return nothing;
  return html`<section aria-labelledby="day">
    <h2 id="day">Orders, as they came</h2>
    ${figure(series, "orders", "Orders on each side over the story's day", [
      ["Primary", series.ordersPrimary],
      ["Standby", series.ordersStandby],
    ])}
    ${marks(series)}
    <div class="pair">
      <div>
        <h3>Requests that failed</h3>
        ${figure(series, "failures", "Requests of visitors that failed", [
          ["Requests", series.requests],
          ["Failed", series.failures],
        ])}
      </div>
      <div>
        <h3>Images</h3>
        ${figure(series, "images", "Images by where they came from", [
          ["All", series.images],
          ["From the edge's cache", series.edgeImages],
          ["Failed", series.imageFailures],
        ])}
      </div>
    </div>
  </section>`;
}

function figure(series: ReportedSeries, id: string, label: string, columns: readonly Column[]): Html {
  return html`<figure>
    <div class="chart" id="chart-${id}" role="img" aria-label="${label}"></div>
    <details>
      <summary>Figures by the hour</summary>
      <div class="wide">
        <table class="numbers">
          <caption class="hidden">
            ${label}
          </caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              ${columns.map(([name]) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${hours(series, columns).map(
              ([hour, sums]) =>
                html`<tr>
                  <th scope="row">${hour}</th>
                  ${sums.map((sum) => html`<td>${count(sum)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`;
}

/** Sums by the hour of the story, in the order in which the hours came. */
export function hours(series: ReportedSeries, columns: readonly Column[]): [hour: string, sums: number[]][] {
  const rows: [string, number[]][] = [];
  series.storyTime.forEach((time, index) => {
    const hour = `${time.slice(0, 2)}:00`;
    let row = rows.at(-1);
    if (row?.[0] !== hour) rows.push((row = [hour, columns.map(() => 0)]));
    const sums = row[1];
    columns.forEach(([, values], column) => {
      sums[column] = (sums[column] ?? 0) + (values[index] ?? 0);
    });
  });
  return rows;
}

/** The numbered moments of the first chart. */
function marks(series: ReportedSeries): Html {
  const all = series.marks ?? [];
  if (all.length === 0) return nothing;
  return html`<ol class="marks">
    ${all.map(({ storyTime, label }) => html`<li><time>${storyTime}</time> ${label}</li>`)}
  </ol>`;
}
