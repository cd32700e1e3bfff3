import { judgeWebhooks } from "../../operations/check/checks/webhooks";
import { webhookNotes, webhookTarget } from "../../operations/webhooks";

const hosts = {
  publicHost: "www.blanklabel.example",
  primary: ["shared.host.example"],
  standby: ["standby.blanklabel.example"],
};
const at = (host: string) => ({ name: "payments", url: `https://${host}/webhooks/payments?key=1` });

test.each([
  ["www.blanklabel.example", "follows"],
  ["shared.host.example", "primary"],
  ["standby.blanklabel.example", "standby"],
  ["elsewhere.example", "elsewhere"],
])("%s: %s", (host, target) => {
  expect(webhookTarget(at(host), hosts)).toBe(target);
});

test("the runbook says what to do with each, and that none is listed", () => {
  expect(webhookNotes([], hosts)).toEqual([
    "No webhooks are listed (setting `webhooks` of the standby stack): look in the payment provider's settings for addresses other than https://www.blanklabel.example/… before the day, and list them.",
  ]);
  expect(webhookNotes([at("shared.host.example"), at("elsewhere.example")], hosts)).toEqual([
    "payments (https://shared.host.example/webhooks/payments?key=1) leads to the primary whatever DNS says: set it to https://www.blanklabel.example/webhooks/payments?key=1 at the provider before the day; on the day, before the cutover. What still arrived at the primary afterwards is brought over by `standby reconcile`.",
    "payments (https://elsewhere.example/webhooks/payments?key=1) leads to neither site: nothing here moves it. Make sure that it still reaches the shop.",
  ]);
  expect(webhookNotes([at("www.blanklabel.example"), at("standby.blanklabel.example")], hosts)).toEqual([
    "payments (https://www.blanklabel.example/webhooks/payments?key=1) follows the public name. Until the provider's resolver has let go of the old answer, its calls still reach the primary: have the provider send again what failed or came late.",
    "payments (https://standby.blanklabel.example/webhooks/payments?key=1) leads to the standby whatever DNS says: set it to https://www.blanklabel.example/webhooks/payments?key=1 at the provider, or it misses every order before a cutover and after a failback.",
  ]);
});

const judge = (host: string, standby: number | string, staysBehind: "primary" | "standby" = "primary") =>
  judgeWebhooks([{ webhook: at(host), standby }], hosts, staysBehind);

test("what the standby lacks fails, what stays behind warns", () => {
  expect(judgeWebhooks([], hosts, "primary")).toEqual({
    status: "pass",
    found: "none are listed in the setting webhooks",
  });
  expect(judge("www.blanklabel.example", 405)).toEqual({
    status: "pass",
    found: "payments follow www.blanklabel.example, and the standby answers there",
  });
  expect(judge("www.blanklabel.example", 404)).toEqual({
    status: "fail",
    found: "the standby has nothing at the path of payments (404)",
    fix: "deploy the package that the primary runs; it must answer there, too",
  });
  expect(judge("www.blanklabel.example", "ECONNREFUSED")).toEqual({
    status: "warn",
    found: "payments: the standby answers ECONNREFUSED",
    fix: "look at the web app's log, then check again",
  });
  expect(judge("shared.host.example", 400)).toEqual({
    status: "warn",
    found: "payments would still lead to the primary",
    fix: "set payments to https://www.blanklabel.example/webhooks/payments?key=1 at its provider",
  });
  expect(judge("shared.host.example", 400, "standby").status).toBe("pass");
  expect(judge("standby.blanklabel.example", 400, "standby").status).toBe("warn");
  expect(judge("elsewhere.example", 400)).toEqual({
    status: "warn",
    found: "payments leads to neither site",
    fix: "see that it still reaches the shop",
  });
});
