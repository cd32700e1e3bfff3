import { types } from "../../policy/resource-types";
import { watchReachesAPerson } from "../../policy/watch-reaches-a-person";
import { good, judge, unknownText, type Declared } from "./judge";

const app: Declared = { type: types.webApp, name: "app" };
const edge = ["www", "standby", "images"].map((part): Declared => ({
  type: types.customDomain,
  name: `domain-${part}`,
  inputs: { hostName: `${part}.blanklabel.example` },
}));
const test_ = (name: string, url: string, over: object = {}): Declared => ({
  type: types.webTest,
  name,
  inputs: { enabled: true, request: { requestUrl: url }, ...over },
});
const tests = [
  test_("public", "https://www.blanklabel.example/healthz"),
  test_("primary", "https://shared.host.example/healthz"),
  test_("standby", "https://standby.blanklabel.example/healthz"),
  test_("images", "https://images.blanklabel.example/logo.svg"),
];
const people = (over: object = {}): Declared => ({
  type: types.actionGroup,
  name: "people",
  inputs: {
    enabled: true,
    emailReceivers: [{ name: "mail", emailAddress: "owner@blanklabel.example" }],
    ...over,
  },
});
const alertOn = (name: string, over: Partial<Declared> = {}): Declared => ({
  type: types.alert,
  name: `alert-${name}`,
  inputs: { enabled: true },
  from: { scopes: [name], actions: ["people"] },
  ...over,
});
const alerts = tests.map(({ name }) => alertOn(name));
const whole = [app, ...edge, ...tests, people(), ...alerts];

test("takes tests of both sites and the images whose alerts reach someone, and a stack without an app", () => {
  expect(judge(watchReachesAPerson, whole)).toEqual(good);
  const texted = people({
    emailReceivers: [],
    smsReceivers: [{ countryCode: "1", phoneNumber: "5550100200" }],
  });
  expect(judge(watchReachesAPerson, [app, ...edge, ...tests, texted, ...alerts])).toEqual(good);
  expect(judge(watchReachesAPerson, [])).toEqual(good);
});

test.each([
  ["primary", "the primary"],
  ["standby", "the standby"],
  ["images", "the images"],
])("refuses a watch without a test of %s", (gone, what) => {
  const rest = whole.filter(({ name }) => name !== gone);
  expect(judge(watchReachesAPerson, rest).wrong).toEqual([
    [
      undefined,
      `no web test looks at ${what} from outside; wanted: both sites and the images. Fix: declare a WebTest of it.`,
    ],
  ]);
});

test("does not count a test that is switched off", () => {
  const off = test_("images", "https://images.blanklabel.example/logo.svg", { enabled: false });
  const judged = judge(watchReachesAPerson, [...whole.filter(({ name }) => name !== "images"), off]);
  expect(judged.wrong.map(([, message]) => message)).toEqual([
    "no web test looks at the images from outside; wanted: both sites and the images. Fix: declare a WebTest of it.",
  ]);
});

test("refuses an action group that reaches nobody or is switched off, and none at all", () => {
  const rest = [app, ...edge, ...tests, ...alerts];
  expect(judge(watchReachesAPerson, [...rest, people({ emailReceivers: [] })]).wrong).toEqual([
    [
      "people",
      "people reaches nobody; wanted: at least one e-mail address or telephone. Fix: pulumi config set alertEmail.",
    ],
  ]);
  expect(judge(watchReachesAPerson, [...rest, people({ enabled: false })]).wrong).toEqual([
    [
      "people",
      "enabled of people is false; wanted: true. Fix: set enabled to true, so that alerts leave the house.",
    ],
  ]);
  expect(judge(watchReachesAPerson, rest).wrong).toEqual([
    [
      undefined,
      "no action group; wanted: one with an e-mail address or a telephone. Fix: declare it, and set alertEmail.",
    ],
  ]);
});

test("refuses an alert that calls nobody, and a test that no alert follows from", () => {
  const rest = whole.filter(({ name }) => name !== "alert-primary");
  expect(judge(watchReachesAPerson, rest).wrong).toEqual([
    [
      "primary",
      "no alert follows from primary; wanted: a metric alert on it. Fix: declare one with the test among its scopes.",
    ],
  ]);
  const silent = alertOn("primary", { inputs: { enabled: false }, from: { scopes: ["primary"] } });
  expect(judge(watchReachesAPerson, [...rest, silent]).wrong).toEqual([
    ["alert-primary", "enabled of alert-primary is false; wanted: true. Fix: set enabled to true."],
    [
      "alert-primary",
      "alert-primary calls nobody; wanted: an action group that reaches a person among its actions. Fix: set actions " +
        "to its id.",
    ],
  ]);
});

test("leaves open what is not known", () => {
  const rest = whole.filter(({ name }) => name !== "primary" && name !== "people");
  expect(
    judge(watchReachesAPerson, [
      ...rest,
      test_("primary", unknownText),
      people({ emailReceivers: [{ name: "mail", emailAddress: unknownText }] }),
    ]),
  ).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: emailReceivers of people, request.requestUrl of primary",
  });
});

test("a host of the edge that is not known is not taken for the primary's, nor a test that may be off for one that is on", () => {
  const one = { type: types.customDomain, name: "domain-standby", inputs: { hostName: unknownText } };
  const rest = whole.filter(({ name }) => name !== "domain-standby" && name !== "primary");
  expect(judge(watchReachesAPerson, [...rest, one])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: hostName of domain-standby",
  });
  const unsure = test_("primary", "https://shared.host.example/healthz", { enabled: unknownText });
  expect(judge(watchReachesAPerson, [...whole.filter(({ name }) => name !== "primary"), unsure])).toEqual({
    wrong: [],
    open: "cannot be judged before it exists: enabled of primary",
  });
});

test("a stack with a primary alone is watched from the standby", () => {
  const of = (name: string, site: string): Declared => ({ ...app, name, inputs: { tags: { site } } });
  expect(judge(watchReachesAPerson, [of("app", "primary")])).toEqual(good);
  expect(judge(watchReachesAPerson, [of("app", "primary"), of("other", "standby")]).wrong).not.toEqual([]);
});
