import { runsStandby } from "./primary-site";
import { types } from "./resource-types";
import { rule, type Resource, type Stack, type Verdict } from "./rule";
import { at, items, NotKnown, type Value } from "./values";

/** Receivers of an action group that a person carries along, and where each keeps its address. */
const receivers = {
  emailReceivers: "emailAddress",
  smsReceivers: "phoneNumber",
  voiceReceivers: "phoneNumber",
} as const;

export const watchReachesAPerson = rule(
  "watch-reaches-a-person",
  "Someone is called when visitors are in trouble. In the story it took an hour and three quarters, and 22 open " +
    'chats, to look past "seems fine on my end".',
  (stack, verdict) => {
    if (!runsStandby(stack)) return;
    const people = judgePeople(stack, verdict);
    judgeSites(stack, verdict);
    judgeAlerts(stack, verdict, people);
  },
);

/** @returns the groups that reach someone. */
function judgePeople(stack: Stack, verdict: Verdict): readonly Resource[] {
  const groups = stack.of(types.actionGroup);
  if (groups.length === 0)
    verdict.wrong(
      undefined,
      "no action group; wanted: one with an e-mail address or a telephone. Fix: declare it, and set alertEmail.",
    );
  return groups.filter((group) => {
    const enabled = verdict.check(
      group,
      "enabled",
      (value) => value !== false,
      "true",
      "set enabled to true, so that alerts leave the house",
    );
    const addresses = Object.entries(receivers).flatMap(([list, address]) => {
      const all = at(group.inputs, list);
      return all instanceof NotKnown ? [all] : items(all).map((one) => at(one, address));
    });
    if (addresses.some((address) => typeof address === "string" && address !== "")) return enabled;
    const unknown = addresses.find((address) => address instanceof NotKnown);
    if (unknown !== undefined) verdict.open(group, "emailReceivers", unknown);
    else
      verdict.wrong(
        group,
        `${group.name} reaches nobody; wanted: at least one e-mail address or telephone. Fix: pulumi config set ` +
          "alertEmail.",
      );
    return false;
  });
}

/** Both sites and the images are fetched from outside. */
function judgeSites(stack: Stack, verdict: Verdict): void {
  const domains = stack.of(types.customDomain);
  const edge = domains.map(({ inputs }) => at(inputs, "hostName"));
  const tests = stack.of(types.webTest).filter(({ inputs }) => at(inputs, "enabled") !== false);
  const hosts = tests
    .map(({ inputs }) => hostOf(at(inputs, "request.requestUrl")))
    .filter((host) => host !== undefined);
  const wanted = [
    ["the standby", hosts.some((host) => edge.includes(host) && !/^(www|images)\./.test(host))],
    ["the primary", hosts.some((host) => !edge.includes(host))],
    ["the images", hosts.some((host) => edge.includes(host) && host.startsWith("images."))],
  ] as const;
  const open = [
    ...tests.flatMap((test) => ["enabled", "request.requestUrl"].map((path) => [test, path] as const)),
    ...domains.map((domain) => [domain, "hostName"] as const),
  ].filter(([resource, path]) => {
    const value = at(resource.inputs, path);
    if (value instanceof NotKnown) verdict.open(resource, path, value);
    return value instanceof NotKnown;
  });
  // A test whose address is not known yet may be the one; so may one of a name of the edge that is not.
  if (open.length > 0) return;
  for (const [what, tested] of wanted)
    if (!tested)
      verdict.wrong(
        undefined,
        `no web test looks at ${what} from outside; wanted: both sites and the images. Fix: declare a WebTest of it.`,
      );
}

function judgeAlerts(stack: Stack, verdict: Verdict, people: readonly Resource[]): void {
  const alerts = stack.of(types.alert);
  for (const alert of alerts) {
    verdict.check(alert, "enabled", (value) => value === true, "true", "set enabled to true");
    if (people.length > 0 && !people.some((group) => alert.madeFrom(group, "actions")))
      verdict.wrong(
        alert,
        `${alert.name} calls nobody; wanted: an action group that reaches a person among its actions. Fix: set ` +
          "actions to its id.",
      );
  }
  for (const test of stack.of(types.webTest))
    if (!alerts.some((alert) => alert.madeFrom(test, "scopes")))
      verdict.wrong(
        test,
        `no alert follows from ${test.name}; wanted: a metric alert on it. Fix: declare one with the test among its ` +
          "scopes.",
      );
}

function hostOf(url: Value): string | undefined {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).hostname : undefined;
}
