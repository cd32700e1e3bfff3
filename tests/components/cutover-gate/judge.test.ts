import {
  judgeChange,
  passage,
  type GateLooks,
  type GateQuestion,
  type Probed,
} from "../../../components/cutover-gate/judge";

const now = new Date("2026-11-20T06:00:00Z");
const question: GateQuestion = {
  stack: "prod",
  publicName: "www.blanklabel.example",
  activeSite: "standby",
  target: "shop.azurefd.net",
  otherTarget: "shared.host.example",
};
const fine: Probed = { finding: "fine", words: "shop.azurefd.net answered 200" };
const note = { at: "2026-11-20T05:30:00Z", target: "standby", ready: true, failing: [] } as const;

/** A zone and a stack that show the primary, with a standby that is ready. */
const looks = (over: Partial<GateLooks> = {}): GateLooks => ({
  held: () => Promise.resolve({ type: "CNAME", content: "shared.host.example" }),
  written: () => Promise.resolve({ site: "primary", content: "shared.host.example" }),
  note: () => note,
  probes: () => Promise.resolve([fine]),
  now: () => now,
  ...over,
});
const neverProbed: Partial<GateLooks> = { probes: () => Promise.reject(new Error("nothing changed")) };
const opened = { open: true, lines: [], warnings: [] };

test("a change onto a site that a fresh check and quick probes found ready is let through", async () => {
  expect(await judgeChange(question, looks())).toEqual(opened);
});

test.each([
  [
    "a first update of a new zone",
    { held: () => Promise.resolve(undefined), written: () => Promise.resolve(undefined) },
  ],
  [
    "a later update on the standby",
    {
      held: () => Promise.resolve({ type: "CNAME", content: "Shop.azurefd.net" }),
      written: () => Promise.resolve({ site: "standby" as const, content: "shop.azurefd.net" }),
    },
  ],
  [
    "an update after a break-glass flip that the stack's file knows of",
    { held: () => Promise.resolve({ type: "CNAME", content: "shop.azurefd.net" }) },
  ],
  [
    "another target of the site that is shown",
    {
      held: () => Promise.resolve({ type: "CNAME", content: "old.azurefd.net" }),
      written: () => Promise.resolve({ site: "standby" as const, content: "old.azurefd.net" }),
    },
  ],
  [
    "an update without a change where Cloudflare cannot be asked",
    {
      held: () => Promise.resolve("unseen" as const),
      written: () => Promise.resolve({ site: "standby" as const, content: "shop.azurefd.net" }),
    },
  ],
])("%s is not held up, nor probed", async (_what, over) => {
  expect(await judgeChange(question, looks({ ...neverProbed, note: () => undefined, ...over }))).toEqual(
    opened,
  );
});

test("a change is refused with everything that is missing", async () => {
  const answer = await judgeChange(
    question,
    looks({
      note: () => ({ ...note, ready: false, failing: ["images", "last-sync"] }),
      probes: () =>
        Promise.resolve([fine, { finding: "wrong", words: "standby.blanklabel.example answered 503" }]),
    }),
  );
  expect(answer).toEqual({
    open: false,
    warnings: [],
    lines: [
      "activeSite is changed to standby, and the standby is not ready:",
      "  standby check said no at 2026-11-20T05:30:00Z: images, last-sync",
      "  standby.blanklabel.example answered 503",
      "Fix: mend it and run `standby check` again",
    ],
  });
});

test.each([
  ["no check", undefined],
  ["one that is too old", { ...note, at: "2026-11-20T04:59:59Z" }],
  ["one before a takeover by the other site", { ...note, target: "primary" as const }],
])("a change without a look is not let through: %s", async (_what, found) => {
  const unseen = { finding: "unseen" as const, words: "shop.azurefd.net did not answer within 300 ms" };
  const answer = await judgeChange(
    question,
    looks({ note: () => found, probes: () => Promise.resolve([unseen]) }),
  );
  expect(answer.lines).toEqual([
    "activeSite is changed to standby, and nobody has looked whether the standby is ready:",
    "  no result of `standby check` from the last 60 minutes",
    "  shop.azurefd.net did not answer within 300 ms",
    "Fix: run `standby check`",
  ]);
});

