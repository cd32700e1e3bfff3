import { judgeCertificate } from "../../../operations/check/checks/certificates";
import { judgeDns } from "../../../operations/check/checks/dns";
import { firstImage, fromCache, judgeImage } from "../../../operations/check/checks/images";
import { judgeSync } from "../../../operations/check/checks/last-sync";
import { pass } from "../../../operations/check/check";
import { judgeAge, judgeGroup, judgeLinks } from "../../../operations/check/checks/tried";
import { judgeEndpoint } from "../../../operations/check/checks/mail";
import { judgeMailLimits } from "../../../operations/check/checks/mail-limits";
import { judgeState } from "../../../operations/check/checks/state";
import type { StandbyConfig, StandbyOutputs } from "../../../operations/deployment";
import { standbyConfigSchema } from "../../../operations/deployment/schema";
import { standbyStack } from "../support/stacks";

const now = new Date("2026-11-20T12:00:00Z");
const name = "www.blanklabel.example";

describe("dns", () => {
  const answer = (host: string, ttl: number, content = "shared.host.example", type = "CNAME") => ({
    server: { host, port: 53 },
    authoritative: true,
    missing: false,
    records: [{ name, type, ttl, content }],
  });
  const judge = (...answers: ReturnType<typeof answer>[]) =>
    judgeDns(answers, name, "shared.host.example", 60);

  test("every name server must agree", () => {
    expect(judge(answer("192.0.2.1", 60), answer("192.0.2.2", 60)).status).toBe("pass");
    expect(judge(answer("192.0.2.1", 60), answer("192.0.2.2", 60, "old.host.example"))).toMatchObject({
      status: "fail",
      found: `192.0.2.2 sends ${name} to old.host.example, not to shared.host.example`,
    });
  });

  test("a TTL above the declared one keeps visitors on the old site", () => {
    expect(judge(answer("192.0.2.1", 3600))).toMatchObject({
      status: "fail",
      found: `192.0.2.1 lets ${name} be kept for 3600 s: visitors would stay on the old site that long`,
    });
  });

  test("an address in place of the CNAME is a failure of its own", () => {
    expect(judge(answer("192.0.2.1", 60, "203.0.113.10", "A"))).toMatchObject({
      status: "fail",
      fix: `make ${name} a CNAME: an address cannot be exchanged in one step`,
    });
  });
});

describe("the e-mail API", () => {
  const endpoint = "https://shop.europe.communication.azure.com";
  test.each([
    [404, "pass", `${endpoint} answers and has let us in`],
    [401, "unknown", `${endpoint} refuses us: 401 no role`],
    [403, "unknown", `${endpoint} refuses us: 403 no role`],
    [500, "fail", `${endpoint} answers 500 no role`],
  ])("%i is %s", (status, verdict, found) => {
    expect(judgeEndpoint(endpoint, { status, said: "no role" })).toMatchObject({ status: verdict, found });
  });
});

describe("what was tried", () => {
  const seen = pass("seen");
  const at = (days: number) => ({
    at: new Date(now.getTime() - days * 86_400_000).toISOString(),
    found: "done",
  });

  test("its age is told, and 30 days are the limit", () => {
    expect(judgeAge(seen, at(30), now)).toEqual({
      status: "pass",
      found: "seen; last tried 2026-10-21, 30 days ago: done",
    });
    expect(judgeAge(seen, at(31), now).status).toBe("warn");
    expect(judgeAge(seen, undefined, now)).toEqual({ status: "warn", found: "seen; it was never tried" });
  });

  test("a domain has to be linked to the service", () => {
    const id =
      "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Communication/emailServices/e/Domains/mail.x.example";
    expect(judgeLinks([id], "mail.x.example").status).toBe("pass");
    expect(judgeLinks([], "mail.x.example")).toMatchObject({
      status: "fail",
      found: "mail.x.example is not linked to the service: nothing can be sent",
    });
  });

  test.each<[{ enabled?: boolean; status?: string; emailReceivers?: [] }, string, string]>([
    [{ enabled: false }, "fail", "the action group is disabled: no alert reaches anybody"],
    [{ emailReceivers: [] }, "fail", "the action group does not know owner@x.example"],
    [{ status: "Disabled" }, "fail", "owner@x.example has unsubscribed from the action group"],
    [{}, "pass", "the action group reaches owner@x.example"],
  ])("an action group %j is a %s", (changes, status, found) => {
    const receiver = { name: "mail", emailAddress: "Owner@x.example", status: changes.status ?? "Enabled" };
    const { enabled = true, emailReceivers = [receiver] } = changes;
    const group = { enabled, emailReceivers, smsReceivers: [] };
    expect(judgeGroup(group, "owner@x.example")).toMatchObject({ status, found });
  });
});

