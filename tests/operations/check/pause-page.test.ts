import { judgeOpen, judgePausePage } from "../../../operations/check/checks/pause-page";
import { judgeHealth } from "../../../operations/check/checks/standby-site";

const answer = (status: number, pause?: string) => ({
  status,
  headers: pause === undefined ? {} : { "x-standby-pause": pause },
  body: "",
  milliseconds: 20,
});
const url = "https://standby.blanklabel.example/.well-known/standby-pause";

test.each([
  ["ready", answer(200, "ready"), "pass", "the pause page answered 200 in 20 ms"],
  ["ill", answer(500, "ready"), "fail", "the pause page answered 500 in 20 ms"],
  [
    "the shop in its place",
    answer(200),
    "fail",
    `${url} answered 200, and it is not the pause page that answers`,
  ],
  [
    "the edge without its origin",
    answer(503),
    "fail",
    `${url} answered 503, and it is not the pause page that answers`,
  ],
  ["no answer", "no answer in time", "fail", `${url}: no answer in time`],
])("the pause page: %s", (_what, given, status, found) => {
  expect(judgePausePage(url, given)).toEqual({ status, found });
});

test.each([
  ["open as declared", true, answer(200), { status: "pass", found: "the shop answers (200)" }],
  [
    "closed all the same",
    true,
    answer(503, "closed"),
    { status: "fail", found: "the pause page is shown although shopOpen is true" },
  ],
  [
    "closed as declared",
    false,
    answer(503, "closed"),
    { status: "warn", found: "the pause page is shown, as shopOpen: false says" },
  ],
  [
    "open all the same",
    false,
    answer(200),
    {
      status: "fail",
      found: "the shop is shown although shopOpen is false",
      fix: "close it with `standby pause`, or set shopOpen to true; the edge takes minutes to follow",
    },
  ],
  [
    "no answer",
    true,
    "no answer in time",
    { status: "unknown", found: "the shop's front page: no answer in time" },
  ],
])("the shop: %s", (_what, declared, given, look) => {
  expect(judgeOpen(declared, given)).toEqual(look);
});

test("a site that shows the pause page is not ready, and says why", async () => {
  expect(
    await judgeHealth("https://standby.example/healthz", Promise.resolve(answer(503, "closed"))),
  ).toEqual({
    status: "fail",
    found: "https://standby.example/healthz shows the pause page",
    fix: "open the shop with `standby resume`",
  });
});