test("the way back asks for the check of the way back", async () => {
  const back: GateQuestion = {
    ...question,
    activeSite: "primary",
    target: "shared.host.example",
    otherTarget: "shop.azurefd.net",
  };
  const shown = { type: "CNAME", content: "shop.azurefd.net" };
  const written = { site: "standby" as const, content: "shop.azurefd.net" };
  const answer = await judgeChange(
    back,
    looks({ held: () => Promise.resolve(shown), written: () => Promise.resolve(written) }),
  );
  expect(answer.lines.at(-1)).toBe("Fix: run `standby check --for primary`");
});

test("a probe that is late is only told of where a fresh check says yes", async () => {
  const late = { finding: "unseen" as const, words: "it did not answer within 300 ms" };
  expect(await judgeChange(question, looks({ probes: () => Promise.resolve([fine, late]) }))).toEqual({
    open: true,
    lines: [],
    warnings: ["it did not answer within 300 ms"],
  });
});

test("a change is judged by the state where Cloudflare cannot be asked", async () => {
  const answer = await judgeChange(
    question,
    looks({ held: () => Promise.resolve("unseen"), note: () => undefined }),
  );
  expect(answer.open).toBe(false);
});

test.each([
  ["shared.host.example", "if that is to stay, pulumi config set activeSite primary --stack prod"],
  ["elsewhere.example", "find out who moved it, and lead it back or correct primaryHost"],
])("what was moved outside Pulumi, to %s, is not moved on", async (content, fix) => {
  const answer = await judgeChange(
    question,
    looks({
      held: () => Promise.resolve({ type: "CNAME", content }),
      written: () => Promise.resolve({ site: "standby", content: "shop.azurefd.net" }),
    }),
  );
  expect(answer.lines).toEqual([
    `www.blanklabel.example leads to ${content}: neither what activeSite says (standby: shop.azurefd.net) nor what ` +
      `the last pulumi up wrote (shop.azurefd.net), so it was moved outside Pulumi. Fix: ${fix}`,
  ]);
});

test("a record that no state knows and that leads elsewhere is not moved by a first update", async () => {
  const answer = await judgeChange(question, looks({ written: () => Promise.resolve(undefined) }));
  expect(answer.lines[0]).toContain("nor what the last pulumi up wrote (nothing yet)");
});

test("an address that is not adopted is named, with the command", async () => {
  const answer = await judgeChange(
    question,
    looks({
      held: () => Promise.resolve({ type: "A", content: "203.0.113.10" }),
      written: () => Promise.resolve(undefined),
    }),
  );
  expect(answer.lines).toEqual([
    "www.blanklabel.example is A 203.0.113.10 at Cloudflare, and the stack prod does not hold it yet. Fix: run " +
      "`standby adopt`, which moves it without a gap and brings it under Pulumi",
  ]);
});

describe("passage", () => {
  const shut = { open: false, lines: ["It is not ready:", "  images"], warnings: [] };

  test("an open gate lets its warnings through", () => {
    const answer = { open: true, lines: [], warnings: ["late"] };
    expect(passage(answer, "prod", undefined, false)).toEqual({ kind: "on", warnings: ["late"] });
  });

  test("an update is stopped, and told the way out", () => {
    expect(passage(shut, "prod", undefined, false)).toEqual({
      kind: "stop",
      message: 'It is not ready:\n  images; or go on once: STANDBY_FORCE="REASON" pulumi up --stack prod',
    });
  });

  test("a preview is warned of it", () => {
    expect(passage(shut, "prod", undefined, true)).toEqual({
      kind: "on",
      warnings: [
        "pulumi up will refuse this: It is not ready:\n  images; " +
          'or go on once: STANDBY_FORCE="REASON" pulumi up --stack prod',
      ],
    });
  });

  test("a reason is told and goes on; two letters are none", () => {
    expect(passage(shut, "prod", "the primary is on fire", false)).toEqual({
      kind: "on",
      warnings: [
        "It is not ready:\n  images\nGoing on all the same, for the reason given: the primary is on fire",
      ],
    });
    expect(passage(shut, "prod", " ok ", false)).toEqual({
      kind: "stop",
      message:
        "It is not ready:\n  images; STANDBY_FORCE is 'ok'; allowed: the reason in a few words (at least 10 letters)",
    });
  });
});