describe("certificates", () => {
  const shown = (days: number) => ({
    names: [name],
    issuer: "An Authority",
    expires: new Date(now.getTime() + days * 86_400_000),
    invalid: undefined,
  });
  test.each([
    [29, "fail"],
    [30, "warn"],
    [44, "warn"],
    [45, "pass"],
  ])("%i days left: %s", (days, status) => {
    expect(judgeCertificate(shown(days), name, now).status).toBe(status);
  });
});

describe("images", () => {
  const answer = (headers: Record<string, string>, status = 200) => ({
    status,
    headers: { "content-type": "image/png", "cache-control": "public", ...headers },
    body: "",
    milliseconds: 1,
  });

  test("the first image of a page", () => {
    const page = `<img src="/local.png"><img srcset="https://images.blanklabel.example/a.png?w=1&amp;h=2 2x">`;
    expect(firstImage(page, "images.blanklabel.example")).toBe("/a.png?w=1&h=2");
    expect(firstImage("<p>none</p>", "images.blanklabel.example")).toBeUndefined();
  });

  test.each([
    [[answer({ "x-cache": "TCP_MISS" }), answer({ "x-cache": "TCP_HIT" })], "pass"],
    [[answer({}), answer({ age: "12" })], "pass"],
    [[answer({ "x-cache": "CONFIG_NOCACHE" }), answer({ "x-cache": "CONFIG_NOCACHE" })], "warn"],
    [[answer({}, 404)], "fail"],
    [[answer({ "content-type": "application/octet-stream" })], "fail"],
  ])("%#: %s", (answers, status) => {
    expect(judgeImage("https://images.blanklabel.example/a.png", answers).status).toBe(status);
  });

  test("an age of zero is no hit", () => expect(fromCache(answer({ age: "0" }))).toBe(false));
});

test("an age of a sync is measured against the declared one", () => {
  expect(judgeSync("2026-11-19T10:00:00.000Z", 26, now).status).toBe("pass");
  expect(judgeSync("2026-11-19T09:59:00.000Z", 26, now).status).toBe("fail");
  expect(judgeSync(undefined, 26, now).status).toBe("fail");
});

describe("mail limits", () => {
  const outputs = standbyStack().outputs as StandbyOutputs;
  const config = standbyConfigSchema.parse({});
  const judge = (mailSendLimits: StandbyConfig["mailSendLimits"], mailsPerHour: number) =>
    judgeMailLimits({
      config: { ...config, mailSendLimits },
      outputs: { ...outputs, forecast: { ...outputs.forecast, mailsPerHour } },
    }).status;

  test.each([
    ["what everyone is granted, enough", undefined, 100, "pass"],
    ["what everyone is granted, too little", undefined, 101, "fail"],
    ["raised with a ticket", { perMinute: 100, perHour: 5000, ticket: "2610010040000123" }, 5000, "pass"],
    ["raised, but nobody can say by whom", { perMinute: 100, perHour: 5000 }, 5000, "fail"],
    ["an hour that its minutes cannot hold", { perMinute: 30, perHour: 5000, ticket: "1" }, 1801, "fail"],
  ])("%s", (_what, limits, mailsPerHour, status) => expect(judge(limits, mailsPerHour)).toBe(status));
});

test("a state that waits for an up is a warning", () => {
  const state = { deployment: { manifest: { time: "2026-11-20T06:00:00Z" } } };
  expect(judgeState(state, "primary", "primary").status).toBe("pass");
  expect(judgeState(state, "standby", "primary")).toMatchObject({
    status: "warn",
    found:
      'activeSite is "standby" in the stack\'s file and "primary" in its state (last written 2026-11-20T06:00:00Z)',
  });
});
