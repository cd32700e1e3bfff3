import { alertForEachFailure } from "../../policy/alert-for-each-failure";
import { types } from "../../policy/resource-types";
import { good, judge, unknownText, type Declared } from "./judge";

const app: Declared = { type: types.webApp, name: "app" };
const people: Declared = { type: types.actionGroup, name: "people" };
const logAlert = (name: string, query: string, over: Partial<Declared> = {}): Declared => ({
  type: types.logAlert,
  name,
  inputs: { enabled: true, criteria: { allOf: [{ query }] } },
  from: { actions: ["people"] },
  ...over,
});
const metricAlert = (metricName: string): Declared => ({
  type: types.alert,
  name: metricName,
  inputs: { enabled: true, criteria: { allOf: [{ metricName }] } },
});
const logged = [
  ["dns", "standby.dns-as-declared"],
  ["ids", "standby.id-headroom"],
  ["base", "standby.base-age"],
  ["certificate", "standby.certificate-days"],
  ["runs", "standby.failed-run"],
  ["silence", "standby.heartbeat"],
  ["mail", "ACSEmailStatusUpdateOperational"],
] as const;
const measured = ["Http5xx", "HttpResponseTime", "CpuPercentage", "cpu_percent"];
const whole = [
  app,
  people,
  ...logged.map(([name, query]) => logAlert(name, `Logs\n| where '"metric":"${query}"'`)),
  ...measured.map(metricAlert),
];
const without = (gone: string) => whole.filter(({ name }) => name !== gone);

test("takes an alert for each failure, and a stack with a primary alone", () => {
  expect(judge(alertForEachFailure, whole)).toEqual(good);
  expect(judge(alertForEachFailure, [{ ...app, inputs: { tags: { site: "primary" } } }])).toEqual(good);
});

test.each([
  ["dns", "the name leading nowhere", "standby.dns-as-declared"],
  ["ids", "ids running out between the sites", "standby.id-headroom"],
  ["base", "a base that has grown old", "standby.base-age"],
  ["certificate", "a certificate near its end", "standby.certificate-days"],
  ["runs", "a failed run of the job", "standby.failed-run"],
  ["silence", "the job's silence", "standby.heartbeat"],
  ["mail", "mail that reaches nobody", "ACSEmailStatusUpdateOperational"],
])("refuses a watch without %s", (gone, failure, wanted) => {
  expect(judge(alertForEachFailure, without(gone)).wrong).toEqual([
    [
      undefined,
      `no alert tells of ${failure}; wanted: a log alert whose query looks at ${wanted}. Fix: declare a ` +
        "ScheduledQueryRule on it.",
    ],
  ]);
});

test.each([
  ["Http5xx", "errors that visitors see", "Http5xx or Percentage5XX"],
  ["HttpResponseTime", "answers that take long", "HttpResponseTime or TotalLatency"],
  ["CpuPercentage", "a busy app", "CpuPercentage"],
  ["cpu_percent", "a busy database", "cpu_percent or dtu_consumption_percent"],
])("refuses a watch without %s", (gone, failure, wanted) => {
  expect(judge(alertForEachFailure, without(gone)).wrong).toEqual([
    [
      undefined,
      `no alert tells of ${failure}; wanted: a metric alert on ${wanted}. Fix: declare a MetricAlert on it.`,
    ],
  ]);
});

test("an alert that is switched off, or that calls nobody, is none", () => {
  const off = logAlert("dns", "standby.dns-as-declared", {
    inputs: { enabled: false, criteria: { allOf: [{ query: "standby.dns-as-declared" }] } },
    from: {},
  });
  expect(judge(alertForEachFailure, [...without("dns"), off]).wrong).toEqual([
    ["dns", "enabled of dns is false; wanted: true. Fix: set enabled to true."],
    [
      "dns",
      "dns calls nobody; wanted: an action group of this stack among its actions. Fix: set actions.actionGroups to its " +
        "id.",
    ],
    [
      undefined,
      "no alert tells of the name leading nowhere; wanted: a log alert whose query looks at standby.dns-as-declared. " +
        "Fix: declare a ScheduledQueryRule on it.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  expect(
    judge(alertForEachFailure, [
      ...without("dns").filter(({ name }) => name !== "Http5xx"),
      logAlert("dns", unknownText),
      { ...metricAlert(""), name: "errors", inputs: { criteria: unknownText } },
    ]),
  ).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: criteria.allOf.0.query of dns, criteria.allOf of errors",
  });
  const unsure = [
    { ...logAlert("dns", ""), inputs: { ...logAlert("dns", "").inputs, enabled: unknownText } },
    { ...metricAlert(""), name: "errors", inputs: { enabled: unknownText } },
  ];
  expect(
    judge(alertForEachFailure, [...without("dns").filter(({ name }) => name !== "Http5xx"), ...unsure]),
  ).toEqual({ wrong: [], open: "cannot be judged before it exists: enabled of dns, enabled of errors" });
});
