import { untilSeen } from "../../../operations/pause/seen";

jest.mock("../../../operations/check/probes/https", () => ({ getHttps: jest.fn() }));
const { getHttps } = jest.requireMock<{ getHttps: jest.Mock }>("../../../operations/check/probes/https");

const answer = (kind: "shop" | "page") => ({
  status: kind === "shop" ? 200 : 503,
  headers: kind === "shop" ? {} : { "x-standby-pause": "closed" },
  body: "",
  milliseconds: 1,
});
const look = (answers: readonly ("shop" | "page" | Error)[], open: boolean, within = 60_000) => {
  const left = [...answers];
  getHttps.mockImplementation(() => {
    const next = left.shift() ?? "shop";
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(answer(next));
  });
  const told: string[] = [];
  const options = {
    every: 1,
    within,
    inARow: 3,
    signal: new AbortController().signal,
    onAnswer: (last: string) => told.push(last),
  };
  return untilSeen("edge.example.net", "www.blanklabel.example", open, options).then((seen) => ({
    seen,
    told,
    left: left.length,
  }));
};

test("counts only once three answers in a row say so: an edge is many machines", async () => {
  const { seen, told, left } = await look(["shop", "page", "shop", "page", "page", "page", "page"], false);
  expect(told).toEqual([
    "the shop (200)",
    "the pause page",
    "the shop (200)",
    "the pause page",
    "the pause page",
  ]);
  expect(seen).toEqual({ at: expect.any(Number) as number, last: "the pause page" });
  expect(left).toBe(1);
});

test("a failure to look is no answer", async () => {
  const { seen, told } = await look(
    ["shop", "shop", new Error("no answer in time"), "shop", "shop", "shop"],
    true,
  );
  expect(told[2]).toBe("no answer in time");
  expect(seen.last).toBe("the shop (200)");
});

test("is given up in the end, with what was seen last", async () => {
  const { seen } = await look([], false, 0);
  expect(seen).toEqual({ at: undefined, last: "the shop (200)" });
});
