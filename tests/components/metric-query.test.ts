import { jobAlerts } from "../../components/job-alerts";
import { metricQuery, metricsQuery } from "../../components/metric-query";
import { tiles } from "../../components/workbook-content";
import { metrics } from "../../settings/metrics";

const names = Object.values(metrics).map(({ name }) => name);
const queries = [
  ...jobAlerts({ syncAgeHours: 26, mailsPerHour: 600 }).map(({ query }) => query),
  ...tiles({ imageHost: "images.blanklabel.example" }).map(({ query }) => query),
];
const looked = new Set(queries.flatMap((query) => query.match(/standby\.[a-z-]+(?=")/g) ?? []));

test("every metric is looked at by an alert or the workbook, and each that they look at is one", () => {
  expect([...looked].sort()).toEqual([...names].sort());
});

test("metrics are told apart by their names alone: none begins another's line", () => {
  expect(new Set(names).size).toBe(names.length);
});

test("the queries", () => {
  expect(metricQuery("baseAge")).toBe(
    `AppServiceConsoleLogs
| where ResultDescription startswith '{"metric":"standby.base-age"'
| extend value = todouble(parse_json(ResultDescription).value)`,
  );
  expect(metricsQuery(["ready", "live"])).toBe(
    `AppServiceConsoleLogs
| where ResultDescription startswith '{"metric":"standby.'
| extend told = parse_json(ResultDescription)
| extend metric = tostring(told.metric), value = todouble(told.value)
| where metric in ("standby.ready", "standby.live")`,
  );
});
