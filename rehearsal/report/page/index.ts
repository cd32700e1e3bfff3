import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { DrillReport } from "../types";
import { count, verdictTitle } from "../words";
import { charts } from "./charts";
import { checks } from "./checks";
import { delivery } from "./delivery";
import { Html, html, jsonFor, nothing } from "./html";
import { identities } from "./identities";
import { ledger } from "./ledger";
import { timeline } from "./timeline";
import { verdict } from "./verdict";

/** The whole report as one page that needs no network: styles, charts and data are part of it. */
export function page(report: DrillReport): string {
  const style = new Html(asset("style.css"));
  const scripts = report.series === undefined ? [] : [chartLibrary(), asset("charts.js")];
  const { engine, seed, seconds, speed } = report;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy(scripts)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${verdictTitle(report)} Warm standby, rehearsed</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          ${verdict(report)} ${charts(report.series)} ${ledger(report)} ${identities(report.identities)}
          ${delivery(report)} ${timeline(report.timeline)} ${checks(report.checks)}
        </main>
        <footer>
          <p>
            Seed ${seed}, ${count(speed)} story seconds a second, ${count(Math.round(seconds))} s in all.
            Pulumi ${engine.cli} (${engine.source}). All figures are in report.json beside this page.
          </p>
        </footer>
        ${
          report.series === undefined
            ? nothing
            : html`<script type="application/json" id="series">
                ${jsonFor(report.series)}
              </script>`
        }
        ${scripts.map((script) => new Html(`<script>${script}</script>`))}
      </body>
    </html> `.markup;
}

/** Nothing is loaded from anywhere, and no script runs but the report's own. */
function policy(scripts: readonly string[]): string {
  const own = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    `script-src ${own.length > 0 ? own.join(" ") : "'none'"}`,
  ].join("; ");
}

function asset(name: string): string {
  return readFileSync(path.join(__dirname, "..", "assets", name), "utf8");
}

/** The library's common build; its closing tag, should it hold one, must not end the element. */
function chartLibrary(): string {
  const file = path.join(
    path.dirname(require.resolve("echarts/package.json")),
    "dist",
    "echarts.common.min.js",
  );
  return readFileSync(file, "utf8").replaceAll("</script", "<\\/script");
}
