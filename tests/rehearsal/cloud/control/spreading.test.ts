import { Spreading } from "../../../../rehearsal/cloud/control/realise/spreading";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test("a change is seen when its time has come, and not before", () => {
  const pace = { edgeMilliseconds: 20_000 };
  const spreading = new Spreading(pace);
  const seen: string[] = [];
  spreading.begin(() => seen.push("closed"));
  jest.advanceTimersByTime(19_999);
  expect(seen).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(seen).toEqual(["closed"]);
});

test("a change that spreads at once is not undone by an earlier one that was still on its way", () => {
  const pace = { edgeMilliseconds: 20_000 };
  const spreading = new Spreading(pace);
  const seen: string[] = [];
  spreading.begin(() => seen.push("closed"));
  pace.edgeMilliseconds = 0;
  spreading.begin(() => seen.push("open"));
  jest.advanceTimersByTime(60_000);
  expect(seen).toEqual(["open"]);
});

test("what is on its way when the cloud ends never arrives", () => {
  const spreading = new Spreading({ edgeMilliseconds: 10 });
  const seen: string[] = [];
  spreading.begin(() => seen.push("closed"));
  spreading.stop();
  jest.advanceTimersByTime(1_000);
  expect(seen).toEqual([]);
});
